"""The roles a database stands on, which belong to the server and so are in no dump: written down, and made again.

Made again are roles that the other server has not: logins and groups, their limits, who is a member of what. Passwords
stay behind (a backup opens no door), and so does the right to do everything: a superuser is made as a role without
rights. Roles that are there already are left as they are.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

Connection = psycopg.Connection[Any]
Facts = dict[str, Any]


def described(connection: Connection) -> Facts:
    """Write down the roles that own, may or are set something in this database, with their members."""
    cursor = connection.cursor(row_factory=dict_row)
    found = cursor.execute(_ROLES).fetchall()
    names = [role["name"] for role in found]
    return {
        "roles": found,
        "memberships": cursor.execute(_MEMBERSHIPS, [names, names]).fetchall(),
        "settings": cursor.execute(_SETTINGS).fetchall(),
        "grants": cursor.execute(_GRANTS).fetchall(),
    }


def make(connection: Connection, facts: Facts) -> list[str]:
    """Make the roles that this server has not, in one transaction; give the logins among them."""
    with connection.transaction():
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        fresh = {role["name"]: role for role in facts["roles"] if role["name"] not in known}
        for role in fresh.values():
            _make(connection, role)
        for membership in facts["memberships"]:
            if membership["member"] in fresh:
                connection.execute(_membership(membership))
    return sorted(name for name, role in fresh.items() if role["may_log_in"])


def settle(connection: Connection, facts: Facts) -> None:
    """Give the database its own grants and what is set for roles in it; those of roles that are not here are left."""
    database = sql.Identifier(connection.info.dbname)
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()} | {"PUBLIC"}
    with connection.transaction():
        connection.execute(_CLOSED.format(database))
        for grant in facts["grants"]:
            if grant["grantee"] in known:
                who = sql.SQL("PUBLIC") if grant["grantee"] == "PUBLIC" else sql.Identifier(grant["grantee"])
                connection.execute(_GRANT.format(sql.SQL(grant["privilege"]), database, who))
        for setting in facts["settings"]:
            if setting["role"] is None or setting["role"] in known:
                _set(connection, database, setting)


def _make(connection: Connection, role: Facts) -> None:
    may = {"LOGIN": role["may_log_in"], "BYPASSRLS": role["sees_all"], "INHERIT": role["inherits"]}
    rights = " ".join(right if held else f"NO{right}" for right, held in may.items())
    who = sql.Identifier(role["name"])
    connection.execute(
        sql.SQL("CREATE ROLE {} {} CONNECTION LIMIT {}").format(who, sql.SQL(rights), role["connection_limit"])
    )
    if role["comment"]:
        connection.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(who, role["comment"]))


def _membership(facts: Facts) -> sql.Composed:
    options = ", ".join(f"{name} {facts[name]}" for name in ("ADMIN", "INHERIT", "SET"))
    names = sql.Identifier(facts["role"]), sql.Identifier(facts["member"])
    return sql.SQL("GRANT {} TO {} WITH {}").format(*names, sql.SQL(options))


def _set(connection: Connection, database: sql.Identifier, setting: Facts) -> None:
    """Set it here first: `FROM CURRENT` writes a list, such as the search path, as the server wants it."""
    name, _, value = setting["setting"].partition("=")
    role = sql.SQL("ALL") if setting["role"] is None else sql.Identifier(setting["role"])
    with connection.transaction():
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])
        connection.execute(_SETTING.format(role, database, sql.Identifier(name)))
        connection.execute(sql.SQL("SET LOCAL {} TO DEFAULT").format(sql.Identifier(name)))


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
    rolcanlogin AND NOT rolsuper AS may_log_in,
    rolbypassrls AND NOT rolsuper AS sees_all,
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
SELECT rolname AS role, unnest(setconfig) AS setting
FROM pg_db_role_setting
JOIN pg_database ON pg_database.oid = setdatabase
LEFT JOIN pg_roles ON pg_roles.oid = setrole
WHERE datname = current_database()
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
