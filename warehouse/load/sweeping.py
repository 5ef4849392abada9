"""Takes the attention of extractions that were replaced or forgotten from the disk, without making readers wait."""

import time

from psycopg import errors as pg

from warehouse import logs
from warehouse.database import statistics
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.ledger import sessions
from warehouse.ledger.locks import SWEEPING
from warehouse.load.publication import delete_facts
from warehouse.schema.tables import metadata, model

PATIENCE_S = 2.0
"""How long readers of what is to go are waited for."""
ANALYZES_ALONE = 180000
"""Version of the server from which a partitioned table is analysed without its partitions, which have been."""
FIRST_MOMENT_S = 0.02
"""How long readers of other attention are made to wait at first, for the lock to detach some."""


def sweep(database: Database, patience_s: float = PATIENCE_S, *, is_counted: bool = False) -> list[int]:
    """Take the attention of retired and forgotten extractions away without making readers wait.

    What a killed process left is found again: it is looked for, not remembered. A transaction that began before may
    still read it, and one that has read it is waited for by the server: where such a one outlasts the patience, the
    attention stays until the next call, invisible to all who ask anew. Statistics are taken of what was written.

    Parameters
    ----------
    database : Database
        Where retired and forgotten extractions are looked for.
    patience_s : float
        How long to wait for transactions that may still read it, and for each lock [s].
    is_counted : bool
        See `statistics.refresh`.

    Returns
    -------
    list of int
        The extractions whose attention stays for now; a remark says so.
    """
    with database.connect(autocommit=True) as connection:
        statistics.refresh(connection, _LOADED, is_counted=is_counted)
        if connection.execute(_HAS_GROWN).fetchone() == (True,):
            with connection.transaction():  # how many extractions there are, which no partition knows
                connection.execute("SET LOCAL default_statistics_target = 10")
                only = "ONLY " if connection.info.server_version >= ANALYZES_ALONE else ""
                connection.execute(f"ANALYZE {only}model.attention (extraction_id)")
        alone = connection.execute("SELECT pg_try_advisory_lock(%s)", [SWEEPING]).fetchone()
        if not alone or not alone[0]:
            return []
        retired = [extraction_id for (extraction_id,) in connection.execute(_RETIRED).fetchall()]
        put_off = _take_away(connection, retired, patience_s)
    if put_off:
        logs.remark(
            f"The attention of {len(put_off)} extractions that were replaced or forgotten stays on the disk, seen by "
            "nobody who asks anew: a transaction that began before is still open; the next ingest takes it away."
        )
    return put_off


def _take_away(connection: Connection, retired: list[int], patience_s: float) -> list[int]:
    """Detach and drop partitions; give those that somebody may still read."""
    names = ["model.attention", *(f"model.attention_{extraction_id}" for extraction_id in retired)]
    if retired and sessions.outlasting(connection, names, patience_s):
        return retired
    return [extraction_id for extraction_id in retired if not _drop(connection, extraction_id, patience_s)]


def _drop(connection: Connection, extraction_id: int, patience_s: float) -> bool:
    """Drop a partition; give up where others go on reading attention.

    Detaching waits for whoever reads attention at the moment, and whoever comes after waits for it: so it is tried for
    a moment, and then for ever longer ones, with time between them for those who came after.
    """
    moment, deadline = FIRST_MOMENT_S, time.monotonic() + patience_s
    while True:
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{round(1000 * min(moment, patience_s))}ms'")
                delete_facts(connection, extraction_id)
                connection.execute("SELECT fn.drop_partition(%s)", [extraction_id])
            return True
        except pg.LockNotAvailable:
            if time.monotonic() > deadline:
                return False
        time.sleep(moment)
        moment *= 2


_LOADED = [
    table.fullname
    for table in metadata.sorted_tables
    if table.schema in ("ops", "stimulus", "human", "model") and table is not model.attention
]
"""The tables that ingest fills, apart from attention, whose partitions are seen to when they are verified."""
_HAS_GROWN = """
SELECT COALESCE(sum(part.reltuples), 0) NOT BETWEEN 0.9 * min(whole.reltuples) AND 1.1 * min(whole.reltuples)
FROM pg_class AS whole
LEFT JOIN pg_inherits ON inhparent = whole.oid
LEFT JOIN pg_class AS part ON part.oid = inhrelid
WHERE whole.oid = 'model.attention'::regclass
"""
_RETIRED = r"""
SELECT substring(relname FROM '\d+$')::integer
FROM pg_class
LEFT JOIN model.extraction ON relname = 'attention_' || extraction_id
LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
WHERE
    relnamespace = 'model'::regnamespace AND relkind = 'r' AND relname ~ '^attention_\d+$'
    AND (extraction_id IS NULL OR extraction_status = 'retired')
ORDER BY inhdetachpending DESC NULLS LAST, 1
"""
