"""What a writer may not do to partitions of attention and to the ledger; loading goes by functions that check."""

import psycopg
import pytest

from tests.access.conftest import Enter, rows
from warehouse.database.connection import Database

LOADING = """
INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, method, alignment, dtype, is_causal, layers, digest, run_id,
    extraction_status
)
SELECT language_model_id, condition_id, corpus_id, 'other', alignment, dtype, is_causal, layers, 'x', run_id, 'loading'
FROM model.extraction WHERE extraction_id = 1
RETURNING extraction_id
"""


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("ALTER TABLE model.attention ADD COLUMN note text", "must be owner", id="alter attention"),
        pytest.param("ALTER TABLE model.attention_1 ALTER layer SET DEFAULT 1", "must be owner", id="a partition"),
        pytest.param("ALTER TABLE model.attention DETACH PARTITION model.attention_1", "must be owner", id="detach"),
        pytest.param("DROP TABLE model.attention_1", "must be owner", id="drop a partition"),
        pytest.param("TRUNCATE model.attention_1", "permission denied", id="truncate a partition"),
        pytest.param("ALTER TABLE model.attention DISABLE ROW LEVEL SECURITY", "must be owner", id="row security"),
        pytest.param("CREATE TRIGGER t BEFORE INSERT ON model.attention_1 FOR EACH ROW "
                     "EXECUTE FUNCTION suppress_redundant_updates_trigger()", "permission denied", id="a trigger"),
        pytest.param("GRANT SELECT ON model.attention_1 TO warehouse_reader", "no privileges were granted",
                     id="grant a partition"),
        pytest.param("CREATE TABLE model.attention_77 (a integer)", "permission denied for schema model",
                     id="a partition of their own"),
        pytest.param("CREATE FUNCTION model.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                     "permission denied for schema model", id="a function"),
        pytest.param("UPDATE ops.unit SET about = '{}'", "permission denied for table unit", id="what a unit is about"),
        pytest.param("INSERT INTO ops.unit (run_id, unit_key, fingerprint, inputs, row_count) SELECT run_id, unit_key, "
                     "'x', '{}', 1 FROM ops.unit ON CONFLICT (run_id, unit_key) DO UPDATE SET about = '{}'",
                     "permission denied for table unit", id="what a unit is about, by way of a conflict"),
        pytest.param("DELETE FROM ops.unit", "permission denied for table unit", id="a unit"),
        pytest.param("SELECT fn.clear_unit(run_id, unit_key) FROM ops.unit", "run 1 is done", id="a unit that is done"),
        pytest.param("SELECT fn.drop_partition(1)", "extraction 1 is in use", id="attention that is in use"),
        pytest.param("SELECT fn.create_partition(1)", "extraction 1 is not being loaded", id="a partition twice"),
        pytest.param("SELECT fn.create_partition(99)", "extraction 99 is not being loaded", id="of nothing"),
        pytest.param("SELECT fn.index_partition(1)", "extraction 1 is not being loaded", id="a key"),
        pytest.param("SELECT fn.attach_partition(1)", "extraction 1 is not being loaded", id="attach"),
        pytest.param("CREATE TEMP TABLE text (a integer); SELECT fn.drop_partition(1)", "extraction 1 is in use",
                     id="names found before PostgreSQL's own"),
    ],
)  # fmt: skip
def test_a_writer_owns_nothing_and_is_refused(clean: Database, enter: Enter, statement: str, told: str):
    writer = enter(clean, "walt", "writer")
    notices: list[str] = []
    with psycopg.connect(writer.dsn, autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
        try:
            connection.execute(statement)
        except psycopg.Error as error:
            notices.append(str(error))
    assert told in " ".join(notices)
    assert rows(clean, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'model.attention'::regclass") == [(4,)]


def test_a_writer_fills_a_partition_that_is_the_owners(clean: Database, enter: Enter):
    writer = enter(clean, "walt", "writer")
    ((number,),) = rows(writer, LOADING)
    rows(writer, f"SELECT fn.create_partition({number}); SELECT fn.create_partition({number})")
    rows(writer, f"INSERT INTO model.attention_{number} VALUES ({number}, 0, 1, 1, 1, '{{1}}')")
    with pytest.raises(psycopg.errors.CheckViolation):
        rows(writer, f"INSERT INTO model.attention_{number} VALUES (1, 0, 1, 1, 1, '{{1}}')")
    rows(writer, f"SELECT fn.index_partition({number}); SELECT fn.attach_partition({number})")
    whole = f"SELECT count(*) FROM model.attention WHERE extraction_id = {number}"
    assert rows(writer, whole) == [(1,)]
    owner = f"SELECT relowner::regrole::text FROM pg_class WHERE oid = 'model.attention_{number}'::regclass"
    assert rows(clean, owner) == [("warehouse_owner",)]
    rows(writer, f"SELECT fn.drop_partition({number})")
    assert rows(writer, whole) == [(0,)]


def test_a_reader_may_call_none_of_the_writers_functions(clean: Database, enter: Enter):
    reader = enter(clean, "anna", "reader")
    for call in ("create_partition(9)", "index_partition(9)", "attach_partition(9)", "drop_partition(9)",
                 "clear_unit(1, 'x')"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for function"):
            rows(reader, f"SELECT fn.{call}")
