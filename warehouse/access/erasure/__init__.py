"""Forgets an extraction, a corpus or a person: everything, and everything that was computed from it.

Rows go in one transaction, attention as whole partitions. Then the files are written anew, since what is deleted is
still on the disk. The ledger says who forgot how much and when, and names nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from warehouse.access.erasure import choice, erasing, wording
from warehouse.access.erasure.choice import KINDS
from warehouse.access.erasure.reach import Going, condition, reachable_tables
from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.database.types import Connection
from warehouse.errors import BadInput, DatabaseUnavailable
from warehouse.ledger import runs, sessions, unit_records
from warehouse.ledger.fingerprints import fingerprint
from warehouse.ledger.heartbeats import Heartbeat, beating
from warehouse.ledger.versions import code_version
from warehouse.load import sweeping, tombstones
from warehouse.progress import Progress
from warehouse.schema import citus, migrations

__all__ = ["KINDS", "Forgotten", "allow_again", "forget", "preview"]


@dataclass(frozen=True)
class Erasure:
    """What was forgotten, or would be.

    Attributes
    ----------
    kind : str
        ``extraction``, ``corpus`` or ``subject``.
    rows : mapping of str to int
        Rows by table; those of attention as the ledger has them.
    stale : mapping of str to int
        Units of results that held, by analysis: what is to be computed again.
    run_id : int or None
        The run that did it.
    named : mapping of str to int
        Rows by column whose text names a person all the same.
    undone : list of str
        What could not be erased from the disk, in words.
    remains : list of str
        Where copies may be that no command reaches.
    """

    kind: str
    rows: Mapping[str, int]
    stale: Mapping[str, int]
    run_id: int | None = None
    named: Mapping[str, int] = field(default_factory=dict)
    undone: list[str] = field(default_factory=list)
    remains: list[str] = field(default_factory=list)


def preview(database: Database, kind: str, names: Sequence[str]) -> Erasure:
    """Count what `forget` would delete; change nothing.

    Raises
    ------
    UnknownName, BadInput, DatabaseUnavailable
        As for `forget`.
    """
    migrations.check(database)
    with translate_errors("forgetting"), database.connect(read_only=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        _require_owner(connection)
        going = choice.going(connection, kind, choice.ids_of(connection, kind, names))
        return Erasure(kind, _counted(connection, going), choice.analyses_of(connection, going))


def forget(database: Database, kind: str, names: Sequence[str], progress: Progress, wait_s: float = 0.0) -> Erasure:
    """Delete everything of some extractions, corpora or subjects, and everything that was computed from it.

    A subject's results are those of all its group over its corpus: they were computed with it. Subjects are marked
    (`warehouse.load.tombstones`), so that their source leaves them out from now on.

    Parameters
    ----------
    database : Database
        Entered as an owner.
    kind : str
        One of `KINDS`.
    names : sequence of str
        As `choice.named` reads them.
    progress : Progress
        Where to tell how far it is.
    wait_s : float
        How long to wait for those who use the warehouse now [s]; nobody begins to meanwhile.

    Raises
    ------
    UnknownName
        If there is no such thing.
    BadInput
        If a name does not say which.
    Busy
        If somebody ingests, computes or forgets for longer than that.
    DatabaseUnavailable
        If the role is not an owner.
    """
    migrations.check(database)
    with translate_errors("forgetting"):
        with beating(database) as heartbeat, database.connect(autocommit=True) as guard:
            _require_owner(guard)
            heartbeat.join(guard)
            choice.ids_of(guard, kind, names)  # before it is waited for
            sessions.refuse_users(guard, "forget", wait_s)
            ids = choice.ids_of(guard, kind, names)
            with runs.record_run(database, f"forget {kind}", {}, code_version(), heartbeat=heartbeat) as run_id:
                done = _carry_out(database, kind, ids, run_id, heartbeat)
            sweeping.sweep(database)
        tables = [name for name in done.rows if name != "model.attention"]
        undone = erasing.erase(database, sorted({*tables, "ops.run"}), progress, anew=kind != "extraction")
        with database.connect(read_only=True) as connection:
            undone += citus.left_on_workers(connection)
            remains = erasing.remaining(connection)
    return Erasure(done.kind, done.rows, done.stale, run_id, done.named, undone, remains)


def allow_again(database: Database, name: str) -> None:
    """Take the mark of a forgotten subject away, CORPUS/GROUP/LABEL, so that its source loads it again.

    Raises
    ------
    BadInput
        If the name does not have that form, or is not marked.
    DatabaseUnavailable
        If the role is not an owner.
    """
    migrations.check(database)
    reader = tuple(name.split("/", 2))
    if len(reader) != 3:
        raise BadInput("does not say whom", f"subject {name}", "give CORPUS/GROUP/LABEL")
    with translate_errors("forgetting"), database.connect() as connection:
        _require_owner(connection)
        if not tombstones.unmark(connection, (reader[0], reader[1], reader[2])):
            raise BadInput("was not forgotten here", f"subject {name}", "give CORPUS/GROUP/LABEL as it was loaded")


def _carry_out(database: Database, kind: str, ids: Sequence[int], run_id: int, heartbeat: Heartbeat) -> Erasure:
    """Delete all rows in one transaction, with the ledger's word of how many."""
    with database.connect() as connection:
        heartbeat.join(connection)
        with connection.transaction():
            return _delete(connection, kind, ids, run_id)


def _delete(connection: Connection, kind: str, ids: Sequence[int], run_id: int) -> Erasure:
    going = choice.going(connection, kind, ids)
    readers = connection.execute(_READERS, [going.subject]).fetchall()
    stale = choice.analyses_of(connection, going)
    rows = {**_attention(connection, going), **_deleted(connection, going)}
    labels = [(group, label) for _, group, label in readers]
    if changed := wording.take_out(connection, labels):
        rows["ops.run"] = rows.get("ops.run", 0) + changed
    if kind == "subject":
        tombstones.mark(connection, readers)
    counts = {table: str(count) for table, count in rows.items()}
    unit_records.record_unit(connection, run_id, f"forgetting {run_id}", fingerprint(counts), sum(rows.values()),
                     counts, [])  # fmt: skip
    return Erasure(kind, rows, stale, run_id, wording.remaining_mentions(connection, labels))


def _deleted(connection: Connection, going: Going) -> dict[str, int]:
    ids, rows = going.ids(), {}
    sealed = [run_id for (run_id,) in connection.execute(_SEALED, [going.unit]).fetchall()]
    for table in reachable_tables():
        if where := condition(table, ids):
            rows[table.fullname] = connection.execute(f"DELETE FROM {table.fullname} WHERE {where}", ids).rowcount
    runs.seal(connection, sealed)
    if rows.get("ops.embargo"):  # the last one takes with it what made it hold
        connection.execute("SELECT fn.enforce_embargoes()")
    return {table: count for table, count in rows.items() if count}


def _counted(connection: Connection, going: Going) -> dict[str, int]:
    ids, rows = going.ids(), _attention(connection, going)
    for table in reachable_tables():
        if where := condition(table, ids):
            row = connection.execute(f"SELECT count(*) FROM {table.fullname} WHERE {where}", ids).fetchone()
            rows[table.fullname] = row[0] if row else 0
    return {table: count for table, count in rows.items() if count}


def _attention(connection: Connection, going: Going) -> dict[str, int]:
    """Count the rows of attention as the ledger has them: they go as partitions, and nobody reads them for this."""
    keys = [f"extraction {number}/%" for number in going.extraction]
    row = connection.execute(_WRITTEN, [keys]).fetchone()
    return {"model.attention": int(row[0])} if row and row[0] else {}


def _require_owner(connection: Connection) -> None:
    row = connection.execute(_OWNS).fetchone()
    if not row or not row[0]:
        raise DatabaseUnavailable(
            "The database does not allow this role to do what forgetting needs (it owns no table of the warehouse): "
            "ask its owner for the right, or give the address of a database of your own."
        )


_OWNS = "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'human.subject'::regclass"
_READERS = """
SELECT corpus, language_group, subject_label
FROM human.subject JOIN stimulus.corpus USING (corpus_id) WHERE subject_id = ANY (%s)
ORDER BY subject_id
"""
_WRITTEN = "SELECT sum(row_count)::bigint FROM ops.unit WHERE unit_key LIKE ANY (%s) AND unit_state = 'done'"
# of a run that keeps some of its units: the digest of those that went is derived from what went
_SEALED = """
SELECT DISTINCT run_id FROM ops.unit JOIN ops.run USING (run_id)
WHERE unit_id = ANY (%s) AND input_fingerprint IS NOT NULL
"""
