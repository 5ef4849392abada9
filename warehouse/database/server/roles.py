"""Who enters the embedded server: an everyday login that owns the warehouse, and a superuser for what only one may.

What readers, writers and owners make may be evaluated by whoever works with it; under the everyday login it never gets
a superuser's rights. The superuser makes that login when the server is first started, and gives a database its
extensions and rights to PostgreSQL's own functions when the schema is first installed in it; nothing else enters as it.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from warehouse.database.types import Connection

EVERYDAY = DATABASE = "warehouse"
SUPERUSER = "warehouse_superuser"
LAYOUT = "2"
"""Kept beside the data once the roles are as here; before, the everyday login was the superuser."""
EXTENSIONS = ("vector", "pg_stat_statements")
"""Made where the server's programs have them; both take a superuser."""
MOVED = "The embedded server's login warehouse is no longer a superuser: it owns the warehouse, with the same password."


@dataclass(frozen=True)
class Logins:
    """The two passwords of a server, and where it listens."""

    port: int
    everyday_password: str
    superuser_password: str

    def everyday(self, database: str) -> Connection:
        """Enter as the everyday login."""
        return self._entered(EVERYDAY, self.everyday_password, database)

    def superuser(self, database: str) -> Connection:
        """Enter as the superuser; whatever its database holds, names are PostgreSQL's own."""
        return self._entered(SUPERUSER, self.superuser_password, database)

    def _entered(self, user: str, password: str, database: str) -> Connection:
        connection = psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=password, dbname=database, autocommit=True
        )
        connection.execute("SET search_path = pg_catalog, pg_temp")
        return connection


def settle(logins: Logins) -> bool:
    """Make the everyday login and its database; a superuser that had its name before gets another one.

    Each step may be repeated: a process that is killed in between is followed by one that ends the work.

    Returns
    -------
    bool
        Whether the everyday login was the superuser until now.
    """
    moves = _is_of_before(logins)
    if moves:
        with logins.everyday("postgres") as connection, connection.transaction():
            for statement in _EXCHANGE:
                connection.execute(statement)
            _set_password(connection, SUPERUSER, logins.superuser_password)
            _make_everyday(connection, logins)
    with logins.superuser("postgres") as connection:
        with connection.transaction():
            _make_everyday(connection, logins)
            connection.execute(_TAKE_OVER_ROLES)
        databases = [name for (name,) in connection.execute(_DATABASES).fetchall()]
        if DATABASE not in databases:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {EVERYDAY}")
    for name in databases:
        with logins.superuser(name) as connection:
            connection.execute(_TAKE_OVER_OBJECTS)
    return moves


def needs_superuser(connection: Connection) -> bool:
    """Say whether a database lacks what `prepare` gives it."""
    row = connection.execute(_LACKS, [list(EXTENSIONS)]).fetchone()
    return bool(row and row[0])


def prepare(connection: Connection) -> None:
    """Give a database its extensions, and functions of PostgreSQL's own to those who are to call them.

    Parameters
    ----------
    connection : psycopg.Connection
        The superuser's, to a database in which the roles of readers, writers and owners are made.
    """
    for (name,) in connection.execute(_MISSING, [list(EXTENSIONS)]).fetchall():
        connection.execute(sql.SQL("CREATE EXTENSION {} SCHEMA public").format(sql.Identifier(name)))
    connection.execute(SYSTEM_FUNCTIONS)
    connection.execute(f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {EVERYDAY}")


def _is_of_before(logins: Logins) -> bool:
    try:
        logins.superuser("postgres").close()
    except psycopg.OperationalError:
        with logins.everyday("postgres") as connection:
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        return bool(row and row[0])
    return False


def _make_everyday(connection: Connection, logins: Logins) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [EVERYDAY]).fetchone():
        connection.execute(f"CREATE ROLE {EVERYDAY} LOGIN CREATEDB CREATEROLE BYPASSRLS")
        connection.execute(f"ALTER ROLE {EVERYDAY} SET search_path = public")
        _set_password(connection, EVERYDAY, logins.everyday_password)
    connection.execute(f"GRANT pg_read_all_stats, pg_checkpoint TO {EVERYDAY}")
    connection.execute(f"GRANT pg_signal_backend TO {EVERYDAY} WITH ADMIN OPTION")  # owners end silent workers


def _set_password(connection: Connection, role: str, password: str) -> None:
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), verifier))


# The first superuser cannot lose its rights, and nobody can rename who they are: another superuser does, for a moment.
_EXCHANGE = (
    "CREATE ROLE warehouse_moving SUPERUSER",
    "SET SESSION AUTHORIZATION warehouse_moving",
    f"ALTER ROLE {EVERYDAY} RENAME TO {SUPERUSER}",
    "RESET SESSION AUTHORIZATION",
    "DROP ROLE warehouse_moving",
)
_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres'"
# Roles that the superuser made become the everyday login's to give and to take: it alone may take back what it gave.
_TAKE_OVER_ROLES = f"""
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT rolname, CASE WHEN rolname ~ '^warehouse_(owner|writer|reader)$' THEN 'TRUE' ELSE 'FALSE' END AS is_held
        FROM pg_roles
        WHERE NOT rolsuper AND rolname !~ '^pg_' AND rolname <> '{EVERYDAY}'
            AND NOT EXISTS (
                SELECT FROM pg_auth_members
                WHERE roleid = pg_roles.oid AND member = '{EVERYDAY}'::regrole AND admin_option
            )
    LOOP
        EXECUTE format(
            'GRANT %I TO {EVERYDAY} WITH ADMIN TRUE, INHERIT %s, SET %s', made.rolname, made.is_held, made.is_held
        );
    END LOOP;

    FOR made IN
        SELECT roleid::regrole AS role, member::regrole AS member,
            inherit_option::text, set_option::text, grantor::regrole AS giver
        FROM pg_auth_members
        JOIN pg_roles AS held ON held.oid = roleid
        WHERE
            grantor = '{SUPERUSER}'::regrole AND member <> '{EVERYDAY}'::regrole AND NOT admin_option
            AND NOT held.rolsuper AND held.rolname !~ '^pg_'
    LOOP
        EXECUTE format(
            'GRANT %s TO %s WITH INHERIT %s, SET %s GRANTED BY {EVERYDAY}',
            made.role, made.member, made.inherit_option, made.set_option
        );
        EXECUTE format('REVOKE %s FROM %s GRANTED BY %s', made.role, made.member, made.giver);
    END LOOP;
END
$$
"""
# REASSIGN OWNED does not take what belongs to the first superuser.
_TAKE_OVER_OBJECTS = f"""
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        WITH owned (class_id, object_id) AS (
            SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspowner = '{SUPERUSER}'::regrole
            UNION ALL
            SELECT 'pg_class'::regclass, oid FROM pg_class
            WHERE relowner = '{SUPERUSER}'::regrole AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            UNION ALL
            SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE proowner = '{SUPERUSER}'::regrole
            UNION ALL
            SELECT 'pg_type'::regclass, pg_type.oid FROM pg_type
            WHERE typowner = '{SUPERUSER}'::regrole AND typtype IN ('d', 'e')
            UNION ALL
            SELECT 'pg_type'::regclass, pg_type.oid FROM pg_type
            JOIN pg_class ON pg_class.oid = typrelid AND relkind = 'c'
            WHERE typowner = '{SUPERUSER}'::regrole
        )

        SELECT told.type, told.identity
        FROM owned
        CROSS JOIN LATERAL pg_identify_object(class_id, object_id, 0) AS told
        WHERE
            object_id >= 16384
            AND NOT EXISTS (
                SELECT FROM pg_depend
                WHERE classid = class_id AND objid = object_id AND deptype IN ('e', 'a', 'i')
            )
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO {EVERYDAY}', made.type, made.identity);
    END LOOP;
    IF (SELECT datdba FROM pg_database WHERE datname = current_database()) = '{SUPERUSER}'::regrole THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO {EVERYDAY}', current_database());
    END IF;
END
$$
"""
SYSTEM_FUNCTIONS = """
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT oid::regprocedure AS name, proname LIKE '%advisory%' AS is_lock
        FROM pg_proc
        WHERE
            pronamespace = 'pg_catalog'::regnamespace
            AND (
                proname ~ '^lo_(creat|create|from_bytea|import|open|put|truncate|truncate64|unlink)$|advisory'
                OR proname IN ('lowrite', 'pg_logical_emit_message')
            )
            AND to_regrole('warehouse_owner') IS NOT NULL  -- not yet at the earliest revisions
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', made.name);
        IF made.is_lock THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO warehouse_owner, warehouse_writer', made.name);
        END IF;
    END LOOP;
END
$$
"""
"""Nobody but writers is to store things outside of tables, such as in the log, or to hold locks that they wait for."""
_MISSING = """
SELECT name FROM pg_available_extensions WHERE name = ANY (%s) AND installed_version IS NULL ORDER BY name
"""
_LACKS = f"""
SELECT
    EXISTS ({_MISSING.replace("ORDER BY name", "")})
    OR has_function_privilege('public', 'pg_catalog.lo_create(oid)', 'EXECUTE')
    OR NOT has_function_privilege('pg_catalog.pg_switch_wal()', 'EXECUTE')
"""
