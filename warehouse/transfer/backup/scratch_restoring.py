"""Brings the scratch schemas of a backup back, each with its owner's rights, and proves them by their checksums.

Checks, domains and indexes of a schema run while it is restored, and may write into tables beside those they stand on.
Such tables are emptied and filled again from the dump. A schema whose code alters its rows even then is left out.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import psycopg
from psycopg import sql

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.role_login import temporary_login
from warehouse.errors import DatabaseUnavailable
from warehouse.transfer import checksums
from warehouse.transfer.backup import scratch
from warehouse.transfer.backup.loading import DumpLoading
from warehouse.transfer.backup.scratch import Scratch

ROUNDS = 3
"""How often changed tables are filled again: filling one may change another, and empties those that refer to it."""


def bring(
    loading: DumpLoading, unfinished: Database, theirs: Sequence[Scratch], tables: Mapping[str, str]
) -> list[str]:
    """Bring scratch schemas back as their owners; give the names of those that are left out, each with a remark.

    Parameters
    ----------
    loading : Loading
        From.
    unfinished : Database
        To.
    theirs : sequence of Scratch
        Those of the backup.
    tables : mapping of str to str
        The checksums of the backup's tables, by name.
    """
    reasons = _load(loading, unfinished, theirs)
    loaded = [each for each in theirs if each.schema not in reasons]
    for _ in range(ROUNDS):
        for each, (changed, _) in _differing(unfinished, loaded, tables).items():
            _fill_again(loading, unfinished, each, changed)
    while differing := _differing(unfinished, loaded, tables):  # dropping one may take from another
        for each, (_, reason) in differing.items():
            _drop(unfinished, each)
            reasons[each.schema] = reason
        loaded = [each for each in loaded if each.schema not in reasons]
    for schema, reason in reasons.items():
        logs.remark(f"The schema {schema} is left out: {reason}")
    return [each.schema for each in theirs if each.schema in reasons]


def _load(loading: DumpLoading, unfinished: Database, theirs: Sequence[Scratch]) -> dict[str, str]:
    """Load schemas; say of those that do not fit why.

    One may stand on another: what does not fit is tried again after the others, as long as others fit.
    """
    waiting, reasons = list(theirs), {}
    while waiting:
        reasons = {each.schema: why for each in waiting if (why := _refusal(loading, unfinished, each))}
        if len(reasons) == len(waiting):
            break
        waiting = [each for each in waiting if each.schema in reasons]
    return reasons


def _refusal(loading: DumpLoading, unfinished: Database, each: Scratch) -> str | None:
    """Load a schema, and say why it does not fit if it does not."""
    with unfinished.connect(autocommit=True) as connection:
        scratch.make(connection, each)
    try:
        with temporary_login(unfinished, each.owner) as owner:
            loading.load(owner, each.dump, [each.schema], has_schemas=True)
    except DatabaseUnavailable as error:
        _drop(unfinished, each)
        return str(error)
    return None


def _differing(
    unfinished: Database, loaded: Sequence[Scratch], tables: Mapping[str, str]
) -> dict[Scratch, tuple[list[str], str]]:
    """Give the schemas that are not as they were, with the tables concerned and what is to be said of them."""
    found = {}
    for each in loaded:
        wanted = {name: checksum for name, checksum in tables.items() if name.partition(".")[0] == each.schema}
        try:
            with temporary_login(unfinished, each.owner) as owner:
                changed = checksums.differing(scratch.scratch_checksums(owner, each), wanted)
            reason = f"its own code changed {', '.join(changed[:5])} while it was restored."
        except psycopg.Error as error:  # what its owner has put into it, again
            changed, reason = list(wanted), str(error).splitlines()[0]
        if changed:
            found[each] = (changed, reason)
    return found


def _fill_again(loading: DumpLoading, unfinished: Database, each: Scratch, changed: Sequence[str]) -> None:
    """Empty tables of a schema and load their rows again, as its owner; what cannot be filled stays different."""
    names = [name.partition(".")[2] for name in changed]
    with suppress(psycopg.Error, DatabaseUnavailable), temporary_login(unfinished, each.owner) as owner:
        with owner.connect() as connection:
            filled = [name for (name,) in connection.execute(_FILLED, [each.schema, names]).fetchall()]
            for name in filled:
                connection.execute(_EMPTY.format(sql.Identifier(each.schema, name)))
        loading.load(owner, each.dump, [each.schema], rows_of=filled)


def _drop(unfinished: Database, each: Scratch) -> None:
    with unfinished.connect(autocommit=True) as connection:
        scratch.drop(connection, each)


_EMPTY = sql.SQL("TRUNCATE {} CASCADE")
# pg_partition_tree knows only what is partitioned or a partition; rows are dumped by partition
_FILLED = """
SELECT DISTINCT part.relname::text
FROM pg_class AS whole
LEFT JOIN LATERAL pg_partition_tree(whole.oid) AS tree ON true
JOIN pg_class AS part ON part.oid = COALESCE(tree.relid, whole.oid)
WHERE whole.relnamespace = to_regnamespace(quote_ident(%s)) AND whole.relname = ANY (%s)
"""
