"""docker-compose.yml, as far as a machine without an engine can tell: the client accepts it, and its commands work."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from warehouse.access import roles
from warehouse.database.connection import Database

FILE = Path(__file__).resolve().parents[2] / "docker-compose.yml"


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
    return found


def client() -> list[str]:
    """The Compose client of this machine: Docker's plugin, or the older program."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            return command
    pytest.skip("no Compose client: apt-get install docker-compose")


def test_the_client_accepts_the_file(tmp_path: Path):
    copy = tmp_path / FILE.name
    copy.write_text(re.sub(r"^name: .*$", "", FILE.read_text(), flags=re.MULTILINE))  # Compose 1 knows no name
    done = subprocess.run([*client(), "-f", copy, "config"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["services"]["postgres"]["image"].startswith("postgres:18")


def test_every_image_is_pinned_and_every_port_is_of_this_machine(services: dict[str, Any]):
    assert [name for name, one in services.items() if not re.search(r":v?\d+\.\d+", one["image"])] == []
    ports = [port for one in services.values() for port in one.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_services_wait_for_what_they_need(services: dict[str, Any]):
    waits = {
        name: {other: how["condition"] for other, how in one.get("depends_on", {}).items()}
        for name, one in services.items()
    }
    assert waits == {
        "postgres": {},
        "migrate": {"postgres": "service_healthy"},
        "metabase": {"migrate": "service_completed_successfully"},
        "metabase-connection": {"metabase": "service_healthy"},
    }
    assert all("healthcheck" in services[name] for name in ("postgres", "metabase"))
    assert [name for name, one in services.items() if one.get("profiles") == ["metabase"]] == [
        "metabase", "metabase-connection",
    ]  # fmt: skip


def test_data_outlive_the_containers(services: dict[str, Any]):
    volumes = yaml.safe_load(FILE.read_text())["volumes"]
    used = [volume.partition(":")[0] for one in services.values() for volume in one.get("volumes", [])]
    assert set(used) - {"."} == set(volumes)


def test_the_migration_leaves_a_schema_and_a_reader_and_may_be_repeated(
    services: dict[str, Any], empty_database: Database
):
    name = f"compose_{uuid4().hex[:8]}"
    script = services["migrate"]["command"][-1].replace("$$", "$").replace("collaborator", name)
    script = "\n".join(line for line in script.splitlines() if not line.startswith(("sed ", "pip ", "uv ")))
    facts = {key: str(value) for key, value in conninfo_to_dict(empty_database.dsn).items()}
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", ""),
        "PGHOST": facts["host"], "PGPORT": facts["port"], "PGUSER": facts["user"], "PGPASSWORD": facts["password"],
        "PGDATABASE": facts["dbname"], "READER_PASSWORD": "look-but-do-not-touch",
    }  # fmt: skip
    try:
        for _ in range(2):
            subprocess.run(["sh", "-ec", script], env=environment, check=True, capture_output=True)
        address = {**facts, "user": name, "password": "look-but-do-not-touch"}
        reader = Database(" ".join(f"{key}={value}" for key, value in address.items()))
        with reader.connect() as connection:
            assert connection.execute("SELECT count(*) FROM mart.model_summary").fetchone() == (0,)
    finally:
        roles.revoke(empty_database, name)


def test_the_script_that_connects_metabase_is_python(services: dict[str, Any]):
    compile(services["metabase-connection"]["command"][-1].replace("$$", "$"), "metabase-connection", "exec")
