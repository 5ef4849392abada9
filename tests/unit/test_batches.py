"""How work is divided among workers, and when it is worth handing out."""

from itertools import chain

import pytest

from warehouse.compute.plan import Planned
from warehouse.compute.workers.coordinator import _batches
from warehouse.compute.workers.processes import Processes

PIECES = [[Planned({}, f"{piece} {unit}", {}, "missing") for unit in range(8)] for piece in range(40)]


@pytest.mark.parametrize(("pace", "largest"), [(None, 16), (0.01, 96), (0.5, 16)])
def test_parts_cut_no_piece_and_are_of_about_a_second_at_least(pace: float | None, largest: int):
    batches = list(_batches(PIECES, 2, pace))
    assert list(chain(*batches)) == list(chain(*PIECES))
    assert max(map(len, batches)) == largest
    assert all(len(batch) % 8 == 0 for batch in batches)
    assert len(batches[-1]) < len(batches[0]) or len(batches) == 1


@pytest.mark.parametrize(
    ("units", "estimate_s", "starts"),
    [(7, None, False), (8, None, True), (1000, 3.9, False), (2, 4.0, True), (1, 90, False)],
)
def test_processes_are_started_for_work_that_is_worth_it(
    units: int, estimate_s: float | None, starts: bool, monkeypatch: pytest.MonkeyPatch
):
    started = list[bool]()
    monkeypatch.setattr(Processes, "_start", lambda pool: started.append(pool.size == 2))
    Processes(2).executor(units, estimate_s)
    assert bool(started) == starts
