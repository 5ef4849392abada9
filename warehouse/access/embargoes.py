"""Embargoes: what only named roles see until a day, with everything that is derived from it.

`fn.enforce_embargoes` makes them hold, in the transaction that changes them; owners and writers see everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from psycopg import errors as pg
from psycopg import sql
from psycopg.rows import class_row

from warehouse.access import names, roles
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, Busy, DatabaseUnavailable, UnknownName
from warehouse.schema import citus, migrations

LOCK_S = 10
"""How long whoever uses a table is waited for."""
COLUMNS = {"corpus": "corpus_id", "group": "language_group", "extraction": "extraction_id"}


@dataclass(frozen=True)
class Embargo:
    """One embargo: of what, until when, and who sees it all the same."""

    kind: str
    name: str
    embargoed_until: date
    visible_to: list[str]
    holds: bool


def impose(database: Database, kind: str, name: str, until: date, visible_to: Sequence[str]) -> None:
    """Hide a corpus, a group of readers or an extraction; one that is under embargo gets the new terms.

    Parameters
    ----------
    database : Database
        Entered as an owner.
    kind : str
        ``corpus``, ``group`` or ``extraction``.
    name : str
        Of an extraction its number, or MODEL, MODEL/CONDITION, MODEL/CONDITION/METHOD as far as that says which. What
        is extracted anew of the same model, condition, method and corpus is under the same embargo.
    until : date
        The first day, of UTC, on which everyone sees it.
    visible_to : sequence of str
        Roles that see it before, and so do their members.

    Raises
    ------
    UnknownName
        If there is no such thing or role.
    BadInput
        If the day is not in the future, or the name does not say which extraction.
    DatabaseUnavailable
        If the database has no roles that anything could be hidden from.
    Busy
        If others use the tables for longer than is waited.
    """
    migrations.check(database)
    if until <= datetime.now(UTC).date():
        raise BadInput("is not in the future", f"date {until}", "give the first day on which everyone may see it")
    with database.connect() as connection:
        roles.require(connection)
        if citus.spread(connection):
            raise DatabaseUnavailable(f"{citus.UNDER_EMBARGO}: nothing was hidden; do not let readers in here.")
        known = [role for (role,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'")]
        for role in visible_to:
            if role not in known:
                raise UnknownName("role", role, known)
        column = sql.Identifier(COLUMNS[kind])
        values = [_found(connection, kind, name), until, list(visible_to)]
        connection.execute(_IMPOSE.format(column), values)
        _enforce(connection)


def lift(database: Database, kind: str, name: str) -> None:
    """Let everyone see it at once.

    Raises
    ------
    UnknownName
        If there is no such thing.
    BadInput
        If it is under no embargo.
    Busy
        If others use the tables for longer than is waited.
    """
    migrations.check(database)
    with database.connect() as connection:
        value = _found(connection, kind, name)
        if not connection.execute(_LIFT.format(sql.Identifier(COLUMNS[kind])), [value]).rowcount:
            raise BadInput(
                "is under no embargo", f"{kind} {name}", "`warehouse access embargoes` lists those there are"
            )
        _enforce(connection)


def list_embargoes(database: Database) -> list[Embargo]:
    """Give all embargoes, those that have run out included."""
    migrations.check(database)
    with database.connect(read_only=True) as connection:
        return embargoes_of(connection)


def embargoes_of(connection: Connection) -> list[Embargo]:
    """Give the same over a connection to a warehouse that was looked at."""
    return connection.cursor(row_factory=class_row(Embargo)).execute(_LISTED).fetchall()


def _enforce(connection: Connection) -> None:
    """Put up or take away what hides rows; the transaction holds every table until it ends."""
    connection.execute(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
    try:
        connection.execute("SELECT fn.enforce_embargoes()")
    except pg.LockNotAvailable:
        raise Busy(
            f"Somebody has used a table for more than {LOCK_S} s, and everyone must be seen off for a moment: nothing "
            "was changed; try again when `warehouse status` shows nothing running."
        ) from None


def _found(connection: Connection, kind: str, name: str) -> object:
    """Give what names the thing in the table: an id, or a group's name."""
    rows = connection.execute(_CANDIDATES[kind]).fetchall()
    matching = {value for value, *names in rows if name in map(str, names)}
    if not matching:
        raise UnknownName(kind, name, [names[-1] for _, *names in rows])
    if len(matching) > 1:
        which = ", ".join(f"{value} ({names[-1]})" for value, *names in rows if value in matching)
        raise BadInput("does not say which", f"{kind} {name}", f"give the number: {which}")
    return matching.pop()


_CANDIDATES = {
    "corpus": names.CORPORA,
    "group": names.GROUPS,
    "extraction": names.extractions(complete_only=True),
}
_IMPOSE = sql.SQL("""
INSERT INTO ops.embargo ({}, embargoed_until, visible_to) VALUES (%s, %s, %s)
ON CONFLICT (corpus_id, language_group, extraction_id)
DO UPDATE SET embargoed_until = excluded.embargoed_until, visible_to = excluded.visible_to
""")
_LIFT = sql.SQL("DELETE FROM ops.embargo WHERE {} = %s")
_LISTED = """
SELECT
    CASE
        WHEN embargo.corpus_id IS NOT NULL THEN 'corpus'
        WHEN embargo.language_group IS NOT NULL THEN 'group'
        ELSE 'extraction'
    END AS kind,
    COALESCE(
        corpus.corpus, embargo.language_group, concat_ws('/', model, condition, method, taken_over.corpus)
    ) AS name,
    embargoed_until,
    visible_to,
    (now() AT TIME ZONE 'UTC')::date < embargoed_until AS holds
FROM ops.embargo
LEFT JOIN stimulus.corpus ON corpus.corpus_id = embargo.corpus_id
LEFT JOIN model.extraction ON extraction.extraction_id = embargo.extraction_id
LEFT JOIN model.language_model USING (language_model_id)
LEFT JOIN model.condition USING (condition_id)
LEFT JOIN stimulus.corpus AS taken_over ON taken_over.corpus_id = extraction.corpus_id
ORDER BY embargo_id
"""
