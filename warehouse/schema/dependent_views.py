"""Views of collaborators that stand on ours: set aside while ours are replaced, and put back as they were.

All of it happens in the transaction of the upgrade: a view that no longer fits, or something of it that cannot be given
back, undoes the upgrade and is named. What is done to a view is done as its owner, and nothing of it is evaluated.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from warehouse.errors import ViewInUse


@dataclass(frozen=True)
class Grant:
    """A privilege on a view, or on one of its columns: who gave it to whom."""

    column: str | None
    grantor: str
    grantee: str
    privilege: str
    may_pass_on: bool


@dataclass(frozen=True)
class View:
    """A view as it was. Names are as SQL writes them.

    Attributes
    ----------
    definition : str
        Its query.
    making : list of str
        The statements that give back its options, defaults, triggers, rules and comments.
    grants : list of Grant
        Those of its owner too, which may be less than all.
    stands_on : list of str
        Other views of this kind, to be made before it.
    types : list of str
        Types of others that it names: to write it down anew may run what their domains check.
    """

    name: str
    owner: str
    definition: str
    making: list[str]
    grants: list[Grant]
    stands_on: list[str]
    types: list[str]


def set_aside(connection: Connection) -> list[View]:
    """Drop every view of others that stands on ours, also on another that does; give them in the order of making.

    Raises
    ------
    ViewInUse
        If something other than a view stands on one of them, or one cannot be written down again.
    """
    views = _standing(connection)
    for view in reversed(views):
        if view.types:
            raise ViewInUse.cannot_be_set_aside(view.name, view.owner, f"it uses the type {view.types[0]}")
        with _as_owner(connection, view, ViewInUse.cannot_be_set_aside):
            _run(connection, f"DROP VIEW {view.name}")
    return views


def put_back(connection: Connection, views: Sequence[View]) -> None:
    """Make the views again, as those who owned them, with all that belonged to them.

    Raises
    ------
    ViewInUse
        If one does not fit what it stands on now, or is not as it was.
    """
    for view in views:
        with _as_owner(connection, view, ViewInUse.no_longer_fits):
            for statement in [f"CREATE VIEW {view.name} AS {view.definition}", *view.making]:
                _run(connection, statement)
        _give_back(connection, view)
    found = {view.name: view for view in _standing(connection)} if views else {}  # at base there is nothing to ask
    for view in views:
        if (again := found.get(view.name)) is None or _belongings(again) != _belongings(view):
            raise ViewInUse.no_longer_fits(view.name, view.owner, "what belongs to it cannot be given back")


def _standing(connection: Connection) -> list[View]:
    rows = [row._asdict() for row in connection.execute(_STANDING)]
    views = {row["name"]: View(**{**row, "grants": [Grant(*grant) for grant in row["grants"]]}) for row in rows}
    order = TopologicalSorter({name: view.stands_on for name, view in views.items()}).static_order()
    return [views[name] for name in order]


def _belongings(view: View) -> tuple[Any, ...]:
    return view.owner, view.making, sorted(view.grants, key=repr)


def _give_back(connection: Connection, view: View) -> None:
    """Grant what was granted, by whom; default privileges may have granted something else by now."""
    with _as_owner(connection, view, ViewInUse.no_longer_fits):
        for grantee in {*connection.execute(_GRANTEES, {"name": view.name}).scalars(), view.owner}:
            _run(connection, f"REVOKE ALL ON {view.name} FROM {grantee} CASCADE")
    may_pass_on, waiting = {view.owner}, list(view.grants)
    while ready := [grant for grant in waiting if grant.grantor in may_pass_on]:
        for grant in ready:
            with _as_owner(connection, view, ViewInUse.no_longer_fits, grant.grantor):
                _run(connection, _statement(view, grant))
        may_pass_on |= {grant.grantee for grant in ready if grant.may_pass_on}
        waiting = [grant for grant in waiting if grant not in ready]


def _statement(view: View, grant: Grant) -> str:
    column = f" ({grant.column})" if grant.column else ""
    option = " WITH GRANT OPTION" if grant.may_pass_on and grant.grantee != view.owner else ""
    return f"GRANT {grant.privilege}{column} ON {view.name} TO {grant.grantee}{option}"


@contextmanager
def _as_owner(connection: Connection, view: View, refused: Any, role: str | None = None) -> Iterator[None]:
    """Have the rights of a view's owner, or of another role, for statements about the view."""
    who = role or view.owner
    try:
        if not connection.execute(_MAY_BE, {"role": who}).scalar():
            _run(connection, f"GRANT {who} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
        _run(connection, f"SET LOCAL ROLE {who}")
        yield
        _run(connection, "RESET ROLE")
    except DBAPIError as error:
        detail = getattr(error.orig, "diag", None)
        reason = (detail and detail.message_detail) or str(error.orig)
        raise refused(view.name, view.owner, reason.splitlines()[0]) from None


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


_MAY_BE = text("SELECT pg_has_role(CAST(:role AS regrole), 'SET')")
_GRANTEES = text("""
SELECT DISTINCT CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE entry.grantee::regrole::text END
FROM pg_class
CROSS JOIN LATERAL aclexplode(relacl) AS entry
WHERE pg_class.oid = CAST(:name AS regclass)
""")
_STANDING = text(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
