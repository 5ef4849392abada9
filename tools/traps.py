"""Traps in queries of `mart`: what counts twice, averages what does not compare, or joins what has another key.

A look at the text, SELECT by SELECT, and no parser: it knows the marts' columns and warns where a query leaves open
which of several rows of a thing it means. The cookbook and the pages are free of what it finds.
"""

import re
from collections.abc import Iterator, Mapping

SUMMARY = re.compile(
    r"\b(?:avg|sum|count|corr|min|max|stddev\w*|regr_\w+|percentile\w*|\w+_agg)\s*\((?!\s*DISTINCT)", re.IGNORECASE
)
CHOSEN = {
    "condition": ("condition", "extraction_id", "left_condition"),
    "method": ("method", "extraction_id", "condition"),
    "measure": ("measure", "saccade_rule", "quantity", "region"),
    "saccade_rule": ("saccade_rule", "measure"),
    "pattern_set": ("pattern_set",),
    "predictor_set": ("predictor_set",),
    "held_out": ("held_out",),
    "score_kind": ("score_kind",),
    "model_choice": ("model_choice",),
    "statistic": ("statistic",),
    "cluster_kind": ("cluster_kind",),
    "language_group": ("language_group", "subject_id", "reader", "extraction_id"),
}
"""Columns that multiply the rows of a thing, and what says which of them is meant."""
READINGS = {"reading_time_ms", "display_time_ms"}


def traps(query: str, columns: Mapping[str, set[str]]) -> list[str]:
    """Name the traps that a query walks into.

    Parameters
    ----------
    query : str
        One statement.
    columns : mapping
        Columns of each view of `mart`, by its name without the schema.

    Returns
    -------
    list of str
        A sentence for each trap, in the order of the SELECTs; none where there is none.
    """
    return [trap for select in _selects(_bare(query)) for trap in _of_select(select, columns)]


def _of_select(select: str, columns: Mapping[str, set[str]]) -> Iterator[str]:
    marts = [name for name in re.findall(r"\bmart\.(\w+)", select) if name in columns]
    words = set(re.findall(r"\w+", select))
    if marts and "subject_label" in words:
        yield "a label names readers of both groups: use reader, or subject_id"
    if marts and "leave_out" in words and marts != ["leave_out_effect"]:
        yield "marts hold results over all sentences: leave_out need not be asked, and is_whole_text says it"
    if "reading" not in marts and {"reader_sentence", "reader_sentence_default"} & set(marts) and READINGS & words:
        yield "mart.reader_sentence has a reading time by each rule: take it from mart.reading"
    if len(marts) > 1:
        yield from _of_join(marts, words, columns)
    for mart in marts:
        yield from _of_mart(mart, columns[mart], words, is_summary=bool(SUMMARY.search(select)))


def _of_join(marts: list[str], words: set[str], columns: Mapping[str, set[str]]) -> Iterator[str]:
    for mart in ("noise_ceiling", "resemblance_interval"):
        if mart in (name.removesuffix("_default") for name in marts):
            yield f"mart.{mart} has several kinds a group: mart.layer_curve and mart.model_summary carry them"
    of_layers = [name for name in marts if "layer" in columns[name]]
    is_keyed = {"extraction_id", "left_extraction_id"} & words or {"condition", "method"} <= words
    if len(of_layers) > 1 and not is_keyed and not all(name.endswith("_default") for name in of_layers):
        yield "layers of two conditions have the same number: join by extraction_id"


def _of_mart(mart: str, has: set[str], words: set[str], *, is_summary: bool) -> Iterator[str]:
    is_chosen = "is_default" not in has or mart.endswith("_default") or "is_default" in words
    if "is_excluded" in has and is_summary and "is_excluded" not in words:
        yield f"mart.{mart} holds who is excluded: ask is_excluded"
    is_distinct = "DISTINCT" in words and not is_summary
    for column, says in CHOSEN.items() if not is_distinct else ():
        open_here = column in has and not set(says) & words and (column == "language_group" or not is_chosen)
        if open_here and (is_summary or column != "language_group"):
            yield f"mart.{mart} has rows of several {column}: choose one, group by it, or ask is_default"
    if is_summary and "layer" in words and "layer" in has and not {"model", "extraction_id", "relative_depth"} & words:
        yield f"layers of mart.{mart} are of models of different depth: compare by relative_depth, or choose a model"


def _bare(query: str) -> str:
    """Leave out comments, and what stands in quotes."""
    return re.sub(r"--.*|'[^']*'", "", query)


def _selects(query: str) -> list[str]:
    """Part a query into its SELECTs, each without those within it."""
    found = []
    while inner := re.search(r"\(\s*(?:SELECT|WITH)\b", query, re.IGNORECASE):
        start, end = inner.start(), _closing(query, inner.start())
        found += _selects(query[start + 1 : end])
        query = f"{query[:start]} subselect {query[end + 1 :]}"
    return found + re.split(r"\bUNION(?: ALL)?\b", query, flags=re.IGNORECASE)


def _closing(query: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(query)):
        depth += {"(": 1, ")": -1}.get(query[place], 0)
        if depth == 0:
            return place
    return len(query)
