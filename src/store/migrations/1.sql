-- An insert of one row need not be undone by itself: a transaction that fails is dropped whole. So
-- triggers before an insert FAIL instead of ABORT, inserts say OR FAIL, references are looked at when
-- the transaction ends, and no check calls a function (the length of a hash is the program's business,
-- and verify's). SQLite would else keep a journal of its own for every insert, a third of an import's
-- time.

-- Who is at work. A row lives as long as its program, or until somebody finds its lock free.
CREATE TABLE session (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name      TEXT    NOT NULL UNIQUE,
    opened_at INTEGER NOT NULL
) STRICT;

-- The ledger only grows: every row follows the last one, and none is changed or removed.
CREATE TABLE ledger (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,           -- its counter shows when the end was cut off
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    case_id INTEGER,
    body    TEXT    NOT NULL,
    prev    BLOB    NOT NULL,
    hash    BLOB    NOT NULL
) STRICT;
CREATE INDEX ledger_by_case ON ledger (case_id) WHERE case_id IS NOT NULL;
CREATE TRIGGER ledger_is_not_updated BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger only grows: rows are not changed'); END;
CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger only grows: rows are not removed'); END;
-- REPLACE deletes without asking the trigger above unless recursive_triggers is on.
CREATE TRIGGER ledger_is_appended BEFORE INSERT ON ledger
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
BEGIN SELECT RAISE(FAIL, 'the ledger only grows: a row follows the last one'); END;

-- Policies by their content, so that an old decision can be understood.
CREATE TABLE policy (
    id      INTEGER PRIMARY KEY,
    sha256  BLOB NOT NULL UNIQUE,
    version TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE TRIGGER policy_is_not_updated BEFORE UPDATE ON policy
BEGIN SELECT RAISE(ABORT, 'a stored policy is not changed'); END;
CREATE TRIGGER policy_is_not_deleted BEFORE DELETE ON policy
BEGIN SELECT RAISE(ABORT, 'a stored policy is not removed'); END;
CREATE TRIGGER policy_is_not_replaced BEFORE INSERT ON policy
WHEN EXISTS (SELECT 1 FROM policy WHERE id = NEW.id OR sha256 = NEW.sha256)
BEGIN SELECT RAISE(FAIL, 'a stored policy is not replaced'); END;

-- One submitted document, how far it is and where it stands in the queue.
CREATE TABLE cases (
    id            INTEGER PRIMARY KEY,
    label         TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    external_id   TEXT,
    document      BLOB    NOT NULL,
    options       TEXT,                             -- JSON; NULL for the defaults
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    completed_at  INTEGER,
    status        TEXT    NOT NULL CHECK (status IN ('new', 'processing', 'completed', 'failed')),
    -- Who is assessing it.
    run_session   INTEGER REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    failure       TEXT,
    sides         INTEGER NOT NULL DEFAULT 0,       -- 1: a front, 2: a back
    view          INTEGER NOT NULL,                 -- see sql.rs
    rank          INTEGER NOT NULL DEFAULT 0,       -- minus the priority
    distance      REAL    NOT NULL DEFAULT 1,
    route         TEXT,
    live          INTEGER,
    score         REAL,
    worst         TEXT,
    reasons       TEXT,                             -- JSON
    policy_id     INTEGER REFERENCES policy (id) DEFERRABLE INITIALLY DEFERRED,
    -- The one that stands.
    verdict_id    INTEGER REFERENCES verdict (id) DEFERRABLE INITIALLY DEFERRED,
    verdict       TEXT,
    claim_session INTEGER REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    claimed_by    TEXT,
    claimed_at    INTEGER,
    claimed_until INTEGER,
    CHECK ((status = 'processing') = (run_session IS NOT NULL))
) STRICT;
CREATE INDEX cases_in_view ON cases (view, rank, distance, created_at, id);
CREATE INDEX cases_in_order ON cases (rank, distance, created_at, id);
CREATE INDEX cases_by_external_id ON cases (external_id, source) WHERE external_id IS NOT NULL;
CREATE INDEX cases_waiting ON cases (id) WHERE status = 'new' AND sides <> 0;
CREATE INDEX cases_being_run ON cases (run_session) WHERE run_session IS NOT NULL;
CREATE INDEX cases_claimed ON cases (claim_session) WHERE claim_session IS NOT NULL;

-- How many cases each view holds, kept by triggers so that asking costs nothing.
CREATE TABLE view_count (
    view    INTEGER PRIMARY KEY,
    n_cases INTEGER NOT NULL
) STRICT;
INSERT INTO view_count (view, n_cases) VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0);
CREATE TRIGGER case_is_counted AFTER INSERT ON cases
BEGIN UPDATE view_count SET n_cases = n_cases + 1 WHERE view = NEW.view; END;
CREATE TRIGGER case_is_recounted AFTER UPDATE OF view ON cases WHEN OLD.view <> NEW.view
BEGIN
    UPDATE view_count SET n_cases = n_cases - 1 WHERE view = OLD.view;
    UPDATE view_count SET n_cases = n_cases + 1 WHERE view = NEW.view;
END;
CREATE TRIGGER case_is_not_deleted BEFORE DELETE ON cases
BEGIN SELECT RAISE(ABORT, 'a case is not removed'); END;

-- What came in for a case; the content is what makes it the same when it comes again.
CREATE TABLE received (
    id              INTEGER PRIMARY KEY,
    case_id         INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    content         BLOB    NOT NULL UNIQUE,
    source          TEXT    NOT NULL,
    original        BLOB,  -- the file that the record stands in
    original_offset INTEGER,
    original_length INTEGER,
    at              INTEGER NOT NULL,
    ledger_seq      INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX received_by_case ON received (case_id);
CREATE TRIGGER received_is_not_updated BEFORE UPDATE ON received
BEGIN SELECT RAISE(ABORT, 'what was received is not changed'); END;
CREATE TRIGGER received_is_not_deleted BEFORE DELETE ON received
BEGIN SELECT RAISE(ABORT, 'what was received is not removed'); END;
CREATE TRIGGER received_is_not_replaced BEFORE INSERT ON received
WHEN EXISTS (SELECT 1 FROM received WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM received WHERE content = NEW.content)
BEGIN SELECT RAISE(FAIL, 'what was received is not replaced'); END;

-- Pictures by the hash of their original; the latest of a side counts.
CREATE TABLE picture (
    id        INTEGER PRIMARY KEY,
    case_id   INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    side      TEXT    NOT NULL CHECK (side IN ('front', 'back')),
    sha256    BLOB    NOT NULL,
    n_bytes   INTEGER NOT NULL,
    format    TEXT    NOT NULL,
    width_px  INTEGER NOT NULL,
    height_px INTEGER NOT NULL,
    thumbnail BLOB    NOT NULL
) STRICT;
CREATE INDEX picture_by_case ON picture (case_id, side, id);
CREATE INDEX picture_by_hash ON picture (sha256);
CREATE TRIGGER picture_keeps_its_original BEFORE UPDATE OF id, case_id, side, sha256, n_bytes ON picture
BEGIN SELECT RAISE(ABORT, 'a picture keeps its original'); END;
CREATE TRIGGER picture_is_not_deleted BEFORE DELETE ON picture
BEGIN SELECT RAISE(ABORT, 'a picture is not removed'); END;

-- Every assessment of every source, with the judgement of its time; never overwritten.
CREATE TABLE assessment (
    id         INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    source     TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    policy_id  INTEGER NOT NULL REFERENCES policy (id) DEFERRABLE INITIALLY DEFERRED,
    body       TEXT    NOT NULL,                    -- case::Assessment
    judgement  TEXT    NOT NULL,                    -- case::Judgement
    ledger_seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX assessment_by_case ON assessment (case_id, source, id);
CREATE TRIGGER assessment_is_not_updated BEFORE UPDATE ON assessment
BEGIN SELECT RAISE(ABORT, 'an assessment is not changed: a new run makes a new one'); END;
CREATE TRIGGER assessment_is_not_deleted BEFORE DELETE ON assessment
BEGIN SELECT RAISE(ABORT, 'an assessment is not removed'); END;
CREATE TRIGGER assessment_is_not_replaced BEFORE INSERT ON assessment
WHEN EXISTS (SELECT 1 FROM assessment WHERE id = NEW.id)
BEGIN SELECT RAISE(FAIL, 'an assessment is not replaced'); END;

-- Verdicts with what they rested on. Taking one back marks it, once; nothing else changes it.
CREATE TABLE verdict (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    label       TEXT    NOT NULL,
    reason      TEXT,
    note        TEXT,
    actor       TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    replaces    INTEGER REFERENCES verdict (id) DEFERRABLE INITIALLY DEFERRED,
    policy_id   INTEGER REFERENCES policy (id) DEFERRABLE INITIALLY DEFERRED,
    route       TEXT,
    assessments TEXT    NOT NULL,                   -- JSON: the latest of each source
    ledger_seq  INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
    undone_at   INTEGER,
    undone_by   TEXT,
    undone_seq  INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX verdict_by_case ON verdict (case_id);
CREATE INDEX verdict_standing_by_actor ON verdict (actor, id) WHERE undone_at IS NULL;
CREATE TRIGGER verdict_is_not_updated BEFORE UPDATE ON verdict
WHEN OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR NEW.undone_by IS NULL
    OR NEW.undone_seq IS NULL
    OR (NEW.id, NEW.case_id, NEW.label, NEW.reason, NEW.note, NEW.actor, NEW.at)
        IS NOT (OLD.id, OLD.case_id, OLD.label, OLD.reason, OLD.note, OLD.actor, OLD.at)
    OR (NEW.replaces, NEW.policy_id, NEW.route, NEW.assessments, NEW.ledger_seq)
        IS NOT (OLD.replaces, OLD.policy_id, OLD.route, OLD.assessments, OLD.ledger_seq)
BEGIN SELECT RAISE(ABORT, 'a verdict is not changed: it can be taken back once'); END;
CREATE TRIGGER verdict_is_not_deleted BEFORE DELETE ON verdict
BEGIN SELECT RAISE(ABORT, 'a verdict is not removed'); END;
CREATE TRIGGER verdict_is_not_replaced BEFORE INSERT ON verdict
WHEN EXISTS (SELECT 1 FROM verdict WHERE id = NEW.id)
BEGIN SELECT RAISE(FAIL, 'a verdict is not replaced'); END;
