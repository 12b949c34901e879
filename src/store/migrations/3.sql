-- Cases whose answer is known, among the others of the inbox, to see whether it is found. They are cases
-- like all others but for this row, which no list shows; exports leave them out.
CREATE TABLE known_answer (
    case_id    INTEGER PRIMARY KEY REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    answer     TEXT    NOT NULL,
    -- The decided case that it repeats; NULL for a document whose truth somebody knows.
    from_case  INTEGER REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED,
    ledger_seq INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX known_answer_by_origin ON known_answer (from_case) WHERE from_case IS NOT NULL;
CREATE TRIGGER known_answer_is_not_updated BEFORE UPDATE ON known_answer
BEGIN SELECT RAISE(ABORT, 'a known answer is not changed'); END;
CREATE TRIGGER known_answer_is_not_deleted BEFORE DELETE ON known_answer
BEGIN SELECT RAISE(ABORT, 'a known answer is not removed'); END;
CREATE TRIGGER known_answer_is_not_replaced BEFORE INSERT ON known_answer
WHEN EXISTS (SELECT 1 FROM known_answer WHERE case_id = NEW.case_id)
BEGIN SELECT RAISE(FAIL, 'a known answer is not replaced'); END;
