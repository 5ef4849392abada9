"""What goes along with chosen results: the attention, readers, texts and earlier results that they stand on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.declarations import Column, Table
from warehouse.errors import BadInput, UnknownName
from warehouse.slices.ancestry import Ancestry
from warehouse.transfer.export.contents import RESULTS

References = Mapping[str, set[Any]]
"""What rows refer to: ids by kind (``extraction``, ``subject``, ``measure``, ``corpus``, ``condition``, ``group``)."""

KINDS = {
    "model.extraction.extraction_id": "extraction", "human.subject.subject_id": "subject",
    "human.measure.measure_id": "measure", "stimulus.corpus.corpus_id": "corpus",
    "model.condition.condition_id": "condition", "human.language_group.language_group": "group",
}  # fmt: skip
BOUNDS = ("extraction", "subject", "corpus")


@dataclass
class Chosen:
    """Ids of what goes, by kind of thing; the rows that belong to them go along."""

    corpora: list[int]
    subjects: list[int]
    extractions: list[int]
    measures: list[int]
    units: list[int]
    ids: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A unit of results that holds: its run and job, and what its rows refer to."""

    run_id: int
    job: str
    references: References

    def is_within(self, bounds: References) -> bool:
        """Tell whether it refers to nothing outside of some ids."""
        return all(self.references[kind] <= bounds[kind] for kind in BOUNDS if kind in self.references)


def choose(connection: Connection, run_ids: Sequence[int], corpora: Sequence[str]) -> Chosen:
    """Give what an export holds: some runs' results, some corpora with their results, or everything.

    Raises
    ------
    UnknownName
        If a run or corpus is not there.
    BadInput
        If a run has no results that hold.
    """
    bounds = _bounds(connection, corpora)
    standing = {number: unit for number, unit in _standing(connection).items() if unit.is_within(bounds)}
    if corpora:
        standing = {number: unit for number, unit in standing.items() if any(map(unit.references.get, BOUNDS))}
    measures: set[int] = set(_column(connection, "SELECT measure_id FROM human.measure"))
    if run_ids:
        found = Ancestry(connection).ancestors(_of_runs(connection, standing, run_ids))
        standing = {number: unit for number, unit in standing.items() if number in found}
        bounds, measures = _needed(connection, standing.values())
    subjects, extractions, texts = (sorted(bounds[kind]) for kind in ("subject", "extraction", "corpus"))
    chosen = Chosen(texts, subjects, extractions, sorted(measures), sorted(standing))
    return _completed(connection, chosen, is_everything=not (run_ids or corpora))


def _bounds(connection: Connection, corpora: Sequence[str]) -> dict[str, set[int]]:
    """Give the ids of the named corpora, of all where none is named, and of their readers and attention."""
    known: dict[str, int] = dict(connection.execute("SELECT corpus, corpus_id FROM stimulus.corpus").fetchall())
    for name in corpora:
        if name not in known:
            raise UnknownName("corpus", name, list(known))
    ids = [known[name] for name in corpora or known]
    extractions = "SELECT extraction_id FROM model.extraction WHERE extraction_status = 'complete' AND "
    return {
        "corpus": set(ids),
        "subject": set(_column(connection, "SELECT subject_id FROM human.subject WHERE corpus_id = ANY (%s)", ids)),
        "extraction": set(_column(connection, extractions + "corpus_id = ANY (%s)", ids)),
    }


def _standing(connection: Connection) -> dict[int, Standing]:
    """Find every unit of results that holds now."""
    found = {unit: Standing(run, job, {}) for unit, run, job in connection.execute(_UNITS).fetchall()}
    for table in RESULTS:
        for unit, references in _references(connection, table, list(found)).items():
            for kind, ids in references.items():
                _extend(found[unit].references, kind, ids)
    return found


def _references(connection: Connection, table: Table, units: list[int]) -> dict[int, dict[str, set[Any]]]:
    kinds = {column.name: kind for column in table.c if (kind := _kind(column))}
    each = [sql.SQL("array_agg(DISTINCT {})").format(sql.Identifier(name)) for name in kinds]
    source = sql.Identifier(table.schema or "", table.name)
    rows = connection.execute(
        _REFERENCES.format(sql.SQL(", ").join([sql.Identifier("unit_id"), *each]), source), [units]
    )
    found: dict[int, dict[str, set[Any]]] = {}
    for unit, *columns in rows.fetchall():
        for kind, ids in zip(kinds.values(), columns, strict=True):
            _extend(found.setdefault(unit, {}), kind, ids)
    return found


def _kind(column: Column) -> str | None:
    return next((KINDS[key.target_fullname] for key in column.foreign_keys if key.target_fullname in KINDS), None)


def _extend(references: Any, kind: str, ids: Iterable[Any]) -> None:
    references.setdefault(kind, set()).update(ids)


def _of_runs(connection: Connection, standing: Mapping[int, Standing], run_ids: Sequence[int]) -> set[int]:
    known = {str(number) for number in _column(connection, "SELECT run_id FROM ops.run WHERE job LIKE 'compute %%'")}
    chosen: set[int] = set()
    for run_id in run_ids:
        if str(run_id) not in known:
            raise UnknownName("run of an analysis", str(run_id), known)
        units = {number for number, unit in standing.items() if unit.run_id == run_id}
        if not units:
            raise BadInput("has no results that hold now", f"run {run_id}", "choose the run that superseded it")
        chosen |= units
    return chosen


def _merged(units: Iterable[Standing]) -> dict[str, set[Any]]:
    merged: dict[str, set[Any]] = {}
    for unit in units:
        for kind, ids in unit.references.items():
            _extend(merged, kind, ids)
    return merged


def _needed(connection: Connection, units: Iterable[Standing]) -> tuple[dict[str, set[int]], set[int]]:
    """Give the corpora, readers, attention and measures that results refer to; readers come with their groups."""
    wanted = _merged(units)
    extractions, subjects, measures = (wanted.get(kind, set()) for kind in ("extraction", "subject", "measure"))
    asked = {"extraction": list(extractions), "subject": list(subjects), "corpus": list(wanted.get("corpus", ()))}
    corpora = _column(connection, _CORPORA, asked)
    groups = list(wanted.get("group", ())) or None
    found = {"corpora": corpora, "groups": groups, **asked}
    readers = _column(connection, _READERS, found) if measures else []
    return {"corpus": set(corpora), "subject": set(readers), "extraction": extractions}, measures


def _completed(connection: Connection, chosen: Chosen, *, is_everything: bool) -> Chosen:
    """Add what is derived from the chosen ids: rules, regions, models, and the ledger of what was loaded."""
    rules = _column(connection, _OF_MEASURES.format("saccade_rule_id"), chosen.measures)
    regions = _column(connection, _OF_MEASURES.format("region_id"), chosen.measures)
    models = _column(connection, _MODELS, {"extractions": chosen.extractions, "all": is_everything})
    loaded = _column(connection, _LOADED, {"subjects": chosen.subjects, "all": is_everything})
    units = sorted({*chosen.units, *loaded})
    runs = _column(connection, _RUNS, {"units": units, "extractions": chosen.extractions})
    chosen.ids = {
        "corpus": chosen.corpora, "subject": chosen.subjects, "extraction": chosen.extractions, "rule": rules,
        "region": regions, "model": models, "unit": units, "run": runs,
    }  # fmt: skip
    return chosen


def _column(connection: Connection, question: str, given: Any = None) -> list[int]:
    rows = connection.execute(question, [given] if isinstance(given, list) else given).fetchall()
    return sorted(number for (number,) in rows)


_UNITS = """
SELECT unit_id, run_id, job
FROM ops.unit JOIN ops.run USING (run_id)
WHERE job LIKE 'compute %' AND unit_state = 'done' AND run_status = 'done'
"""
_REFERENCES = sql.SQL("SELECT {} FROM {} WHERE unit_id = ANY (%s) GROUP BY unit_id")
_CORPORA = """
SELECT corpus_id FROM model.extraction WHERE extraction_id = ANY (%(extraction)s)
UNION SELECT corpus_id FROM human.subject WHERE subject_id = ANY (%(subject)s)
UNION SELECT unnest(%(corpus)s::integer[])
"""
_READERS = """
SELECT subject_id FROM human.subject
WHERE
    corpus_id = ANY (%(corpora)s)
    AND (
        language_group = ANY (%(groups)s)
        OR language_group IN (SELECT language_group FROM human.subject WHERE subject_id = ANY (%(subject)s))
        OR %(groups)s::text[] IS NULL AND cardinality(%(subject)s::integer[]) = 0
    )
"""
_OF_MEASURES = "SELECT DISTINCT {0} FROM human.measure WHERE measure_id = ANY (%s) AND {0} IS NOT NULL"
_MODELS = """
WITH RECURSIVE wanted AS (
    SELECT language_model_id FROM model.extraction WHERE extraction_id = ANY (%(extractions)s)
    UNION
    SELECT base_model_id FROM wanted JOIN model.language_model USING (language_model_id) WHERE base_model_id IS NOT NULL
)
SELECT language_model_id FROM wanted
UNION SELECT language_model_id FROM model.language_model WHERE %(all)s
"""
_LOADED = """
SELECT DISTINCT unit_id
FROM ops.unit
JOIN ops.run USING (run_id)
LEFT JOIN human.subject
    ON subject_id = ANY (%(subjects)s) AND (about IS NULL OR about @> ARRAY['subject ' || subject_id]) AND (
        unit_key = language_group || '/' || subject_label
        OR unit_key LIKE '%%/' || language_group || '/' || subject_label
    )
WHERE
    job LIKE 'ingest %%' AND run_status = 'done' AND unit_state = 'done' AND unit_key NOT LIKE 'extraction %%'
    AND (%(all)s OR subject_id IS NOT NULL)
"""
_RUNS = """
SELECT run_id FROM ops.unit WHERE unit_id = ANY (%(units)s)
UNION SELECT run_id FROM model.extraction WHERE extraction_id = ANY (%(extractions)s)
"""
