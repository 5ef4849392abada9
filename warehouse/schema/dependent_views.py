"""Views of collaborators that stand on ours: set aside while ours are replaced, and put back as they were.

All of it happens in the transaction of the upgrade: a view that no longer fits, or something of it that cannot be given
back, undoes the upgrade and is named. What is done to a view is done as its owner, and nothing of it is evaluated.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
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
_STANDING = text(r"""
WITH RECURSIVE
ours AS (
    SELECT COALESCE(to_regclass(object_name)::oid, pg_proc.oid) AS oid
    FROM ops.sql_object
    LEFT JOIN pg_proc ON pronamespace = 'fn'::regnamespace AND object_name = 'fn.' || proname
    WHERE object_kind IN ('function', 'view')
    UNION ALL
    SELECT pg_class.oid
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname IN ('ops', 'stimulus', 'human', 'model', 'result')
),

standing AS (
    SELECT oid FROM ours
    UNION
    SELECT pg_rewrite.ev_class
    FROM standing
    JOIN pg_depend ON pg_depend.refobjid = standing.oid
    JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid
),

theirs AS (
    SELECT pg_class.oid, relowner, relacl, reloptions
    FROM pg_class
    JOIN standing ON standing.oid = pg_class.oid
    WHERE relkind = 'v' AND pg_class.oid NOT IN (SELECT oid FROM ours WHERE oid IS NOT NULL)
),

-- what can have a comment, and how COMMENT ON names it
described (view, object_class, object_id, column_number, object) AS (
    SELECT oid, 'pg_class'::regclass, oid, 0, format('VIEW %s', oid::regclass)
    FROM theirs
    UNION ALL
    SELECT attrelid, 'pg_class'::regclass, attrelid, attnum, format('COLUMN %s.%I', attrelid::regclass, attname)
    FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM theirs) AND attnum > 0
    UNION ALL
    SELECT tgrelid, 'pg_trigger'::regclass, oid, 0, format('TRIGGER %I ON %s', tgname, tgrelid::regclass)
    FROM pg_trigger
    WHERE tgrelid IN (SELECT oid FROM theirs)
    UNION ALL
    SELECT ev_class, 'pg_rewrite'::regclass, oid, 0, format('RULE %I ON %s', rulename, ev_class::regclass)
    FROM pg_rewrite
    WHERE ev_class IN (SELECT oid FROM theirs)
)

SELECT
    theirs.oid::regclass::text AS name,
    relowner::regrole::text AS owner,
    pg_get_viewdef(theirs.oid) AS definition,
    ARRAY(
        SELECT format('ALTER VIEW %s SET (%I = %L)', theirs.oid::regclass, option_name, option_value)
        FROM pg_options_to_table(reloptions)
    ) || ARRAY(
        SELECT
            format(
                'ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s',
                theirs.oid::regclass, attname, pg_get_expr(adbin, adrelid)
            )
        FROM pg_attrdef
        JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
        WHERE adrelid = theirs.oid
        ORDER BY adnum
    ) || ARRAY(
        SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = theirs.oid AND NOT tgisinternal ORDER BY tgname
    ) || ARRAY(
        SELECT pg_get_ruledef(oid)
        FROM pg_rewrite
        WHERE ev_class = theirs.oid AND rulename <> '_RETURN'
        ORDER BY rulename
    ) || ARRAY(
        SELECT format('COMMENT ON %s IS %L', described.object, pg_description.description)
        FROM described
        JOIN pg_description
            ON classoid = object_class AND objoid = object_id AND objsubid = column_number
        WHERE described.view = theirs.oid
        ORDER BY described.object
    ) AS making,
    (
        SELECT
            COALESCE(
                json_agg(
                    json_build_array(
                        held.column_name, entry.grantor::regrole::text,
                        CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE entry.grantee::regrole::text END,
                        entry.privilege_type, entry.is_grantable
                    )
                ),
                '[]'
            )
        FROM (
            SELECT NULL AS column_name, COALESCE(relacl, acldefault('r', relowner)) AS acl
            UNION ALL
            SELECT quote_ident(attname), attacl
            FROM pg_attribute
            WHERE attrelid = theirs.oid AND attacl IS NOT NULL
        ) AS held
        CROSS JOIN LATERAL aclexplode(held.acl) AS entry
    ) AS grants,
    ARRAY(
        SELECT DISTINCT pg_depend.refobjid::regclass::text
        FROM pg_rewrite
        JOIN pg_depend ON pg_depend.classid = 'pg_rewrite'::regclass AND pg_depend.objid = pg_rewrite.oid
        WHERE
            ev_class = theirs.oid AND pg_depend.refclassid = 'pg_class'::regclass
            AND pg_depend.refobjid <> theirs.oid AND pg_depend.refobjid IN (SELECT oid FROM theirs)
    ) AS stands_on,
    ARRAY(
        SELECT DISTINCT pg_type.oid::regtype::text
        FROM pg_depend
        JOIN pg_type ON pg_depend.refclassid = 'pg_type'::regclass AND pg_type.oid = pg_depend.refobjid
        LEFT JOIN pg_type AS element ON element.oid = pg_type.typelem
        WHERE
            pg_type.oid >= 16384
            AND COALESCE(element.typtype, pg_type.typtype) IN ('d', 'c', 'r', 'm')
            AND pg_type.typnamespace NOT IN (SELECT relnamespace FROM pg_class WHERE oid IN (SELECT oid FROM ours))
            AND (
                pg_depend.classid = 'pg_rewrite'::regclass
                AND pg_depend.objid IN (SELECT oid FROM pg_rewrite WHERE ev_class = theirs.oid)
                OR pg_depend.classid = 'pg_attrdef'::regclass
                AND pg_depend.objid IN (SELECT oid FROM pg_attrdef WHERE adrelid = theirs.oid)
            )
    ) AS types
FROM theirs
ORDER BY theirs.oid
""")
