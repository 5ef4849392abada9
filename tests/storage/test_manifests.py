"""Backups of others: a manifest that asks for more than a backup holds is refused, and leaves nothing."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from tests.command_line import Warehouse
from tests.storage.conftest import QUIET, Made
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, DatabaseUnavailable
from warehouse.transfer import backup
from warehouse.transfer.backup import archive, roles
from warehouse.transfer.backup.manifest import Manifest, read

Told = dict[str, Any]
INTRUDER = {
    "name": "intruder", "may_log_in": True, "sees_all": True, "inherits": True, "connection_limit": -1, "comment": None
}  # fmt: skip
LEFT = "SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database"


def asked(server: EmbeddedServer, question: str) -> set[str]:
    with Database(server.dsn("postgres")).connect(autocommit=True) as connection:
        return {name for (name,) in connection.execute(question).fetchall()}


def written(path: Path, entries: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def whole(made: Made) -> dict[str, bytes]:
    with zipfile.ZipFile(made.path) as file:
        return {name: file.read(name) for name in file.namelist()}


def put(key: str, **facts: Any) -> Callable[[Told], None]:
    return lambda told: told.setdefault(key, []).append(facts)


def replaced(name: str, value: Any) -> Callable[[Told], None]:
    return lambda told: told.__setitem__(name, value)


def gone(name: str) -> Callable[[Told], None]:
    return lambda told: told.__delitem__(name)


def intruder(**facts: Any) -> Callable[[Told], None]:
    return put("roles", **{**INTRUDER, **facts})


def member_of(role: str, **of: Any) -> Callable[[Told], None]:
    def change(told: Told) -> None:
        told["roles"].append(INTRUDER)
        told["roles"] += [{**INTRUDER, **of, "name": role}] if of else []
        told["memberships"].append({"role": role, "member": "intruder", "ADMIN": True, "INHERIT": True, "SET": True})

    return change


EVIL = "CONNECT ON DATABASE postgres TO PUBLIC; CREATE ROLE intruder SUPERUSER; GRANT CONNECT"
CASES = [
    pytest.param(put("grants", grantee="PUBLIC", privilege=EVIL), r"grants\[\d\]\.privilege is 'CONNECT ON", id="SQL"),
    pytest.param(put("grants", grantee="PUBLIC", privilege="CREATE"), "let everybody make schemas", id="for everybody"),
    pytest.param(put("grants", grantee="pg_monitor", privilege="CREATE"), "grantee is 'pg_monitor'", id="for pg_*"),
    pytest.param(put("grants", grantee="postgres", privilege="CREATE"), "'postgres' is none of its", id="for others"),
    pytest.param(put("grants", grantee="PUBLIC", privilege=["CREATE"]), "privilege is a list", id="a list of rights"),
    pytest.param(member_of("pg_execute_server_program"), "role is 'pg_execute_server_program'", id="member of pg_*"),
    pytest.param(member_of("postgres"), "'postgres' is none of its roles", id="member of another role"),
    pytest.param(member_of("warehouse"), "a role of this server's own", id="member of the superuser"),
    pytest.param(
        member_of("storage_lab", may_log_in=True), "a role of this server's own", id="member of one who is here"
    ),
    pytest.param(intruder(connection_limit="1 SUPERUSER"), "connection_limit is '1 SUPERUSER'", id="a limit of SQL"),
    pytest.param(intruder(connection_limit=2**40), "connection_limit is 10995", id="a limit beyond all"),
    pytest.param(intruder(connection_limit=True), "connection_limit is True", id="a limit that is not a number"),
    pytest.param(intruder(is_superuser=True), "is_superuser is not known", id="a key more"),
    pytest.param(intruder(name="nu\0l"), r"name is 'nu\\x00l'", id="a name of NUL"),
    pytest.param(intruder(name="pg_intruder"), "name is 'pg_intruder'", id="a name of pg_*"),
    pytest.param(intruder(name="public"), "name is 'public'", id="a name of everybody"),
    pytest.param(intruder(name="x" * 64), "name is 'xxx", id="a name that is too long"),
    pytest.param(intruder(name="\x1b[2J"), "name is", id="a name for the terminal"),
    pytest.param(intruder(name=""), "name is ''", id="no name"),
    pytest.param(intruder(comment="two\nlines"), "comment is", id="a comment of lines"),
    pytest.param(lambda told: told["roles"].extend([INTRUDER, INTRUDER]), "stands twice in roles", id="a role twice"),
    pytest.param(
        put("settings", role=None, setting="session_preload_libraries=/tmp/evil"), "is none that", id="library"
    ),
    pytest.param(put("settings", role="warehouse", setting="search_path=evil, pg_catalog"), "is none that", id="path"),
    pytest.param(put("settings", role=None, setting="search_path=mart"), "of everybody is none that", id="path of all"),
    pytest.param(put("settings", role=None, setting="role=warehouse"), "is none that", id="another role"),
    pytest.param(put("settings", role=None, setting="log_statement=none"), "is none that", id="what is logged"),
    pytest.param(put("settings", role=None, setting="row_security=off"), "is none that", id="row security"),
    pytest.param(
        put("settings", role=None, setting="work_mem=lots"), "is not one of this server's", id="a value that is none"
    ),
    pytest.param(
        put("settings", role=None, setting="work_mem"), r"setting is 'work_mem'", id="a setting without value"
    ),
    pytest.param(replaced("schema_revision", 17), "schema_revision is 17", id="a number for the revision"),
    pytest.param(gone("schema_revision"), "schema_revision is missing", id="no revision"),
    pytest.param(replaced("tool_major", "99; x"), "tool_major is '99; x'", id="a program of SQL"),
    pytest.param(gone("roles"), "roles is missing", id="no roles"),
    pytest.param(replaced("roles", ["x"]), r"roles\[0\] is 'x'", id="roles that are words"),
    pytest.param(
        lambda told: told.update(tables=dict.fromkeys(told["tables"], "0-0")), "is '0-0'", id="sums that are none"
    ),
    pytest.param(lambda told: told.update(tables=list(told["tables"])), "tables is a list", id="a list of tables"),
    pytest.param(
        lambda told: told["tables"].update({"human.fixation": f"1-{0:016}"}), "differs from", id="another sum"
    ),
    pytest.param(lambda told: told["tables"].update({"nowhere.x": f"1-{0:016}"}), "differs from", id="a table more"),
    pytest.param(put("extensions", extension="x) | .* (", is_needed=False), "extension is 'x", id="an expression"),
    pytest.param(put("extensions", extension="vector", is_needed="no"), "is_needed is 'no'", id="a word for a truth"),
    pytest.param(replaced("dump_bytes", -5), "dump_bytes is -5", id="less than nothing"),
    pytest.param(replaced("dump_bytes", "many"), "dump_bytes is 'many'", id="many bytes"),
    pytest.param(replaced("dump_bytes", 7), "where its manifest says 7", id="other bytes"),
    pytest.param(replaced("made_at", "\x1b]0;owned\x07"), "made_at is", id="a title for the terminal"),
    pytest.param(replaced("junk", [[[]]]), "junk is not known", id="junk"),
]


@pytest.mark.parametrize(("change", "told"), CASES)
def test_a_manifest_that_asks_for_more_is_refused_and_leaves_nothing(
    cluster: EmbeddedServer, made: Made, tmp_path: Path, change: Callable[[Told], None], told: str
) -> None:
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS storage_lab")
        connection.execute("CREATE ROLE storage_lab")
    entries, before = whole(made), asked(cluster, LEFT)
    facts = json.loads(entries[archive.MANIFEST])
    change(facts)
    path = written(tmp_path / "odd.backup", {**entries, archive.MANIFEST: json.dumps(facts).encode()})
    with pytest.raises(BadInput, match=told) as refusal:
        backup.restore(Database(cluster.dsn("postgres")), path, os.environ, QUIET, into="never")
    assert str(refusal.value).isprintable() and refusal.value.exit_code == 3
    assert asked(cluster, LEFT) == before


RAW = [
    pytest.param(b'{"format": NaN}', id="no number"),
    pytest.param(b"[" * 200_000, id="brackets"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"\xff\xfe", id="no text"),
    pytest.param(json.dumps({"format": archive.FORMAT}).encode(), id="nothing but a format"),
    pytest.param(b'{"format": 1, "format": 2}', id="a key twice"),
    pytest.param(b" " * (17 * 2**20), id="17 MiB of nothing"),
]


@pytest.mark.parametrize("raw", RAW)
def test_a_manifest_that_is_none_is_refused(made: Made, tmp_path: Path, raw: bytes) -> None:
    path = written(tmp_path / "odd.backup", {**whole(made), archive.MANIFEST: raw})
    with pytest.raises(BadInput, match=r"its manifest is not that of a backup|damaged"):
        archive.verify_archive(path)


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        pytest.param({"../../escaped": b"x"}, zipfile.ZIP_STORED, id="a file more"),
        pytest.param({archive.DUMP: b""}, zipfile.ZIP_STORED, id="no dump"),
        pytest.param(
            {archive.DUMP: b"\\! touch pwned\nCREATE ROLE intruder SUPERUSER;\n"}, zipfile.ZIP_STORED, id="SQL"
        ),
        pytest.param({}, zipfile.ZIP_DEFLATED, id="compressed"),
    ],
)
def test_an_archive_of_other_contents_is_refused(
    made: Made, tmp_path: Path, entries: dict[str, bytes], kind: int
) -> None:
    with pytest.raises(BadInput, match="is cut off or damaged"):
        archive.verify_archive(written(tmp_path / "odd.backup", {**whole(made), **entries}, kind))


@pytest.mark.parametrize("share", [0.0001, 0.5, 0.99], ids=["its beginning", "a half", "nearly all"])
def test_a_dump_that_is_cut_off_is_refused_though_the_manifest_vouches_for_it(
    cluster: EmbeddedServer, made: Made, tmp_path: Path, share: float
) -> None:
    entries, before = whole(made), asked(cluster, LEFT)
    dump = entries[archive.DUMP][: max(50, int(len(entries[archive.DUMP]) * share))]
    told = {**json.loads(entries[archive.MANIFEST]), "dump_bytes": len(dump)}
    told["roles"] = [*told["roles"], INTRUDER]
    path = written(tmp_path / "cut.backup", {archive.DUMP: dump, archive.MANIFEST: json.dumps(told).encode()})
    with pytest.raises(BadInput, match="its dump is cut off or damaged"):
        backup.restore(Database(cluster.dsn("postgres")), path, os.environ, QUIET, into="never")
    assert asked(cluster, LEFT) == before


def test_roles_of_a_restore_that_failed_or_was_killed_are_gone(cluster: EmbeddedServer, made: Made) -> None:
    told = read(json.dumps({**made.manifest, "roles": [*made.manifest["roles"], INTRUDER]}).encode())
    before = asked(cluster, LEFT)
    with Database(cluster.dsn("postgres")).connect(autocommit=True) as connection:
        killed = roles.create_roles(connection, told, "never")
        assert "intruder" in {role.name for role in killed.__enter__().roles}
        may = "SELECT rolname FROM pg_roles WHERE rolname = 'intruder' AND (rolcanlogin OR rolbypassrls)"
        assert asked(cluster, may) == set()
        with pytest.raises(ZeroDivisionError), roles.create_roles(connection, told, "never") as fresh:
            assert fresh.names >= {"intruder"}
            raise ZeroDivisionError
        killed.__exit__(None, None, None)
    assert asked(cluster, LEFT) == before


def test_a_new_role_is_beyond_row_security_only_as_a_writer_or_owner(
    elsewhere: EmbeddedServer, made: Made, moved: object
) -> None:
    told = read(json.dumps({**made.manifest, "roles": [*made.manifest["roles"], INTRUDER]}).encode())
    with Database(elsewhere.dsn("postgres")).connect(autocommit=True) as connection:
        with roles.create_roles(connection, told, "never") as fresh, connection.transaction():
            roles.finish(connection, told, fresh)
        may = "SELECT rolname FROM pg_roles WHERE rolbypassrls AND rolname IN ('intruder', 'storage_writer')"
        seeing = asked(elsewhere, may)
        connection.execute("DROP ROLE intruder")
    assert fresh.logins == ["intruder"] and seeing == {"storage_writer"}


def test_what_a_backup_says_of_itself_is_read_again_as_it_was_written(made: Made) -> None:
    told = archive.verify_archive(made.path)
    assert isinstance(told, Manifest)
    assert told.tables == made.checksums
    assert {role.name for role in told.roles} >= {"storage_reader", "storage_writer", "warehouse_reader"}


def test_a_setting_and_a_comment_that_no_restore_makes_are_left_out_of_a_backup(study: Database) -> None:
    name = sql.Identifier(study.name)
    with Database(study.superuser or "").connect(autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} SET log_min_messages TO 'debug1'").format(name))
        connection.execute(sql.SQL("ALTER DATABASE {} SET citus.shard_count TO '8'").format(name))  # unknown elsewhere
        connection.execute(sql.SQL("ALTER DATABASE {} SET work_mem TO '7MB'").format(name))
        connection.execute("CREATE ROLE storage_commented")
        connection.execute("COMMENT ON ROLE storage_commented IS E'two\\nlines'")
        connection.execute("CREATE SCHEMA theirs AUTHORIZATION storage_commented")
        found = roles.describe_roles(connection)
        connection.execute("DROP SCHEMA theirs")
        connection.execute("DROP ROLE storage_commented")
    assert [one["setting"] for one in found["settings"] if one["role"] is None] == ["work_mem=7MB"]
    assert [one["comment"] for one in found["roles"] if one["name"] == "storage_commented"] == [None]


def test_a_restore_asks_whether_the_file_is_trusted(warehouse: Warehouse, cluster: EmbeddedServer, made: Made) -> None:
    said = warehouse("--dsn", cluster.dsn("postgres"), "restore", str(made.path), "--into", "never")
    assert said.code == 3
    assert "nobody can be asked whether you trust it; give --yes if you know who made it." in said.err
    assert "never" not in asked(cluster, LEFT)


def test_a_newer_program_is_asked_for_by_its_version(cluster: EmbeddedServer, made: Made, tmp_path: Path) -> None:
    entries = whole(made)
    told = {**json.loads(entries[archive.MANIFEST]), "tool_major": 99}
    path = written(tmp_path / "odd.backup", {**entries, archive.MANIFEST: json.dumps(told).encode()})
    with pytest.raises(DatabaseUnavailable, match="pg_restore of PostgreSQL 99"):
        backup.restore(Database(cluster.dsn("postgres")), path, os.environ, QUIET, into="never")
