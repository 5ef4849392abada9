"""From a number back to where it comes from: its run and unit, what they read, who was left out, the files."""

from collections.abc import Mapping
from typing import Any

from warehouse.database.types import Connection
from warehouse.errors import BadInput, UnknownName
from warehouse.ledger.lookup import Number, analysis_of, many
from warehouse.plugin.registry import Analysis
from warehouse.slices.ancestry import Ancestry

OF_A_LOADER = ("extraction_id", "left_extraction_id", "right_extraction_id")


def explain(connection: Connection, number: Number) -> dict[str, Any]:
    """Show where a number comes from.

    Returns
    -------
    dict
        ``run`` and ``unit`` as the ledger has them; ``read``: name to digest; ``attention``: each extraction with the
        run and files that it was loaded from and its usage warnings; ``readers``: who they were, who was left out and
        why, their files; ``stands_on``: runs of the earlier analyses whose current rows are read or shown beside it,
        each with its ``unit_ids``; ``changed``: what a unit read that is another now, so that it is stale.
    """
    run = _one(connection, _RUN, [number.run_id])
    if run is None:
        raise UnknownName("run", str(number.run_id), [str(i) for (i,) in connection.execute(_RUNS)])
    unit = None
    if number.unit_id is not None:
        unit = _one(connection, _UNIT, [number.run_id, number.unit_id])
        if unit is None:
            raise BadInput("the run has no such unit", f"unit {number.unit_id} of run {number.run_id}", "see ops.unit")
    told: dict[str, Any] = {"run": run, "unit": unit, "read": unit.pop("inputs") if unit else _inputs(connection, run)}
    analysis = analysis_of(run["job"])
    if analysis is not None:
        ids = _ids(connection, analysis, number)
        told["attention"] = [_attention(connection, key) for name in OF_A_LOADER for key in ids.get(name, [])]
        told["readers"] = _readers(connection, ids) if "measure_id" in ids else []
        told |= _stands_on(connection, number)
    told["rejected"] = many(connection, _REJECTED, [number.run_id])
    return told


def _inputs(connection: Connection, run: Mapping[str, Any]) -> dict[str, str]:
    return dict(connection.execute(_RUN_INPUTS, [run["run_id"]]).fetchall())


def _ids(connection: Connection, analysis: Analysis, number: Number) -> dict[str, list[Any]]:
    """Collect the extractions, measures, groups and readers in the rows that a unit or run wrote."""
    found: dict[str, set[Any]] = {}
    for table in analysis.writes:
        for name in (*OF_A_LOADER, "measure_id", "corpus_id", "language_group", "subject_id"):
            if name in table.c:
                question = _IDS.format(name, table.fullname)
                rows = connection.execute(question, [number.run_id, number.unit_id, number.unit_id]).fetchall()
                found.setdefault(name, set()).update(value for (value,) in rows if value is not None)
    return {name: sorted(values) for name, values in found.items() if values}


def _stands_on(connection: Connection, number: Number) -> dict[str, Any]:
    ancestry = Ancestry(connection)
    units = [
        unit
        for unit in ancestry.units.values()
        if unit.run_id == number.run_id and number.unit_id in (None, unit.unit_id)
    ]
    parents = sorted(set().union(*(ancestry.parents(unit) for unit in units)))
    changed = ancestry.changed_inputs(units[0]) if number.unit_id is not None else []
    return {"stands_on": many(connection, _PARENTS, [parents]), "changed": changed}


def _attention(connection: Connection, extraction_id: int) -> dict[str, Any]:
    told = _one(connection, _EXTRACTION, [extraction_id]) or {}
    told["files"] = dict(connection.execute(_FILES, [told["run_id"], told["run_id"]]).fetchall())
    told["warnings"] = dict(connection.execute(_WARNINGS, [extraction_id]).fetchall())
    return told


def _readers(connection: Connection, ids: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    told = []
    corpora = ids.get("corpus_id") or [
        number for (number,) in connection.execute(_CORPORA, [ids.get("extraction_id", [])]).fetchall()
    ]
    for measure_id in ids["measure_id"]:
        chosen = {"measure_id": measure_id, "subjects": ids.get("subject_id"), "groups": ids.get("language_group"),
                  "corpora": corpora or None}  # fmt: skip
        for group in many(connection, _GROUPS, chosen):
            facts = {**chosen, **group}
            group["readers"] = many(connection, _READERS, facts)
            group["left_out"] = many(connection, _LEFT_OUT, facts)
            told.append(group)
    return told


def _one(connection: Connection, question: Any, given: Any) -> dict[str, Any] | None:
    return next(iter(many(connection, question, given)), None)


_IDS = "SELECT DISTINCT {} FROM {} WHERE run_id = %s AND (%s::integer IS NULL OR unit_id = %s)"
_RUNS = "SELECT run_id FROM ops.run"
_RUN = """
SELECT
    run_id, job, run_status, code_version, parameters, seed, environment, input_fingerprint, attempt, started_at,
    finished_at, host, started_by, error
FROM ops.run WHERE run_id = %s
"""
_UNIT = """
SELECT unit_id, unit_key, unit_state, fingerprint, row_count, finished_at, inputs
FROM ops.unit WHERE run_id = %s AND unit_id = %s
"""
_RUN_INPUTS = "SELECT input_name, digest FROM ops.run_input WHERE run_id = %s ORDER BY 1"
_PARENTS = """
SELECT run.run_id, job, code_version, run.finished_at, array_agg(unit_id ORDER BY unit_id) AS unit_ids
FROM ops.unit
JOIN ops.run ON run.run_id = unit.run_id
WHERE unit_id = ANY (%s) GROUP BY run.run_id ORDER BY run.run_id
"""
_REJECTED = "SELECT unit_key, place, reason FROM ops.rejection WHERE run_id = %s ORDER BY rejection_id"
_EXTRACTION = """
SELECT
    extraction_id, model, condition, method, alignment, dtype, layers, extraction_status, digest, attestation,
    extraction.run_id, job, started_at
FROM model.extraction
JOIN model.language_model USING (language_model_id)
JOIN model.condition USING (condition_id)
JOIN ops.run ON run.run_id = extraction.run_id
WHERE extraction_id = %s
"""
_FILES = """
SELECT input_name, digest
FROM ops.run_input
WHERE
    run_id = %s
    AND NOT EXISTS (SELECT 1 FROM ops.unit WHERE unit.run_id = %s AND unit.inputs ? run_input.input_name)
ORDER BY input_name
"""
_WARNINGS = """
SELECT usage_warning, reason FROM ops.usage_warning_on WHERE entity = 'extraction' AND entity_id = %s ORDER BY 1
"""
_COUNTS = """
    reader.measure_id = %(measure_id)s
    AND (%(subjects)s::integer[] IS NULL OR reader.subject_id = ANY (%(subjects)s))
    AND (%(groups)s::text[] IS NULL OR reader.language_group = ANY (%(groups)s))
    AND (%(corpora)s::integer[] IS NULL OR reader.corpus_id = ANY (%(corpora)s))
"""
_CORPORA = "SELECT DISTINCT corpus_id FROM model.extraction WHERE extraction_id = ANY (%s)"
_GROUPS = f"""
SELECT corpus_id, language_group, measure, quantity, region, count(*) AS subject_count
FROM slice.reader
JOIN human.measure USING (measure_id)
LEFT JOIN human.region USING (region_id)
WHERE {_COUNTS}
GROUP BY corpus_id, language_group, measure, quantity, region
"""
_READERS = f"""
SELECT reader.subject_label, unit.run_id, run.job, unit.unit_key, unit.fingerprint, unit.inputs AS files
FROM slice.reader
JOIN stimulus.corpus USING (corpus_id)
LEFT JOIN (ops.unit JOIN ops.run USING (run_id))
    ON
        run.job LIKE 'ingest %%' AND unit.unit_state = 'done'
        AND (unit.about IS NULL OR unit.about @> ARRAY['subject ' || reader.subject_id])
        AND CASE
            WHEN %(region)s::text IS NULL THEN unit.unit_key IN (
                concat_ws('/', language_group, subject_label), concat_ws('/', corpus, language_group, subject_label)
            )
            ELSE unit.unit_key LIKE '%%/' || concat_ws('/', %(region)s::text, language_group, subject_label)
        END
WHERE {_COUNTS} AND reader.corpus_id = %(corpus_id)s AND reader.language_group = %(language_group)s
ORDER BY reader.subject_label
"""
_LEFT_OUT = """
SELECT subject_label, excluded_because, exclusion.source, sentence_label
FROM human.exclusion
JOIN human.subject USING (subject_id)
JOIN human.measure ON measure.measure_id = %(measure_id)s
LEFT JOIN stimulus.sentence USING (sentence_id)
WHERE
    subject.corpus_id = %(corpus_id)s AND subject.language_group = %(language_group)s
    AND (exclusion.saccade_rule_id IS NULL OR exclusion.saccade_rule_id = measure.saccade_rule_id)
    AND (exclusion.region_id IS NULL OR exclusion.region_id = measure.region_id)
ORDER BY subject_label
"""
