"""How people read: readers, fixations, saccades, brain activation, and who is left out of what and why."""

from warehouse.declarations import Index
from warehouse.schema.tables.base import check, field, key, refers, surrogate, table, unique

language_group = table(
    "human",
    "language_group",
    "The groups of readers: L1 and L2, and those that a study names.",
    key("language_group"),
    field("description"),
)

subject = table(
    "human",
    "subject",
    "One row per reader.",
    surrogate("subject_id"),
    refers("corpus_id", "stimulus.corpus"),
    refers("language_group", "human.language_group"),
    field("subject_label"),
    field("demographics"),
    unique("corpus_id", "language_group", "subject_label"),
)

Index("subject_name_key", subject, "corpus_id", expression="((language_group || '/'::text) || subject_label)")

reading = table(
    "human",
    "reading",
    "One row per sentence shown to a reader, each time that it was; a sentence without a row was not shown, one "
    "without fixations was not looked at. A reading that timed out has no time, and says why. Sentences that were on "
    "one screen share a trial.",
    refers("subject_id", "human.subject", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    field("presentation_order"),
    field("reading_time_ms", null=True),
    field("display_time_ms", null=True, is_completed=True),
    field("missing_because", null=True),
    key("reading_ordinal", default=1),
    field("trial_position", null=True),
    field("trial_label", null=True),
    check("reading_ordinal", "reading_ordinal > 0"),
    check("presentation_order", "presentation_order >= 0"),
    check("trial_position", "trial_position >= 0"),
    check("reading_time_ms", "reading_time_ms > 0"),
    check("display_time_ms", "display_time_ms > 0"),
    check("missing_because", "reading_time_ms IS NULL OR missing_because IS NULL"),
)

fixation = table(
    "human",
    "fixation",
    "One row per fixation during a trial, in time order. One on no word belongs to the sentence that was looked at "
    "before it.",
    refers("subject_id", "human.subject", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("fixation_ordinal"),
    field("word_position", null=True),
    field("start_ms", null=True),
    field("duration_ms"),
    key("reading_ordinal", default=1),
    check("word_position", "word_position >= 0"),
    check("duration_ms", "duration_ms >= 0"),
)

saccade_rule = table(
    "human",
    "saccade_rule",
    "The rules that make saccades from fixations; a row more is a rule more (fn.add_saccade_rule).",
    surrogate("saccade_rule_id"),
    field("saccade_rule"),
    field("breaks_off_word"),
    field("fixations_per_word", null=True),
    field("description"),
    field("source"),
    unique("saccade_rule"),
    check("fixations_per_word", "fixations_per_word > 0"),
)

saccade = table(
    "human",
    "saccade",
    "One row per reader, rule, reading and pair of words with at least one saccade, full square; derived from "
    "fixations in SQL.",
    refers("subject_id", "human.subject", is_key=True),
    key("saccade_rule_id"),  # no foreign keys: the measures of the rule and the fixations of the sentence hold these
    key("sentence_id"),
    key("from_word"),
    key("to_word"),
    field("saccade_count"),
    field("landing_duration_ms"),
    key("reading_ordinal", default=1),
    check("saccade_count", "saccade_count > 0"),
    check("landing_duration_ms", "landing_duration_ms >= 0"),
)

region = table(
    "human",
    "region",
    "The brain regions of interest.",
    surrogate("region_id"),
    field("region"),
    field("description"),
    unique("region"),
)

roi_coverage = table(
    "human",
    "roi_coverage",
    "One row per sentence for which a reader's region values were delivered; cells without a row in roi_value are 0 "
    "there, and unknown elsewhere.",
    refers("subject_id", "human.subject", is_key=True),
    refers("region_id", "human.region", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
)

roi_value = table(
    "human",
    "roi_value",
    "One row per reader, region and pair of words with a value other than 0.",
    refers("subject_id", "human.subject", is_key=True),
    refers("region_id", "human.region", is_key=True),
    refers("sentence_id", "stimulus.sentence", is_key=True),
    key("from_word"),
    key("to_word"),
    field("roi_value"),
    check("roi_value", "roi_value <> 0 AND roi_value = roi_value"),
)

exclusion = table(
    "human",
    "exclusion",
    "One row per thing left out: a reader, or a reader for one rule, region or sentence.",
    surrogate("exclusion_id"),
    refers("subject_id", "human.subject"),
    refers("saccade_rule_id", "human.saccade_rule", null=True),
    refers("region_id", "human.region", null=True),
    refers("sentence_id", "stimulus.sentence", null=True),
    field("excluded_because"),
    field("source"),
    unique("subject_id", "saccade_rule_id", "region_id", "sentence_id", nulls_distinct=False),
)

measure = table(
    "human",
    "measure",
    "The human measures that attention is compared with: counts and durations by each rule, values by region; of the "
    "first reading of a sentence, and where some were read again of later readings and of all.",
    surrogate("measure_id"),
    field("measure"),
    field("quantity"),
    refers("saccade_rule_id", "human.saccade_rule", null=True),
    refers("region_id", "human.region", null=True),
    field("measure_unit"),
    field("description"),
    field("of_reading", null=True, default="1"),
    unique("measure"),
    check("quantity", "quantity IN ('saccade_count', 'saccade_duration', 'roi_value')"),
    check("of_reading", "of_reading > 0"),
    check("derived_from_one", "(saccade_rule_id IS NULL) <> (region_id IS NULL)"),
)
