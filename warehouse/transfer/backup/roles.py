"""The roles a database stands on, which belong to the server and so are in no dump: written down, and made again.

Made again are roles that the other server has not: logins and groups, their limits, who is a member of what. Passwords
stay behind (a backup opens no door), and so does the right to let others in: a superuser, and a role that makes roles,
is made as a role without rights. Roles that are there already are left as they are, and nobody new becomes a member of
them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from psycopg import errors as pg
from psycopg import sql
from psycopg.rows import class_row

from warehouse.database.types import Connection
from warehouse.transfer.backup.manifest import PRIVILEGES, PUBLIC, Manifest, Membership, Role, RoleGrant, Setting
from warehouse.transfer.strict_json import NotAsDeclared, printable

OF_THE_WAREHOUSE = ("warehouse_reader", "warehouse_writer", "warehouse_owner")
"""The roles that every warehouse of a server shares."""
SEEING = ("warehouse_writer", "warehouse_owner")
"""Those whose members see everything."""


@dataclass(frozen=True)
class Fresh:
    """Roles that a restore has made."""

    roles: tuple[Role, ...]

    @property
    def names(self) -> set[str]:
        """Their names."""
        return {role.name for role in self.roles}

    @property
    def logins(self) -> list[str]:
        """Those who may log in, by name."""
        return sorted(role.name for role in self.roles if role.may_log_in)


def describe_roles(connection: Connection) -> dict[str, list[Any]]:
    """Write down the roles that own, may or are set something in this database, with their members.

    Grants, settings and comments that a restore would not make are left out.
    """
    found = connection.cursor(row_factory=class_row(Role)).execute(_ROLES).fetchall()
    found = [one if printable(one.comment or "") else replace(one, comment=None) for one in found]
    names = [role.name for role in found]
    members = connection.cursor(row_factory=class_row(Membership)).execute(_MEMBERSHIPS, [names, names]).fetchall()
    settings = connection.cursor(row_factory=class_row(Setting)).execute(_SETTINGS).fetchall()
    grants = connection.cursor(row_factory=class_row(RoleGrant)).execute(_GRANTS).fetchall()
    return {
        "roles": [asdict(one) for one in found],
        "memberships": [asdict(one) for one in members],
        "settings": [asdict(one) for one in settings if one.is_harmless and one.role in {*names, None}],
        "grants": [asdict(one) for one in grants if one.grantee in names or one.is_usual],
    }


@contextmanager
def create_roles(connection: Connection, told: Manifest, database: str) -> Iterator[Fresh]:
    """Make the roles that this server has not, without login or members; where the block fails, they are gone.

    Parameters
    ----------
    connection : psycopg.Connection
        To the server, in autocommit, beside the database.
    told : Manifest
        Of the backup.
    database : str
        Which is restored: its name marks the roles until they are finished, so that the next restore takes away what
        one that was killed left.
    """
    mark = _UNFINISHED.format(database)
    _take_away(connection, [name for (name,) in connection.execute(_MARKED, [mark]).fetchall()])
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    fresh = Fresh(tuple(role for role in told.roles if role.name not in known))
    try:
        with connection.transaction():
            for role in fresh.roles:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role.name)))
                _comment(connection, role.name, mark)
        yield fresh
    except BaseException:
        _take_away(connection, [role.name for role in fresh.roles])
        raise


def finish(connection: Connection, told: Manifest, fresh: Fresh) -> None:
    """Give the fresh roles what the backup says of them, in the transaction in which the database gets its name.

    They become members of each other and of the warehouse's own roles, and of nobody else's. Beyond row security are
    those alone whom the warehouse lets see everything: writers and owners.
    """
    names = fresh.names
    seers = {one.member for one in told.memberships if one.role in SEEING} | set(SEEING)
    for role in fresh.roles:
        may = {"LOGIN": role.may_log_in, "BYPASSRLS": role.sees_all and role.name in seers, "INHERIT": role.inherits}
        rights = sql.SQL(" ").join(sql.SQL(right if held else f"NO{right}") for right, held in may.items())
        limit, who = sql.Literal(role.connection_limit), sql.Identifier(role.name)
        connection.execute(sql.SQL("ALTER ROLE {} {} CONNECTION LIMIT {}").format(who, rights, limit))
        _comment(connection, role.name, role.comment)
    for one in told.memberships:
        if one.member in names and one.role in names | set(OF_THE_WAREHOUSE):
            connection.execute(_membership(one, admin=one.ADMIN and one.role in names))


def refuse_others(connection: Connection, told: Manifest) -> None:
    """Refuse to make anybody a member of a role of this server's own.

    Raises
    ------
    NotAsDeclared
        A login that is to be made would be a member of a role that is there and not the warehouse's.
    """
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    for one in told.memberships:
        if one.member not in known and one.role in known - set(OF_THE_WAREHOUSE):
            raise NotAsDeclared(f"{one.member!r} would become a member of {one.role!r}, a role of this server's own")


def settle(connection: Connection, told: Manifest) -> None:
    """Give the database its own grants and what is set for roles in it; those of roles that are not here are left."""
    database = sql.Identifier(connection.info.dbname)
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()} | {PUBLIC}
    with connection.transaction():
        connection.execute(_CLOSED.format(database))
        for grant in told.grants:
            if grant.grantee in known:
                who = sql.SQL("PUBLIC") if grant.grantee == PUBLIC else sql.Identifier(grant.grantee)
                privilege = PRIVILEGES[PRIVILEGES.index(grant.privilege)]
                connection.execute(_GRANT.format(sql.SQL(privilege), database, who))
        for setting in told.settings:
            if setting.role is None or setting.role in known:
                _set(connection, database, setting)


def _comment(connection: Connection, name: str, comment: str | None) -> None:
    connection.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(sql.Identifier(name), sql.Literal(comment)))


def _take_away(connection: Connection, names: Iterable[str]) -> None:
    """Drop roles that were made here; what something stands on already stays."""
    for name in names:
        with suppress(pg.DependentObjectsStillExist, pg.UndefinedObject):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def _membership(one: Membership, *, admin: bool) -> sql.Composed:
    options = {"ADMIN": admin, "INHERIT": one.INHERIT, "SET": one.SET}
    given = sql.SQL(", ").join(sql.SQL(f"{name} {'TRUE' if held else 'FALSE'}") for name, held in options.items())
    return sql.SQL("GRANT {} TO {} WITH {}").format(sql.Identifier(one.role), sql.Identifier(one.member), given)


def _set(connection: Connection, database: sql.Identifier, setting: Setting) -> None:
    """Set it here first: `FROM CURRENT` writes a list, such as the search path, as the server wants it."""
    role = sql.SQL("ALL") if setting.role is None else sql.Identifier(setting.role)
    name = sql.Identifier(setting.name)
    try:
        with connection.transaction():
            connection.execute("SELECT set_config(%s, %s, true)", [setting.name, setting.value])
            connection.execute(_SETTING.format(role, database, name))
            connection.execute(sql.SQL("SET LOCAL {} TO DEFAULT").format(name))
    except (pg.InvalidParameterValue, pg.UndefinedObject, pg.CantChangeRuntimeParam) as error:
        raise NotAsDeclared(f"the setting {setting.setting[:80]!r} is not one of this server's") from error


_UNFINISHED = "Unfinished restore of {}; the next one takes it away."
_MARKED = "SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = %s"
_CLOSED = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC")
_GRANT = sql.SQL("GRANT {} ON DATABASE {} TO {}")
_SETTING = sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} FROM CURRENT")
_ROLES = """
WITH RECURSIVE here AS (
    SELECT oid, datacl FROM pg_database WHERE datname = current_database()
),

-- what belongs to the server's first superuser is not written down among the dependencies
involved (oid) AS (
    SELECT refobjid FROM pg_shdepend
    WHERE dbid = (SELECT oid FROM here) AND refclassid = 'pg_authid'::regclass
    UNION
    SELECT defaclrole FROM pg_default_acl
    UNION
    SELECT relowner FROM pg_class WHERE pg_class.oid >= 16384
    UNION
    SELECT nspowner FROM pg_namespace WHERE pg_namespace.oid >= 16384
    UNION
    SELECT setrole FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM here)
    UNION
    SELECT entry.grantee FROM here CROSS JOIN LATERAL aclexplode(here.datacl) AS entry
    UNION
    SELECT pg_auth_members.member
    FROM pg_auth_members
    JOIN involved ON involved.oid = pg_auth_members.roleid
)

SELECT
    rolname AS name,
    rolcanlogin AND NOT rolsuper AND NOT rolcreaterole AS may_log_in,
    rolbypassrls AND NOT rolsuper AND NOT rolcreaterole AS sees_all,
    rolinherit AS inherits,
    rolconnlimit AS connection_limit,
    shobj_description(pg_roles.oid, 'pg_authid') AS comment
FROM involved
JOIN pg_roles USING (oid)
WHERE rolname !~ '^pg_'
ORDER BY rolname
"""
_MEMBERSHIPS = """
SELECT
    held.rolname AS role, holder.rolname AS member,
    admin_option AS "ADMIN", inherit_option AS "INHERIT", set_option AS "SET"
FROM pg_auth_members
JOIN pg_roles AS held ON held.oid = roleid
JOIN pg_roles AS holder ON holder.oid = member
WHERE held.rolname = ANY (%s) AND holder.rolname = ANY (%s) AND NOT holder.rolsuper
ORDER BY held.rolname, holder.rolname
"""
_SETTINGS = """
SELECT rolname AS role, setting
FROM pg_db_role_setting
CROSS JOIN LATERAL unnest(setconfig) AS setting
JOIN pg_database ON pg_database.oid = setdatabase
LEFT JOIN pg_roles ON pg_roles.oid = setrole
WHERE datname = current_database() AND setting NOT LIKE 'citus.%'  -- of that cluster, and unknown elsewhere
ORDER BY rolname, setting
"""
_GRANTS = """
SELECT COALESCE(rolname, 'PUBLIC') AS grantee, entry.privilege_type AS privilege
FROM pg_database
CROSS JOIN LATERAL aclexplode(COALESCE(datacl, acldefault('d', datdba))) AS entry
LEFT JOIN pg_roles ON pg_roles.oid = entry.grantee
WHERE datname = current_database() AND entry.grantee <> datdba
ORDER BY grantee, privilege
"""
