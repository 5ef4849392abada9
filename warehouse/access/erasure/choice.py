"""What goes along with what is named: the ids of everything that is derived from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.access import names
from warehouse.access.erasure.reach import Going, condition
from warehouse.database.types import Connection
from warehouse.errors import BadInput, UnknownName
from warehouse.schema.tables import metadata

KINDS = ("extraction", "corpus", "subject")


def ids_of(connection: Connection, kind: str, names: Sequence[str]) -> list[int]:
    """Give the ids of what the names say.

    An extraction is named by its number, which says this one, or by MODEL, MODEL/CONDITION, MODEL/CONDITION/METHOD or
    MODEL/CONDITION/METHOD/CORPUS, which say all that was ever taken of that kind; a subject by LABEL, GROUP/LABEL or
    CORPUS/GROUP/LABEL.

    Raises
    ------
    UnknownName
        If there is no such thing.
    BadInput
        If a name does not say which.
    """
    rows = connection.execute(_CANDIDATES[kind]).fetchall()
    return sorted({number for name in names for number in _one(kind, name, rows)})


def _one(kind: str, name: str, rows: Sequence[tuple[Any, ...]]) -> set[int]:
    matching = {number: names[-1] for number, *names in rows if name in map(str, names)}
    if not matching:
        raise UnknownName(kind, name, {_as_long_as(name, names) for _, *names in rows})
    if len(set(matching.values())) > 1:
        which = ", ".join(sorted(set(matching.values())))
        raise BadInput("does not say which", f"{kind} {name}", f"give one of {which}")
    return set(matching)


def _as_long_as(name: str, names: Sequence[Any]) -> str:
    """Give of a thing's names the one with as many parts, among which the one that was meant is found."""
    texts = [each for each in names if isinstance(each, str)]
    return texts[min(name.count("/"), len(texts) - 1)]


def going(connection: Connection, kind: str, ids: Sequence[int]) -> Going:
    """Find all that is derived from some extractions, corpora or subjects."""
    chosen: dict[str, list[int]] = {each: list(ids) if each == kind else [] for each in KINDS}
    if kind == "corpus":
        for each in ("extraction", "subject"):
            chosen[each] = _column(connection, _OF_CORPORA[each], ids)
    models = _models(connection, chosen["extraction"])
    units = _units(connection, kind, chosen)
    named_inputs = _column(connection, _INPUT_NAMES, chosen["extraction"])
    runs = _column(connection, _RUNS, {"unit": units, "extraction": chosen["extraction"]})
    return Going(**chosen, model=models, unit=units, run=runs, input_name=named_inputs)


def analyses_of(connection: Connection, chosen: Going) -> dict[str, int]:
    """Count the units of results that go and that held until now, by analysis."""
    return dict(connection.execute(_ANALYSES, [chosen.unit]).fetchall())


def _units(connection: Connection, kind: str, chosen: Mapping[str, list[int]]) -> list[int]:
    """Find the units whose rows tell of what goes, or refer to it; each goes whole."""
    found = set(_column(connection, _ABOUT, chosen))
    for table in metadata.sorted_tables:
        if "unit_id" in table.c and (where := condition(table, chosen)):
            found |= set(_column(connection, f"SELECT DISTINCT unit_id FROM {table.fullname} WHERE {where}", chosen))
    if kind != "subject":  # its source may write units that it cannot tell from those of others: they are loaded again
        found |= set(_column(connection, _BESIDE, list(found)))
    return sorted(found)


def _models(connection: Connection, extractions: Sequence[int]) -> list[int]:
    """Find the models that nothing needs any more: a tuned one first, then, perhaps, that which it was tuned from."""
    gone: list[int] = []
    while more := _column(connection, _MODELS, {"extraction": list(extractions), "gone": gone}):
        gone += more
    return sorted(gone)


def _column(connection: Connection, question: str, given: Any) -> list[Any]:
    parameters = [list(given)] if isinstance(given, list | tuple) else given
    return sorted(value for (value,) in connection.execute(question, parameters).fetchall())


_CANDIDATES = {"corpus": names.CORPORA, "subject": names.SUBJECTS, "extraction": names.extractions()}
_OF_CORPORA = {
    "extraction": "SELECT extraction_id FROM model.extraction WHERE corpus_id = ANY (%s)",
    "subject": "SELECT subject_id FROM human.subject WHERE corpus_id = ANY (%s)",
}
# Results are about groups: those of a reader's group over the reader's corpus were computed with the reader, or cannot
# be known not to have been. Units written before units said what they are about are taken for such.
_ABOUT = """
WITH
reader AS (
    SELECT
        'corpus ' || corpus_id AS corpus, 'group ' || language_group AS language_group,
        language_group || '/' || subject_label AS name
    FROM human.subject WHERE subject_id = ANY (%(subject)s)
),

thing (key) AS (
    SELECT 'corpus ' || unnest(%(corpus)s::integer[])
    UNION ALL
    SELECT 'extraction ' || unnest(%(extraction)s::integer[])
    UNION ALL
    SELECT 'subject ' || unnest(%(subject)s::integer[])
)

SELECT unit_id
FROM ops.unit
JOIN ops.run USING (run_id)
WHERE
    about && ARRAY(SELECT key FROM thing)
    OR unit_key LIKE ANY (ARRAY(SELECT 'extraction ' || unnest(%(extraction)s::integer[]) || '/%%'))
    OR job LIKE 'compute %%' AND (
        about IS NULL
        OR EXISTS (
            SELECT 1 FROM reader
            WHERE
                reader.language_group = ANY (about)
                AND (reader.corpus = ANY (about) OR NOT EXISTS (SELECT 1 FROM unnest(about) AS a WHERE a ^@ 'corpus '))
        )
    )
    OR job NOT LIKE 'compute %%' AND about IS NULL AND EXISTS (
        SELECT 1 FROM reader WHERE unit_key = name OR right(unit_key, length(name) + 1) = '/' || name
    )
"""
_BESIDE = """
SELECT unit_id
FROM ops.unit
JOIN ops.run USING (run_id)
WHERE
    job NOT LIKE 'compute %%' AND about IS NULL
    AND run_id IN (SELECT run_id FROM ops.unit WHERE unit_id = ANY (%s))
"""
_RUNS = """
SELECT run_id
FROM ops.run
WHERE
    (
        run_id IN (SELECT run_id FROM ops.unit WHERE unit_id = ANY (%(unit)s))
        OR run_id IN (SELECT run_id FROM model.extraction WHERE extraction_id = ANY (%(extraction)s))
    )
    AND NOT EXISTS (SELECT 1 FROM ops.unit WHERE unit.run_id = run.run_id AND unit_id <> ALL (%(unit)s))
    AND NOT EXISTS (
        SELECT 1 FROM model.extraction WHERE extraction.run_id = run.run_id AND extraction_id <> ALL (%(extraction)s)
    )
"""
_MODELS = """
SELECT language_model_id
FROM model.language_model
WHERE
    language_model_id <> ALL (%(gone)s)
    AND (
        language_model_id IN (
            SELECT extraction.language_model_id FROM model.extraction WHERE extraction_id = ANY (%(extraction)s)
        )
        OR language_model_id IN (
            SELECT tuned.base_model_id FROM model.language_model AS tuned
            WHERE tuned.language_model_id = ANY (%(gone)s)
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM model.extraction
        WHERE
            extraction.language_model_id = language_model.language_model_id
            AND extraction_id <> ALL (%(extraction)s)
    )
    AND NOT EXISTS (
        SELECT 1 FROM model.language_model AS tuned
        WHERE tuned.base_model_id = language_model.language_model_id AND tuned.language_model_id <> ALL (%(gone)s)
    )
    AND NOT EXISTS (
        SELECT 1 FROM model.reference_pair
        WHERE language_model.language_model_id IN (left_model_id, right_model_id)
    )
"""
_INPUT_NAMES = """
SELECT concat_ws('/', model, condition, method)
FROM model.extraction
JOIN model.language_model USING (language_model_id)
JOIN model.condition USING (condition_id)
WHERE extraction_id = ANY (%s)
"""
_ANALYSES = """
SELECT substring(job FROM 9), count(*)
FROM ops.unit
JOIN ops.run USING (run_id)
WHERE unit_id = ANY (%s) AND job LIKE 'compute %%' AND unit_state = 'done' AND run_status = 'done'
GROUP BY job
ORDER BY job
"""
