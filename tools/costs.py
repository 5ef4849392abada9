"""What analyses cost, and sums, from what benchmarks measured at several sizes of a corpus."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.plugin.registry import Analysis, analyses
from warehouse.report.capacity import CELL, DOUBLE, LAYER, PAIR_CELL, PAIR_LAYER, READ, Cost
from warehouse.slices import SLICES
from warehouse.slices.summed import is_attention

Sizes = Mapping[int, Mapping[str, Any]]
"""By copies of the corpus, what was measured of each step."""


def costs_of(sizes: Sizes, counts: Mapping[int, Mapping[str, float]]) -> dict[str, Cost]:
    """Give what each analysis takes of a processor.

    Parameters
    ----------
    sizes : mapping of int to mapping
        By copies of the corpus, what was measured of each step.
    counts : mapping of int to mapping
        By copies, how many there were of what time goes with.
    """
    found = {}
    for name, analysis in analyses().items():
        if name in sizes[max(sizes)]:
            per = per_of(analysis)
            seconds = marginal(sizes, name, {number: of[per] for number, of in counts.items()})
            found[name] = Cost(per, seconds, "readers" in analysis.reads, analysis.from_sums)
    return found


def per_of(analysis: Analysis) -> str:
    """Say what the time of an analysis goes with: read from what it is asked over, and which slices it reads."""
    read = [SLICES[name] for name in analysis.reads]
    is_of_pairs = any(view.endswith("extraction_pair") for view in analysis.over)
    if any(map(is_attention, read)):
        return PAIR_CELL if is_of_pairs else CELL
    if any(each.is_over_cells for each in read) or "reading_times" in analysis.reads:
        return READ
    return PAIR_LAYER if is_of_pairs else LAYER


def marginal(sizes: Sizes, step: str, counts: Mapping[int, float]) -> float:
    """Give the processor time of one more of something [s], without what starting takes where several sizes tell it.

    Of what does not grow with the corpus, and of what grew too little to be told from it, all time is shared out.
    """
    first, last = min(sizes), max(sizes)
    more = sizes[last][step]["processor_s"] - sizes[first][step]["processor_s"]
    if counts[last] > counts[first] and more > 0:
        return float(more / (counts[last] - counts[first]))
    return float(sizes[last][step]["processor_s"] / counts[last])


@dataclass(frozen=True)
class OfSums:
    """Processor time of one more copy of the corpus kept as sums [s], bytes over those of the numbers, memory [MiB]."""

    seconds: float
    overhead: float
    peak_mib: float


def of_sums(measured: Mapping[str, Mapping[str, Any]]) -> OfSums:
    """Read what `benchmarks.sums` measured at several sizes."""
    sizes = {int(copies): found for copies, found in measured.items()}
    found, step = sizes[max(sizes)], "attention, sums"
    overhead = found[f"{step}: bytes"] / (DOUBLE * found[f"{step}: numbers"])
    peak = max(found[name]["peak_mib"] for name in (step, "human_resemblance, sums"))
    return OfSums(marginal(sizes, step, {copies: copies for copies in sizes}), overhead, peak)
