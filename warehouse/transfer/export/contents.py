"""Which rows of each table go along with what is chosen: definitions whole, data by what they belong to."""

from collections.abc import Mapping

from warehouse.declarations import Table
from warehouse.schema.tables import metadata

DEFINITIONS = (
    "human.language_group", "human.saccade_rule", "human.region", "human.measure", "model.condition",
    "model.published_loss", "ops.usage_warning", "result.ceiling_kind", "result.published_ceiling",
    "result.published_resemblance", "result.claim", "human.reading_quantity", "result.variant", "result.verdict_reason",
    "stimulus.pattern", "stimulus.pattern_set", "stimulus.pattern_set_member", "stimulus.predictor",
    "stimulus.predictor_set", "stimulus.predictor_set_member",
)  # fmt: skip
"""Tables that say what words mean: few rows, and all of them go."""
STAYING = ("model.attention", "model.layer_sink", "ops.sql_object", "ops.lease", "ops.worker", "ops.forgotten")
"""Tables that do not go as tables: attention has files of its own, and what is summed of it is summed anew; SQL files
go as they are, leases pass.

Marks of forgotten readers stay where it was asked to forget.
"""

_SENTENCES = "sentence_id IN (SELECT sentence_id FROM stimulus.sentence JOIN stimulus.article USING (article_id) "
_OF_CORPUS = _SENTENCES + "WHERE corpus_id = ANY (%(corpus)s))"
_WARNED = _OF_CORPUS.replace("sentence_id", "entity_id", 1)
_BY_READER = "subject_id = ANY (%(subject)s)"
_BY_EXTRACTION = "extraction_id = ANY (%(extraction)s)"
_BY_RUN = "run_id = ANY (%(run)s)"
CONDITIONS = {
    "stimulus.corpus": "corpus_id = ANY (%(corpus)s)",
    "stimulus.article": "corpus_id = ANY (%(corpus)s)",
    "stimulus.sentence": _OF_CORPUS,
    "stimulus.word": _OF_CORPUS,
    "stimulus.word_pair": _OF_CORPUS,
    "stimulus.pattern_cell": _OF_CORPUS,
    "stimulus.feature": "corpus_id = ANY (%(corpus)s)",
    "stimulus.word_feature": _OF_CORPUS,
    "stimulus.pair_feature": _OF_CORPUS,
    "human.subject": _BY_READER,
    "human.reading": _BY_READER,
    "human.fixation": _BY_READER,
    "human.saccade": _BY_READER + " AND saccade_rule_id = ANY (%(rule)s)",
    "human.roi_coverage": _BY_READER + " AND region_id = ANY (%(region)s)",
    "human.roi_value": _BY_READER + " AND region_id = ANY (%(region)s)",
    "human.exclusion": _BY_READER,
    "model.language_model": "language_model_id = ANY (%(model)s)",
    "model.reference_pair": "left_model_id = ANY (%(model)s) AND right_model_id = ANY (%(model)s)",
    "model.extraction": _BY_EXTRACTION,
    "model.attention_sink": _BY_EXTRACTION,
    "model.head_sums": _BY_EXTRACTION,
    "model.reader_sums": f"{_BY_EXTRACTION} AND {_BY_READER}",
    "model.predictor_sums": _BY_EXTRACTION,
    "model.summed_reader": f"{_BY_EXTRACTION} AND {_BY_READER}",
    "model.summed_predictor": _BY_EXTRACTION,
    "model.sentence_loss": _BY_EXTRACTION,
    "model.word_surprisal": _BY_EXTRACTION,
    "ops.run": _BY_RUN,
    "ops.run_input": _BY_RUN,
    "ops.rejection": _BY_RUN,
    "ops.unit": "unit_id = ANY (%(unit)s)",
    "ops.usage_warning_on": (
        f"CASE entity WHEN 'extraction' THEN entity_id = ANY (%(extraction)s) WHEN 'sentence' THEN {_WARNED} "
        "ELSE true END"
    ),
    "ops.embargo": (
        "embargoed_until > current_date AND (corpus_id = ANY (%(corpus)s) OR extraction_id = ANY (%(extraction)s) "
        "OR language_group IN (SELECT language_group FROM human.subject WHERE subject_id = ANY (%(subject)s)))"
    ),
}
"""What of a table goes, by the chosen ids (`Chosen.ids`)."""


def _condition(table: Table) -> str | None:
    if table.fullname in DEFINITIONS:
        return "true"
    if table.schema == "result" and "unit_id" in table.c:
        return "unit_id = ANY (%(unit)s)"
    return CONDITIONS.get(table.fullname)


def _exported() -> Mapping[Table, str]:
    found = {table: _condition(table) for table in metadata.sorted_tables}
    return {table: condition for table, condition in found.items() if condition}


EXPORTED: Mapping[Table, str] = _exported()
"""The tables that go, in an order in which a row follows those that it refers to, and which of their rows."""
RESULTS = [table for table in EXPORTED if table.schema == "result" and "unit_id" in table.c]
"""Tables of results: their rows belong to units of the ledger."""
