"""What an analysis has to do: which units are missing, which are stale and why, which stand."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from warehouse import logs
from warehouse.compute.restriction import Selection, refuse_unknown, restriction_of
from warehouse.ledger import runs, unit_records
from warehouse.ledger.fingerprints import fingerprint
from warehouse.ledger.versions import code_version
from warehouse.plugin.code import code_digest
from warehouse.plugin.registry import Analysis, in_order
from warehouse.plugin.registry import parameters as declared_parameters
from warehouse.slices import Slices, Work
from warehouse.slices.units import count_work, work_of

NOTHING = ("None", "False", "[]", "()", "")
"""Parameters that ask for nothing, as they are written."""


@dataclass(frozen=True)
class Planned:
    """One unit of work: its ids, what it reads, and why it has to be done (None: it stands)."""

    work: Work
    key: str
    inputs: Mapping[str, str]
    reason: str | None

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides its numbers."""
        return fingerprint(self.inputs)


@dataclass(frozen=True)
class Plan:
    """All units of an analysis for a selection, and the ledger's view of the run that will do them.

    `left_out` are those that sums, which are kept in place of attention, do not serve, `refused` those that lack what
    the analysis needs: why, and how many.
    """

    analysis: Analysis
    parameters: Mapping[str, Any]
    code: str
    job: str
    units: list[Planned]
    is_unfinished: bool
    left_out: Mapping[str, int]
    refused: Mapping[str, int]

    @property
    def todo(self) -> list[Planned]:
        """The units that are missing or stale."""
        return [unit for unit in self.units if unit.reason]

    @property
    def counted_in(self) -> str:
        """What its pieces are called."""
        return self.analysis.piece[-1].removesuffix("_id") if self.analysis.piece else "unit"

    @property
    def pieces(self) -> list[list[Planned]]:
        """What is to be done, units that are computed together side by side."""
        return pieces_of(self.analysis, self.todo)

    def tell_left_out(self) -> None:
        """Say which units are not computed: sums are kept in place of their attention, or they lack something else."""
        name = self.analysis.name.replace("_", "-")
        for because, count in self.left_out.items():
            told = f"{count:,} units of attention that is kept as sums are left out"
            logs.remark(f"{name} {because}: {told} (ingest it again with --keep both).")
        for because, count in self.refused.items():
            logs.remark(f"{name} leaves out {count:,} units: {because}.")


def pieces_of(analysis: Analysis, units: Iterable[Planned]) -> list[list[Planned]]:
    """Put units together that share what the analysis declares as a piece, and the sentences they are asked of."""
    found: dict[Any, list[Planned]] = {}
    for unit in units:
        shared = tuple(unit.work[name] for name in analysis.piece), unit.inputs.get("sentences")
        found.setdefault(shared if analysis.piece else unit.key, []).append(unit)
    return list(found.values())


def make_plan(
    slices: Slices,
    analysis: Analysis,
    selection: Selection,
    parameters: Mapping[str, Any],
    *,
    computed_among: sql.Composable | None = None,
) -> Plan:
    """Compare the units that could be computed with the results that are up to date.

    Parameters
    ----------
    slices : Slices
        What is read.
    analysis : Analysis
        What is planned.
    selection : mapping
        Chosen values by column.
    parameters : mapping
        All parameters of the analysis.
    computed_among : sql.Composable or None
        Leave out what is missing, and rows of the analysis's views that this condition does not hold for.

    Raises
    ------
    UnknownName
        If a chosen name is not in the warehouse; the message lists those that are.
    """
    connection, leave_out = slices.reading.connection, slices.reading.leave_out
    asked = str(sorted(selection.items()))
    slices.reading.remember("choices that are known", asked, lambda: refuse_unknown(connection, selection), at_most=8)
    deciding = {name: value for name, value in parameters.items() if name not in analysis.permits}
    decisive = {"leave_out": sorted(leave_out), **deciding}
    recorded = {**decisive, **parameters, "selection": {name: sorted(chosen) for name, chosen in selection.items()}}
    job, code = job_of(analysis), code_version(code_digest(analysis))
    unfinished = runs.unfinished_run(connection, job, recorded, code)
    standing = unit_records.done_units(connection, job, also_run=unfinished)
    of_run = {"code": code, "parameters": fingerprint(decisive)}
    where, chosen = restriction_of(slices, analysis, selection)
    left_out = Counter[str]()
    if computed_among is not None:
        where = sql.SQL("{} AND {}").format(where, computed_among)
    listed = work_of(slices.reading, analysis, where, chosen) if standing or computed_among is None else {}
    found = {key + _suffix(decisive): work for key, work in listed.items()}
    found = {
        key: work
        for key, work in found.items()
        if _has_readers(slices, analysis, work) and (computed_among is None or key in standing)
        if _is_served(slices, analysis, work, left_out)
    }
    refused = {} if parameters.get("allow_partial") else _refused(slices, analysis, found, standing)
    found = {key: work for key, work in found.items() if key not in refused}
    inputs = slices.inputs_of_all(analysis.reads, list(found.values()))
    units = [
        _planned(work, key, {**of_run, **own}, standing.get(key))
        for (key, work), own in zip(found.items(), inputs, strict=True)
    ]
    return Plan(analysis, recorded, code, job, units, unfinished is not None, left_out, Counter(refused.values()))


def complete_parameters(analysis: Analysis, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give an analysis's parameters: those chosen for the one that is named, the defaults of the rest."""
    defaults = {key: parameter.default for key, parameter in declared_parameters(analysis.function).items()}
    return {**defaults, **(parameters if analysis.name == name else {})}


def with_parameters(name: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Analysis, dict[str, Any]]]:
    """Yield an analysis after those whose results belong beside its own, each with all its parameters."""
    for analysis in in_order([name]):
        yield analysis, complete_parameters(analysis, name, parameters)


def job_of(analysis: Analysis) -> str:
    """Give what the ledger calls it to compute an analysis."""
    return f"compute {analysis.name}"


def count_units(slices: Slices, analysis: Analysis) -> int:
    """Count the units that could be computed, without a look at each."""
    reading = slices.reading
    where, chosen = restriction_of(slices, analysis, {})
    same = analysis.over, "readers" in analysis.reads, where.as_string(), repr(chosen)
    counted = reading.remember(
        "counts of work", same, lambda: count_work(reading.connection, analysis, where, chosen), at_most=64
    )
    return sum(count for work, count in counted if _has_readers(slices, analysis, work))


def _is_served(slices: Slices, analysis: Analysis, work: Work, left_out: Counter[str]) -> bool:
    """Tell whether a unit has what it needs where sums are kept in place of attention; count why not."""
    because = slices.sums_lacking(analysis.reads, work, analysis.from_sums)
    left_out.update([because] if because else [])
    return because is None


def _refused(
    slices: Slices, analysis: Analysis, found: Mapping[str, Work], standing: Collection[str]
) -> dict[str, str]:
    """Give units that the analysis would refuse, which must not stop all others, and why; of all, none: it says so."""
    missing = {key: work for key, work in found.items() if key not in standing}
    told = slices.lacking_of_all(analysis.reads, analysis.predictors, list(missing.values()))
    refused = {key: because for key, because in zip(missing, told, strict=False) if because}
    return refused if len(refused) < len(found) else {}


def _has_readers(slices: Slices, analysis: Analysis, work: Work) -> bool:
    return "readers" not in analysis.reads or len(slices.subject_ids(work)) > 0


def _planned(work: Work, key: str, inputs: Mapping[str, str], stands: unit_records.Done | None) -> Planned:
    reason = None
    if stands is None:
        reason = "missing"
    elif stands.fingerprint != fingerprint(inputs):
        changed = [name for name in inputs if stands.inputs.get(name) != inputs[name]]
        reason = f"stale: {', '.join(changed)} changed"
    return Planned(work, key, inputs, reason)


def _suffix(decisive: Mapping[str, Any]) -> str:
    """Tell in a unit's key the parameters that decide its numbers, apart from those that ask for nothing."""
    return "".join(f" {name}={value}" for name, value in sorted(decisive.items()) if str(value) not in NOTHING)
