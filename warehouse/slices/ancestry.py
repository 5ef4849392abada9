"""Which units of results others stand on: those whose rows they read, and those that views show beside them.

Ancestry is not remembered but asked: a unit's slices say which units wrote the rows that they give now. Whether these
are what the unit once read, the digests of its inputs tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.rows import class_row

from warehouse.database.types import Connection
from warehouse.plugin.registry import Analysis, analyses
from warehouse.slices import Slices
from warehouse.slices.reading import Reading, Work
from warehouse.slices.units import work_of

JOB = "compute "


@dataclass(frozen=True)
class ResultUnit:
    """A unit of results as the ledger has it."""

    unit_id: int
    run_id: int
    job: str
    unit_key: str
    inputs: Mapping[str, str]
    leave_out: list[str]
    is_current: bool

    @property
    def analysis(self) -> Analysis | None:
        """The analysis; None where it is no more."""
        return analyses().get(self.job.removeprefix(JOB))


class Ancestry:
    """Finds what units of results stand on, over one connection.

    Parameters
    ----------
    connection : psycopg.Connection
        Any; it sees what its role may see.
    """

    def __init__(self, connection: Connection) -> None:
        with connection.cursor(row_factory=class_row(ResultUnit)) as cursor:
            found = cursor.execute(_UNITS).fetchall()
        self.units = {unit.unit_id: unit for unit in found}
        self._connection = connection
        self._slices: dict[tuple[str, ...], Slices] = {}
        self._works: dict[str, dict[str, Work]] = {}
        self._keys: dict[str, dict[tuple[Any, ...], str]] = {}
        self._named: dict[tuple[str, tuple[str, ...]], dict[str, list[int]]] = {}

    def parents(self, unit: ResultUnit) -> set[int]:
        """Give the current units that a unit reads, and those that are shown beside it; of other units none."""
        found = self._work(unit)
        if found is None:
            return set()
        analysis, work = found
        read = self._slices_of(unit).unit_ids(analysis.reads, work)
        return (read | set(self._beside(analysis, work, unit))) & self.units.keys()

    def ancestors(self, unit_ids: Iterable[int]) -> set[int]:
        """Give some units and all that they stand on, directly or through others."""
        found, waiting = set[int](), list(unit_ids)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += self.parents(self.units[number])
        return found

    def changed_inputs(self, unit: ResultUnit) -> list[str]:
        """Name what a unit read that is another now: what it stands on is then not what it read."""
        found = self._work(unit)
        if found is None:
            return list(unit.inputs)
        analysis, work = found
        now = self._slices_of(unit).inputs(analysis.reads, work)
        return [name for name, digest in now.items() if unit.inputs.get(name) != digest]

    def _work(self, unit: ResultUnit) -> tuple[Analysis, Work] | None:
        """Find the work of a unit by its key, which ends in the parameters where there are any."""
        analysis = unit.analysis
        if analysis is None:
            return None
        works = self._all_work(analysis)
        return next(((analysis, works[name]) for name in _beginnings(unit.unit_key) if name in works), None)

    def _all_work(self, analysis: Analysis) -> dict[str, Work]:
        """Give all work of an analysis by its keys, asked for once."""
        if analysis.name not in self._works:
            self._works[analysis.name] = work_of(Reading(self._connection), analysis, sql.SQL("true"), {})
        return self._works[analysis.name]

    def _key(self, earlier: Analysis, work: Work) -> str | None:
        """Give the key of the unit of an earlier analysis that has all its names from some work."""
        if earlier.name not in self._keys:
            found = self._all_work(earlier).items()
            self._keys[earlier.name] = {tuple(each[name] for name in earlier.unit): key for key, each in found}
        return self._keys[earlier.name].get(tuple(work[name] for name in earlier.unit))

    def _beside(self, analysis: Analysis, work: Work, unit: ResultUnit) -> Iterator[int]:
        """Find the units of earlier analyses that have all their names from this work, such as its noise ceiling."""
        for name in analysis.after:
            earlier = analyses()[name]
            if set(earlier.unit) <= work.keys():
                key = self._key(earlier, work)
                yield from self._current(name, tuple(unit.leave_out)).get(key or "", ())

    def _current(self, name: str, leave_out: tuple[str, ...]) -> dict[str, list[int]]:
        """Give an analysis's current units without the same sentences, by every beginning of their keys."""
        if (name, leave_out) not in self._named:
            named = defaultdict[str, list[int]](list)
            for unit in self.units.values():
                if unit.is_current and unit.job == JOB + name and tuple(unit.leave_out) == leave_out:
                    for beginning in _beginnings(unit.unit_key):
                        named[beginning].append(unit.unit_id)
            self._named[name, leave_out] = dict(named)
        return self._named[name, leave_out]

    def _slices_of(self, unit: ResultUnit) -> Slices:
        key = tuple(unit.leave_out)
        return self._slices.setdefault(key, Slices(self._connection, key))


def _beginnings(key: str) -> Iterator[str]:
    """Give a key, and what is left of it without its parameters, the longest first."""
    parts: Sequence[str] = key.split(" ")
    for count in range(len(parts), 0, -1):
        yield " ".join(parts[:count])


_UNITS: Any = """
SELECT
    unit_id, run_id, job, unit_key, inputs,
    ARRAY(SELECT jsonb_array_elements_text(COALESCE(parameters -> 'leave_out', '[]'))) AS leave_out,
    unit_state = 'done' AND run_status = 'done' AS is_current
FROM ops.unit
JOIN ops.run USING (run_id)
WHERE job LIKE 'compute %'
ORDER BY unit_id
"""
