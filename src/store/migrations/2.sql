-- What people do with a case besides deciding it: whose it is, what waits until when, what somebody
-- with more experience is to see, and who looks a second time.
ALTER TABLE cases ADD COLUMN standing    INTEGER NOT NULL DEFAULT 0;  -- see sql.rs
ALTER TABLE cases ADD COLUMN assigned_to TEXT;
ALTER TABLE cases ADD COLUMN escalated   INTEGER NOT NULL DEFAULT 0 CHECK (escalated IN (0, 1));
ALTER TABLE cases ADD COLUMN held_until  INTEGER;
UPDATE cases SET standing = 3 WHERE verdict_id IS NOT NULL;
CREATE INDEX cases_assigned ON cases (assigned_to, rank, distance, created_at, id)
    WHERE assigned_to IS NOT NULL;
CREATE INDEX cases_held ON cases (held_until) WHERE held_until IS NOT NULL;
INSERT INTO view_count (view, n_cases) VALUES (7, 0), (8, 0), (9, 0), (10, 0);

-- Why a case was put on hold or handed up: in people's own words, so the ledger has their hash alone.
CREATE TABLE remark (
    id         INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    actor      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    ledger_seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX remark_by_case ON remark (case_id);
CREATE TRIGGER remark_is_not_updated BEFORE UPDATE ON remark
BEGIN SELECT RAISE(ABORT, 'a remark is not changed'); END;
CREATE TRIGGER remark_is_not_deleted BEFORE DELETE ON remark
BEGIN SELECT RAISE(ABORT, 'a remark is not removed'); END;
CREATE TRIGGER remark_is_not_replaced BEFORE INSERT ON remark
WHEN EXISTS (SELECT 1 FROM remark WHERE id = NEW.id)
BEGIN SELECT RAISE(FAIL, 'a remark is not replaced'); END;

-- A verdict also says which look at the case it was, what the reviewer had drawn, and with which
-- others it was given in one act.
ALTER TABLE verdict ADD COLUMN look        TEXT    NOT NULL DEFAULT 'first'
    CHECK (look IN ('first', 'second', 'adjudication'));
ALTER TABLE verdict ADD COLUMN asks_second INTEGER NOT NULL DEFAULT 0 CHECK (asks_second IN (0, 1));
ALTER TABLE verdict ADD COLUMN blind       INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1));
ALTER TABLE verdict ADD COLUMN marks       TEXT;                      -- JSON
ALTER TABLE verdict ADD COLUMN act         INTEGER;                   -- the ledger row it began with
DROP TRIGGER verdict_is_not_updated;
CREATE TRIGGER verdict_is_not_updated BEFORE UPDATE ON verdict
WHEN OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR NEW.undone_by IS NULL
    OR NEW.undone_seq IS NULL
    OR (NEW.id, NEW.case_id, NEW.label, NEW.reason, NEW.note, NEW.actor, NEW.at)
        IS NOT (OLD.id, OLD.case_id, OLD.label, OLD.reason, OLD.note, OLD.actor, OLD.at)
    OR (NEW.replaces, NEW.policy_id, NEW.route, NEW.assessments, NEW.ledger_seq)
        IS NOT (OLD.replaces, OLD.policy_id, OLD.route, OLD.assessments, OLD.ledger_seq)
    OR (NEW.look, NEW.asks_second, NEW.blind, NEW.marks, NEW.act)
        IS NOT (OLD.look, OLD.asks_second, OLD.blind, OLD.marks, OLD.act)
BEGIN SELECT RAISE(ABORT, 'a verdict is not changed: it can be taken back once'); END;
