"""Workers behind TLS, by Dask's own settings: certificates on both sides, nothing goes over the wire in the clear."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.cluster.conftest import Machines, started
from tests.cluster.test_cluster import command, ended, rows
from warehouse.database.connection import Database

pytest.importorskip("distributed", reason="the extra [cluster] is not installed")  # reads its settings now

SETTINGS = "DASK_DISTRIBUTED__COMM__"


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    """A scheduler and a worker that take encrypted connections only."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    mine = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    mine.write_to_path(str(tmp_path / "mine.pem"))
    monkeypatch.setenv(f"{SETTINGS}REQUIRE_ENCRYPTION", "true")
    monkeypatch.setenv(f"{SETTINGS}TLS__CA_FILE", str(tmp_path / "authority.pem"))
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        for what in ("CERT", "KEY"):
            monkeypatch.setenv(f"{SETTINGS}TLS__{who}__{what}", str(tmp_path / "mine.pem"))
    with started(tmp_path, "tls") as machines:
        machines.start_worker()
        yield machines


def test_workers_behind_tls_compute_and_who_has_no_certificate_is_told(
    study: Database, encrypted: Machines, monkeypatch: pytest.MonkeyPatch
):
    counted = "SELECT count(*) FROM ops.unit WHERE unit_state = 'done'"
    before = rows(study, counted)
    exit_code, told = ended(command(study, "--scheduler", encrypted.address.replace("tls", "tcp")))
    assert (exit_code, "is not encrypted, which Dask's settings ask for; give tls://" in told) == (3, True)
    assert rows(study, counted) == before
    assert ended(command(study, "--scheduler", encrypted.address)) == (0, "")
    assert rows(study, counted) > before
    assert "tls://" in encrypted.said() and "tcp://" not in encrypted.said()
    monkeypatch.delenv(f"{SETTINGS}TLS__CA_FILE")
    exit_code, told = ended(command(study, "--scheduler", encrypted.address))
    assert (exit_code, "Dask's settings name no certificates for it; name ca-file" in told) == (3, True)
