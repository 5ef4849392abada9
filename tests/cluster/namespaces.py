"""Workers in network namespaces, the cable of one pulled in the middle: ``python -m tests.cluster.namespaces``.

By hand, as root on Linux: it makes two namespaces with an address each, and a PostgreSQL server that listens there. The
simulated study is computed once by this process and once by two workers over the network, of which one vanishes without
a word; the rows must be the same. What happened when is printed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from psycopg.conninfo import make_conninfo

from tests.cluster.conftest import free_port
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer, find_binaries
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.schema import migrations

HERE = "10.231.0.1"
MACHINES = {"awa": "10.231.1", "awb": "10.231.2"}
QUIET = Progress(quiet=True)
RESULTS = (
    "SELECT layer, measure_id, subject_id, extraction_id, r2, cv_r2 FROM result.human_resemblance "
    "JOIN ops.unit USING (run_id, unit_id) WHERE unit_state = 'done' ORDER BY 1, 2, 3, 4"
)


def system(command: str, *, check: bool = True) -> None:
    subprocess.run(command.split(), check=check, stderr=None if check else subprocess.DEVNULL)


@contextmanager
def network() -> Iterator[None]:
    """An address of this machine, and two machines with a cable to it."""
    _take_down()
    try:
        system(f"ip addr add {HERE}/32 dev lo")
        for name, net in MACHINES.items():
            system(f"ip netns add {name}")
            system(f"ip link add {name}0 type veth peer name {name}1 netns {name}")
            system(f"ip addr add {net}.1/24 dev {name}0")
            system(f"ip link set {name}0 up")
            for command in (
                f"addr add {net}.2/24 dev {name}1",
                f"link set {name}1 up",
                f"route add default via {net}.1",
            ):
                system(f"ip netns exec {name} ip {command}")
            system(f"ip netns exec {name} ip link set lo up")
        yield
    finally:
        _take_down()


def _take_down() -> None:
    system(f"ip addr del {HERE}/32 dev lo", check=False)
    for name in MACHINES:
        system(f"ip netns del {name}", check=False)
        system(f"ip link del {name}0", check=False)


@contextmanager
def server() -> Iterator[tuple[Database, Database]]:
    """A server that listens to the network; its address of this machine only, and the one that all reach."""
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    running = EmbeddedServer(directory, find_binaries(os.environ), volatile=True)
    try:
        running.ensure_running()
        local = Database(running.dsn())
        with local.connect(autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET listen_addresses = '*'")
            (file,) = connection.execute("SHOW hba_file").fetchone() or ("",)
        with Path(file).open("a") as rules:
            rules.write("host all all 10.231.0.0/16 scram-sha-256\n")
        running.stop()
        running.ensure_running()
        migrations.upgrade(local)
        yield local, Database(make_conninfo(running.dsn(), host=HERE))
    finally:
        running.stop()
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.connect(autocommit=True) as connection:
        return connection.execute(query).fetchall()


def compute(database: Database, scheduler: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "warehouse", "--quiet", "--dsn", database.dsn]
    command += ["compute", "human-resemblance", "--scheduler", scheduler]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def main() -> None:
    if os.geteuid() != 0 or not shutil.which("ip"):
        sys.exit("Skipped: network namespaces take root and the program `ip`.")
    python, port = sys.executable, free_port()
    scheduler = f"tcp://{HERE}:{port}"
    worker = [python, "-m", "distributed.cli.dask_worker", scheduler, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    with network(), server() as (local, database):
        pipeline.ingest(database, sources()["simulated_readers"], [], {"readers": 4}, QUIET)
        pipeline.compute(database, "human_resemblance", {}, progress=QUIET)
        expected = rows(database, RESULTS)
        with database.connect(autocommit=True) as connection:
            connection.execute("UPDATE ops.unit SET unit_state = 'superseded' FROM ops.run WHERE "
                               "run.run_id = unit.run_id AND job = 'compute human_resemblance'")  # fmt: skip
            connection.execute("UPDATE ops.run SET parameters = parameters || '{\"before\": true}'")
        with (
            started(
                python, "-m", "distributed.cli.dask_scheduler", "--host", HERE, "--port", str(port), "--no-dashboard"
            ),
            started("ip", "netns", "exec", "awa", *worker),
            started("ip", "netns", "exec", "awb", *worker),
        ):
            refused = compute(local, scheduler)
            click.echo(f"an address of this machine only: {refused.communicate()[1].strip()}")
            command = compute(database, scheduler)
            in_hand = "SELECT count(*) FROM mart.lease WHERE is_held"
            while len(rows(database, "SELECT DISTINCT process_id FROM mart.lease")) < 2 and command.poll() is None:
                time.sleep(0.02)
            began = time.monotonic()
            system("ip link set awa0 down")
            click.echo(f"the cable of one worker is pulled; {rows(database, in_hand)[0][0]} units in hand")
            while command.poll() is None:
                dead = rows(database, "SELECT count(*) FROM mart.lease WHERE NOT is_held")[0][0]
                if dead:
                    click.echo(f"{time.monotonic() - began:5.1f} s: {dead} leases are seen as dead")
                time.sleep(1)
            click.echo(f"{time.monotonic() - began:5.1f} s: ended with {command.returncode} {command.communicate()[1]}")
        again = rows(database, "SELECT count(*) FROM ops.unit WHERE attempt > 1")[0][0]
        verdict = "the same" if rows(database, RESULTS) == expected else "NOT THE SAME"
        click.echo(f"{again} units were begun twice; the rows are {verdict}")


if __name__ == "__main__":
    main()
