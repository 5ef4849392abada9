"""The field dictionary: one name, one meaning, one unit, wherever a column of that name stands.

The installer copies description and unit into COMMENT ON COLUMN of every table and view, so psql, a BI tool and the
docs say the same. A name exists here before it exists in a table.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Double, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL, TIMESTAMP


@dataclass(frozen=True)
class Field:
    """What a column of this name holds: SQL type, meaning, unit (empty for counts, ratios and text), an example."""

    type: Any
    description: str
    unit: str = ""
    example: str = ""

    @property
    def comment(self) -> str:
        """The text of COMMENT ON COLUMN."""
        unit = f" [{self.unit}]" if self.unit else ""
        example = f" Example: {self.example}." if self.example else ""
        return f"{self.description}{unit}.{example}"


INT, BIG, SMALL, BOOL = Integer(), BigInteger(), SmallInteger(), Boolean()
TEXT, JSON, TIME = Text(), JSONB(), TIMESTAMP(timezone=True)
DOUBLE: Double[float] = Double()
REALS: ARRAY[float] = ARRAY(REAL())
SMALLS: ARRAY[int] = ARRAY(SmallInteger())

FIELDS: dict[str, Field] = {
    # the run ledger
    "run_id": Field(INT, "Run that wrote this row; see ops.run", example="7"),
    "unit_id": Field(INT, "Unit of work within the run, written in one transaction; see ops.unit", example="3"),
    "job": Field(TEXT, "What ran: kind and name of the source or analysis", example="compute human_resemblance"),
    "parameters": Field(JSON, "Parameters of the run by name", example='{"leave_out": []}'),
    "code_version": Field(TEXT, "Version of the package and digest of the code that computed", example="0.1.0+3f9a"),
    "input_fingerprint": Field(
        TEXT, "SHA-256 over the names and digests of all inputs of the run, hex", example="9f2c61d0..."
    ),
    "seed": Field(BIG, "Seed of the random numbers; null where none are drawn", example="20231206"),
    "environment": Field(
        JSON,
        "Versions of Python and of the packages that decide numbers, and the platform",
        example='{"python": "3.12.4", "numpy": "2.2.1"}',
    ),
    "run_status": Field(
        TEXT,
        "How the run stands: running (dead when no process holds its lock), done, failed, interrupted",
        example="done",
    ),
    "attempt": Field(SMALL, "How often the run was taken up, counted from 1", example="1"),
    "started_at": Field(TIME, "When it started", example="2023-12-06 09:00:00+00"),
    "finished_at": Field(TIME, "When it ended; null while it runs", example="2023-12-06 09:00:12+00"),
    "host": Field(TEXT, "Machine it ran on", example="lab-7"),
    "process_id": Field(INT, "Process that ran it, on that machine", example="41207"),
    "started_by": Field(TEXT, "Who started it: name in the operating system", example="anna"),
    "error": Field(TEXT, "Why it failed, in one sentence; null where it did not", example="holds no event files"),
    "input_name": Field(TEXT, "What was read: a file, an extraction's layer, a group of readers", example="attention"),
    "digest": Field(TEXT, "SHA-256 of the content, hex", example="27a04be1..."),
    "unit_key": Field(TEXT, "Name of the unit of work; the same unit keeps it from run to run", example="L1/sub-02"),
    "fingerprint": Field(
        TEXT, "SHA-256 over code, parameters and digests of the inputs of the unit, hex", example="5d1e77c2..."
    ),
    "inputs": Field(JSON, "What the fingerprint is made of: part to digest", example='{"attention": "27a04be1.../3"}'),
    "unit_state": Field(TEXT, "How the unit stands: done, or superseded by a later run", example="done"),
    "row_count": Field(BIG, "Rows that the unit wrote", example="1836"),
    "rejection_id": Field(INT, "Number of the rejection", example="12"),
    "place": Field(
        TEXT, "Where in the input: file and line, reader and sentence", example="reader 3, sentence t.01.21"
    ),
    "reason": Field(TEXT, "Why, in words", example="the matrix is 12 x 12 where the sentence has 10 words"),
    "offending_text": Field(TEXT, "The text or value that was refused", example="NaN"),
    "object_name": Field(TEXT, "Name of the view or function with its schema", example="mart.layer_curve"),
    "object_kind": Field(TEXT, "view or function", example="view"),
    "sha256": Field(TEXT, "SHA-256 of the SQL file, hex", example="e3b0c442..."),
    "installed_at": Field(TIME, "When the object was last installed", example="2023-12-06 08:59:00+00"),
    "usage_warning": Field(
        TEXT, "What to beware of when using a number, from a short list", example="not_word_aligned"
    ),
    "entity": Field(TEXT, "Kind of thing the warning is attached to: extraction, sentence, region", example="sentence"),
    "entity_name": Field(TEXT, "Name of the thing the warning is attached to", example="t.03.16"),
    "unit_count": Field(BIG, "Units of work that the run wrote", example="72"),
    "rejection_count": Field(BIG, "Pieces of input that the run did not load", example="0"),
    "entity_id": Field(INT, "Surrogate id of that thing", example="78"),
    "usage_warnings": Field(
        ARRAY(Text()),
        "Usage warnings that go with the row's numbers; empty where there are none",
        example="{not_word_aligned}",
    ),
    "source_run_id": Field(INT, "Run that loaded the file that was read; null for what is no file", example="3"),
    "about": Field(
        ARRAY(Text()),
        "What the unit's rows tell of, by kind and id: who may not see one of these may not see them; null: not known",
        example='{"extraction 3","group L1"}',
    ),
    "embargo_id": Field(INT, "Number of the embargo", example="1"),
    "embargoed_until": Field(Date(), "First day, of UTC, on which everyone sees it", example="2027-01-01"),
    "visible_to": Field(
        ARRAY(Text()), "Roles that see it all the same, and the members of those roles", example="{lab}"
    ),
    # the stimulus
    "corpus_id": Field(INT, "Surrogate id of the corpus", example="1"),
    "corpus": Field(TEXT, "Name of the corpus", example="reading_brain"),
    "language": Field(TEXT, "Language of the text, BCP 47", example="en"),
    "licence": Field(TEXT, "Licence under which the data may be used", example="CC0-1.0"),
    "citation": Field(TEXT, "What to cite when using the data", example="Li et al. (2022)"),
    "article_id": Field(INT, "Surrogate id of the article", example="3"),
    "article_position": Field(SMALL, "Place of the article in the corpus, counted from 0", example="2"),
    "sentence_id": Field(INT, "Surrogate id of the sentence", example="78"),
    "sentence_position": Field(INT, "Place of the sentence in its article, counted from 0", example="15"),
    "sentence_label": Field(TEXT, "The source's own name of the sentence", example="t.03.16"),
    "sentence_text": Field(
        TEXT, "The sentence as one string, Unicode NFC", example="Could humans live on Mars some day?"
    ),
    "word_count": Field(SMALL, "Words of the sentence, split at white space", example="10"),
    "word_position": Field(SMALL, "Place of the word in its sentence, counted from 0; null: on no word", example="0"),
    "word_text": Field(TEXT, "The word as written, punctuation included", example="Mars"),
    "from_word": Field(SMALL, "Position of the word that looks, counted from 0", example="5"),
    "to_word": Field(SMALL, "Position of the word that is looked at, counted from 0", example="2"),
    "pair_ordinal": Field(
        INT, "Place of the pair in the sentence's canonical order: lower triangle row by row first", example="4"
    ),
    "is_causal": Field(
        BOOL, "True where a word sees only itself and earlier words (lower triangle with diagonal)", example="true"
    ),
    "pattern_id": Field(SMALL, "Surrogate id of the trivial pattern", example="2"),
    "pattern": Field(TEXT, "Name of a trivial pattern of looking back", example="previous_word"),
    "to_position": Field(
        SMALL, "The pattern looks at the word at this position, counted from 0; null: by other means", example="0"
    ),
    "words_back": Field(
        SMALL, "The pattern looks this many words back, 0 at the word itself; null: by other means", example="1"
    ),
    "pattern_set": Field(TEXT, "Name of the trivial patterns that enter one regression together", example="trivial"),
    # the readers
    "language_group": Field(TEXT, "Group of the reader: L1 reads the native, L2 a second language", example="L1"),
    "subject_id": Field(INT, "Surrogate id of the reader", example="12"),
    "subject_label": Field(
        TEXT, "The source's own name of the reader, unique within corpus and group", example="sub-02"
    ),
    "demographics": Field(
        JSON, "What the source tells of the reader: age, gender, field of study", example='{"age": 23}'
    ),
    "exclusion_id": Field(INT, "Number of the exclusion", example="1"),
    "excluded_because": Field(TEXT, "Why it is left out, in words", example="run 5 is missing"),
    "source": Field(TEXT, "Who says so: publication, file, or rule of this warehouse", example="Gao et al. 2023"),
    "presentation_order": Field(SMALL, "When the sentence was shown to this reader, counted from 0", example="40"),
    "reading_time_ms": Field(INT, "Time from the sentence's onset to the reader's key press", "ms", "5260"),
    "fixation_ordinal": Field(
        SMALL, "Place of the fixation in the reader's path over the sentence, counted from 0", example="0"
    ),
    "start_ms": Field(INT, "Start of the fixation after the sentence's onset", "ms", "272"),
    "duration_ms": Field(
        INT, "Duration: of the fixation, or of all fixations that the saccades arrived at", "ms", "270"
    ),
    "saccade_rule_id": Field(SMALL, "Surrogate id of the rule that makes saccades from fixations", example="1"),
    "saccade_rule": Field(TEXT, "Name of the rule that makes saccades from fixations", example="consecutive"),
    "breaks_off_word": Field(
        BOOL, "True where a fixation on no word ends the chain; false where it is skipped", example="true"
    ),
    "fixations_per_word": Field(SMALL, "Only so many first fixations on a word count; null: all", example="3"),
    "saccade_count": Field(SMALL, "Eye movements from one word to the other, refixations included", example="2"),
    "region_id": Field(SMALL, "Surrogate id of the brain region", example="1"),
    "region": Field(TEXT, "Name of the brain region of interest (ROI)", example="angular"),
    "roi_value": Field(
        DOUBLE, "Activation of the region at the saccade from word to word, in the source's own unit", example="0.42"
    ),
    "measure_id": Field(SMALL, "Surrogate id of the human measure", example="1"),
    "measure": Field(TEXT, "Human measure that is compared with attention", example="saccade_count/consecutive"),
    "quantity": Field(TEXT, "Kind of the measure: saccade_count, saccade_duration, roi_value", example="saccade_count"),
    "measure_unit": Field(TEXT, "Unit of the measure's values", example="ms"),
    "description": Field(TEXT, "What it is, in words", example="Fixations between words end the chain"),
    # the models
    "language_model_id": Field(INT, "Surrogate id of the language model", example="1"),
    "model": Field(TEXT, "Name of the language model", example="llama-7b"),
    "revision": Field(TEXT, "Revision of the weights; null where unknown", example="main"),
    "family": Field(TEXT, "Architecture family", example="llama"),
    "stage": Field(
        TEXT, "untrained, pretrained, or tuned (instruction tuning or any later training)", example="pretrained"
    ),
    "base_model_id": Field(INT, "Model that a tuned one was tuned from; null for a pretrained one", example="2"),
    "parameter_count": Field(BIG, "Number of parameters", example="774030080"),
    "layer_count": Field(SMALL, "Layers of the model", example="36"),
    "head_count": Field(SMALL, "Attention heads of a layer", example="20"),
    "condition_id": Field(SMALL, "Surrogate id of the condition", example="1"),
    "condition": Field(TEXT, "What stood before the sentence when the model read it", example="plain"),
    "prefix": Field(
        TEXT,
        "Text put before each sentence, joined by a space; empty for plain text",
        example="Please translate this sentence into German:",
    ),
    "extraction_id": Field(
        INT, "One taking of attention: a model over a corpus under a condition by a method", example="4"
    ),
    "method": Field(TEXT, "How attention was taken: raw weights, or a method derived from them", example="raw"),
    "alignment": Field(TEXT, "How tokens became words: word, or as published", example="word"),
    "dtype": Field(TEXT, "Floating-point type in which the weights were delivered", example="float32"),
    "layers": Field(SMALLS, "Layers held, counted from 0", example="{20,21,22}"),
    "extraction_status": Field(
        TEXT, "loading, complete, or retired by a newer one; only complete is seen", example="complete"
    ),
    "attestation": Field(
        JSON, "What was checked of the extraction, with the figures found", example='{"sentences": 148}'
    ),
    "completed_at": Field(TIME, "When the extraction became visible", example="2023-12-06 09:00:12+00"),
    "layer": Field(SMALL, "Layer of the model, counted from 0", example="3"),
    "head": Field(SMALL, "Attention head within the layer, counted from 0", example="11"),
    "weights": Field(
        REALS, "Attention weight of every head from word to word; weights[head + 1]", example="{0.12,0.03}"
    ),
    "sink_mass": Field(
        REALS,
        "Share of each head's attention that went to the first special token; sink_mass[head + 1]",
        example="{0.61,0.02}",
    ),
    "outside_mass": Field(
        REALS,
        "Share of each head's attention that went to the prefix and to special tokens after the first",
        example="{0,0}",
    ),
    "loss_sum_nats": Field(
        DOUBLE, "Negative log-likelihood summed over the sentence's own predicted tokens", "nats", example="34.1"
    ),
    "predicted_token_count": Field(SMALL, "Tokens of the sentence that something precedes", example="11"),
    "token_count": Field(SMALL, "Tokens that the model read, special ones and the prefix included", example="12"),
    "loss_mean_nats": Field(DOUBLE, "loss_sum_nats divided by predicted_token_count", "nats", "3.1"),
    "loss_per_token_per_length": Field(
        DOUBLE, "loss_mean_nats divided once more by token_count: what the loss in Gao et al. (2023) is", "nats", "0.24"
    ),
    "surprisal_bits": Field(
        DOUBLE,
        "Negative log2 probability of the word given what precedes, its end included (Pimentel & Meister 2024)",
        "bits",
        "7.3",
    ),
    "uncorrected_surprisal_bits": Field(DOUBLE, "Negative log2 probability of the word's tokens alone", "bits", "7.1"),
    # the results
    "r2": Field(DOUBLE, "Share of variance explained, in-sample, least squares with intercept", example="0.0563"),
    "adjusted_r2": Field(DOUBLE, "1 - (1 - r2)(n - 1)/(n - rank - 1)", example="0.0541"),
    "cv_r2": Field(
        DOUBLE, "Leave-one-article-out R2: 1 - SSE/SST pooled over held-out articles; may be negative", example="0.0480"
    ),
    "cell_count": Field(INT, "Word pairs in the regression (n): lower triangles with diagonal", example="8953"),
    "predictor_count": Field(INT, "Predictors offered to the regression (heads)", example="20"),
    "rank": Field(INT, "Rank of the centred predictors; below predictor_count they are dependent", example="20"),
    "condition_number": Field(
        DOUBLE, "Largest over smallest singular value of the centred predictors at unit norm", example="41.7"
    ),
    "cell_value": Field(DOUBLE, "Value of the human measure at the word pair, in the measure's unit", example="2"),
    "ceiling_kind": Field(
        TEXT, "group_mean (the paper's, contains the reader), leave_one_out or split_half", example="group_mean"
    ),
    "ceiling": Field(DOUBLE, "Noise ceiling: mean R2 of predicting a reader by the group's mean", example="0.1772"),
    "standard_error": Field(DOUBLE, "Standard error of the mean, over readers or over heads", example="0.0093"),
    "subject_count": Field(INT, "Readers in the mean, exclusions left out", example="51"),
    "missing_because": Field(
        TEXT, "Why a number is missing; null where it is there", example="a single reader makes no ceiling"
    ),
    "leave_out": Field(JSON, "Labels of sentences left out on request", example='["t.03.16"]'),
    "resemblance": Field(
        DOUBLE, "Mean r2 over readers divided by the group-mean ceiling (the paper's, as a ratio)", example="0.3174"
    ),
    "adjusted_resemblance": Field(
        DOUBLE, "Mean adjusted_r2 over readers divided by the group-mean ceiling", example="0.3055"
    ),
    "cv_resemblance": Field(DOUBLE, "Mean cv_r2 over readers divided by the leave-one-out ceiling", example="0.3268"),
    "leave_one_out_ceiling": Field(DOUBLE, "Noise ceiling without the reader in the mean", example="0.1465"),
    "best_layer": Field(SMALL, "Layer with the highest mean r2, chosen in-sample as the paper does", example="3"),
    "layer_total": Field(INT, "Layers compared", example="36"),
    "pooled_r2": Field(
        DOUBLE, "Explained variance of all heads of the layer over their total variance", example="0.21"
    ),
    "least_r2": Field(DOUBLE, "Smallest r2 among the readers of the group", example="0.0049"),
    "most_r2": Field(DOUBLE, "Largest r2 among the readers of the group", example="0.1435"),
    "left_group": Field(TEXT, "Group of readers that the other one is compared with", example="L1"),
    "right_group": Field(TEXT, "Group of readers compared with left_group", example="L2"),
    "left_r2": Field(DOUBLE, "Mean r2 on the left side of the comparison", example="0.0479"),
    "right_r2": Field(DOUBLE, "Mean r2 on the right side of the comparison", example="0.0896"),
    "r2_difference": Field(DOUBLE, "right_r2 minus left_r2", example="0.0417"),
    "left_count": Field(INT, "Values averaged on the left side", example="51"),
    "right_count": Field(INT, "Values averaged on the right side", example="55"),
    "comparison": Field(TEXT, "What sets the two models apart: scale, tuning, instruction, reference", example="scale"),
    "left_extraction_id": Field(
        INT, "Extraction on the left side of the comparison: the smaller or the base model", example="4"
    ),
    "right_extraction_id": Field(
        INT, "Extraction on the right side of the comparison: the larger or the tuned model", example="5"
    ),
    "quarter": Field(SMALL, "Quarter of the model's layers, counted from 0: 4 layer / layer_count", example="3"),
    "test_kind": Field(TEXT, "paired or independent (equal variances) t-test", example="paired"),
    "t_statistic": Field(
        DOUBLE,
        "Student's t; positive where the right side, or the divergence that is tested, is larger",
        example="6.4625",
    ),
    "degrees_of_freedom": Field(INT, "Degrees of freedom of the test", example="104"),
    "p_value": Field(
        DOUBLE, "Chance of a difference as large in either direction if there were none (two-sided)", example="0.0021"
    ),
    "p_greater": Field(
        DOUBLE, "Chance of a right side as much larger if there were no difference (one-sided)", example="0.0011"
    ),
    "p_bonferroni": Field(DOUBLE, "p_value times the number of tests of its family", example="0.042"),
    "p_holm": Field(DOUBLE, "p_value corrected for the number of tests of its family (Holm 1979)", example="0.031"),
    "p_benjamini_hochberg": Field(
        DOUBLE, "p_value corrected for the share of false findings in its family (1995)", example="0.012"
    ),
    "left_model_id": Field(INT, "Model on the left side of the comparison; see model.language_model", example="1"),
    "right_model_id": Field(INT, "Model on the right side of the comparison; see model.language_model", example="2"),
    "left_model": Field(TEXT, "Name of the model on the left side of the comparison", example="llama-7b"),
    "right_model": Field(TEXT, "Name of the model on the right side of the comparison", example="llama-13b"),
    "left_condition": Field(TEXT, "Condition of the extraction on the left side", example="plain"),
    "right_condition": Field(TEXT, "Condition of the extraction on the right side", example="translate"),
    "left_digest": Field(
        TEXT, "SHA-256 over what the extraction on the left side was made of, hex", example="27a04be1..."
    ),
    "right_digest": Field(
        TEXT, "SHA-256 over what the extraction on the right side was made of, hex", example="c81fd003..."
    ),
    "left_layers": Field(
        SMALLS, "Layers that the extraction on the left side holds, counted from 0", example="{0,1,2}"
    ),
    "right_layers": Field(
        SMALLS, "Layers that the extraction on the right side holds, counted from 0", example="{0,1,2}"
    ),
    "left_layer_count": Field(SMALL, "Layers of the model on the left side", example="32"),
    "right_layer_count": Field(SMALL, "Layers of the model on the right side", example="40"),
    "left_head_count": Field(SMALL, "Attention heads of a layer of the model on the left side", example="32"),
    "right_head_count": Field(SMALL, "Attention heads of a layer of the model on the right side", example="40"),
    "depth_kind": Field(TEXT, "layer, for models of equal depth, or quarter of the layers", example="quarter"),
    "depth": Field(
        SMALL, "The layer or quarter compared, counted from 0; a layer's quarter is 4 layer / layer_count", example="3"
    ),
    "js_nats": Field(
        DOUBLE,
        "Jensen-Shannon divergence of the attention of a word, mean over words and heads; at most ln 2",
        "nats",
        example="0.0018",
    ),
    "js_head_averaged_nats": Field(
        DOUBLE, "Jensen-Shannon divergence of the attention averaged over heads", "nats", example="0.0009"
    ),
    "jeffreys_nats": Field(
        DOUBLE,
        "Half the symmetrised Kullback-Leibler divergence, summed over words, mean over heads; infinite rows left out",
        "nats",
        example="0.0072",
    ),
    "jeffreys_infinite_count": Field(
        INT,
        "Rows (words by heads) where jeffreys_nats is infinite: one side has a zero where the other has none",
        example="0",
    ),
    "jeffreys_head_averaged_nats": Field(
        DOUBLE, "The same as jeffreys_nats of attention averaged over heads", "nats", example="0.0036"
    ),
    "jeffreys_head_averaged_infinite_count": Field(
        INT, "Rows where jeffreys_head_averaged_nats is infinite", example="0"
    ),
    "js_standard_error_nats": Field(DOUBLE, "Standard error of js_nats over sentences", "nats", example="0.0001"),
    "js_head_averaged_standard_error_nats": Field(
        DOUBLE, "Standard error of js_head_averaged_nats over sentences", "nats", example="0.0001"
    ),
    "sentence_count": Field(INT, "Sentences: averaged, shown to the reader, or of the corpus", example="148"),
    "divergence_kind": Field(TEXT, "Divergence that is tested: js_nats or js_head_averaged_nats", example="js_nats"),
    "against": Field(
        TEXT,
        "What a divergence is tested against: reference (pair of models), noise (the control), base (model)",
        example="reference",
    ),
    "reference_comparison": Field(TEXT, "Comparison of the pair that is tested against", example="reference"),
    "reference_left_extraction_id": Field(
        INT, "Left side of the pair of extractions that is tested against", example="6"
    ),
    "reference_right_extraction_id": Field(
        INT, "Right side of the pair of extractions that is tested against", example="7"
    ),
    "reference_left_model": Field(TEXT, "Left model of the pair that is tested against", example="vicuna-13b-v0"),
    "reference_right_model": Field(TEXT, "Right model of the pair that is tested against", example="vicuna-13b-v1.1"),
    "reference_right_condition": Field(TEXT, "Right condition of the pair that is tested against", example="noise"),
    "mean_difference_nats": Field(
        DOUBLE, "Mean over sentences of the divergence minus the one it is tested against", "nats", example="0.0012"
    ),
    # what resemblance is worth
    "random_r2": Field(DOUBLE, "In-sample r2 expected of as many random predictors: rank/(n - 1)", example="0.0022"),
    "r2_above_random": Field(DOUBLE, "r2 minus random_r2", example="0.0541"),
    "sentence_cv_r2": Field(
        DOUBLE, "R2 with each sentence held out in turn: 1 - SSE/SST pooled; may be negative", example="0.0492"
    ),
    "matched_head_count": Field(SMALL, "Heads of the smallest model, which every model is cut to", example="20"),
    "matched_r2": Field(DOUBLE, "Mean r2 of random subsets of matched_head_count heads", example="0.0511"),
    "matched_r2_sd": Field(DOUBLE, "Standard deviation of that r2 over the subsets", example="0.0014"),
    "subset_count": Field(INT, "Random subsets of heads", example="100"),
    "component_r2": Field(
        DOUBLE, "r2 of the first matched_head_count principal components of the heads", example="0.0498"
    ),
    "matched_resemblance": Field(DOUBLE, "matched_r2 divided by the group-mean ceiling", example="0.29"),
    "component_resemblance": Field(DOUBLE, "component_r2 divided by the group-mean ceiling", example="0.28"),
    "split_half_ceiling": Field(
        DOUBLE, "Noise ceiling from the mean of the half that the reader is not in", example="0.1310"
    ),
    "statistic": Field(
        TEXT, "What the interval is of: r2, or resemblance (mean r2 over the ceiling drawn alike)", example="r2"
    ),
    "cluster_kind": Field(TEXT, "What was drawn with replacement: reader, sentence, or both", example="sentence"),
    "estimate": Field(DOUBLE, "The statistic on all readers and sentences", example="0.0563"),
    "interval_low": Field(
        DOUBLE, "Lower end of the 95 % bootstrap interval, moved by the median bias of the draws", example="0.0481"
    ),
    "interval_high": Field(
        DOUBLE, "Upper end of the 95 % bootstrap interval, moved by the median bias of the draws", example="0.0652"
    ),
    "bootstrap_bias": Field(
        DOUBLE, "Median of the draws minus the estimate: refits follow sentences drawn twice", example="0.0011"
    ),
    "resample_count": Field(INT, "Bootstrap draws", example="1000"),
    "choice_r2": Field(
        DOUBLE, "Cross-validated R2 within the other articles: what a choice without this one goes by", example="0.0485"
    ),
    "held_out_error": Field(
        DOUBLE,
        "Squared error on the article over the squares of all articles, mean over readers; 1 - sum is cv_r2",
        example="0.19",
    ),
    "chosen_layers": Field(SMALLS, "Layer chosen without each article or reader, in their order", example="{3,3,4}"),
    "nested_cv_r2": Field(DOUBLE, "cv_r2 where the layer is chosen without the held-out article", example="0.0471"),
    "nested_resemblance": Field(DOUBLE, "nested_cv_r2 divided by the leave-one-out ceiling", example="0.3216"),
    "reader_nested_r2": Field(DOUBLE, "Mean r2 where each reader's layer is chosen by the others", example="0.0561"),
    "base_model": Field(TEXT, "Name of the model that the tuned one was tuned from", example="llama-7b"),
    "alternative": Field(TEXT, "Direction that the test looks in: higher or lower than the base", example="lower"),
    "p_one_sided": Field(
        DOUBLE, "Chance of a difference as large in the direction looked in, if there were none", example="0.0004"
    ),
    "test_count": Field(INT, "Tests of the family that p is corrected for", example="128"),
    "is_significant": Field(BOOL, "p_bonferroni below 0.05", example="true"),
    "higher_count": Field(INT, "Layers significantly higher than the base model's", example="3"),
    "lower_count": Field(INT, "Layers significantly lower than the base model's", example="4"),
    "higher_layers": Field(
        SMALLS, "Layers significantly higher than the base model's, counted from 0", example="{1,2,5}"
    ),
    "lower_layers": Field(
        SMALLS, "Layers significantly lower than the base model's, counted from 0", example="{20,21}"
    ),
    "significant_count": Field(INT, "Layers where the right group is significantly higher", example="32"),
    "significant_layers": Field(SMALLS, "Those layers, counted from 0", example="{0,1,2}"),
    "score_kind": Field(
        TEXT, "Which score of the best layer: resemblance, adjusted_resemblance, cv_resemblance", example="resemblance"
    ),
    "model_choice": Field(TEXT, "Models in the fit: all, or word-aligned (without not_word_aligned)", example="all"),
    "predictor": Field(
        TEXT, "What the score is fitted on: loss, or log_parameter_count (ln of billions)", example="loss"
    ),
    "model_count": Field(INT, "Models in the fit", example="9"),
    "slope": Field(DOUBLE, "Change of the score per unit of the predictor", example="-1.9"),
    "intercept": Field(DOUBLE, "Score where the predictor is 0", example="0.98"),
    "pearson_r": Field(DOUBLE, "Pearson's correlation", example="-0.8752"),
    "residual_sd": Field(DOUBLE, "Standard deviation of the residuals, n - 2 degrees of freedom", example="0.04"),
    "parameter_billions": Field(DOUBLE, "Number of parameters", "billions", "6.7"),
    "predicted": Field(DOUBLE, "Score on the line", example="0.693"),
    "band_low": Field(DOUBLE, "Lower end of the line's 95 % confidence band", example="0.61"),
    "band_high": Field(DOUBLE, "Upper end of the line's 95 % confidence band", example="0.77"),
    "is_extrapolation": Field(BOOL, "True where the size lies outside the models that were fitted", example="true"),
    "loss": Field(DOUBLE, "Next-token loss per token and per length; see loss_source", "nats", "0.2408"),
    "loss_source": Field(
        TEXT, "Where the loss is from: computed here, or a publication", example="Gao et al. 2023, Table 1"
    ),
    # what was published
    "published_ceiling": Field(DOUBLE, "Constant that the publication divides by", example="0.1560"),
    "ceiling_unit": Field(TEXT, "What the published constant is: R2, or Pearson r", example="R2"),
    "published_percent": Field(DOUBLE, "Published resemblance", "%", "53.04"),
    "claim": Field(TEXT, "Short name of the claim", example="resemblance_rises_with_scale"),
    "statement": Field(TEXT, "What is claimed, in words", example="Resemblance rises with scale"),
    "quantity_claimed": Field(
        TEXT, "What the values of the claim are, with unit", example="Pearson r of resemblance and log parameters"
    ),
    "claimed_sign": Field(SMALL, "Sign that the value must have for the claim to hold: 1 or -1", example="1"),
    "published_value": Field(DOUBLE, "Value as published, or that follows from the published table", example="0.9888"),
    "value_here": Field(DOUBLE, "Value computed here, the paper's way", example="0.9712"),
    "value_p": Field(DOUBLE, "p of value_here; null where the claim has no test", example="0.0014"),
    "corrected_value": Field(
        DOUBLE, "Value computed here, corrected: cross-validated, over the leave-one-out ceiling", example="0.9503"
    ),
    "corrected_p": Field(DOUBLE, "p of corrected_value; null where the claim has no test", example="0.0131"),
    "verdict": Field(TEXT, "holds, does not hold, or cannot be said", example="cannot be said"),
    "published_resemblance": Field(
        DOUBLE, "Mean r2 divided by the published ceiling: the paper's way", example="0.3499"
    ),
    # what people look at in mart
    "from_text": Field(TEXT, "The word that looks, as written", example="Mars"),
    "to_text": Field(TEXT, "The word that is looked at, as written", example="live"),
    "bare_text": Field(TEXT, "The word in lower case, without punctuation: what lists of words have", example="mars"),
    "weight": Field(REAL(), "Attention of the head from word to word, as delivered", example="0.134"),
    "fixation_count": Field(INT, "Fixations: of the reader during sentences, or on the word", example="2034"),
    "first_fixation_ms": Field(INT, "Duration of the reader's first fixation on the word", "ms", "224"),
    "mean_fixation_ms": Field(INT, "Mean duration of the reader's fixations during sentences", "ms", "231"),
    "mean_reading_time_ms": Field(INT, "Mean of the reader's reading_time_ms over sentences", "ms", "4120"),
    "regression_count": Field(INT, "Saccades to an earlier word", example="3"),
    "refixation_count": Field(INT, "Saccades to the same word", example="2"),
    "forward_count": Field(INT, "Saccades to a later word", example="8"),
    "extraction_count": Field(INT, "Complete extractions of the model", example="4"),
    "article_count": Field(INT, "Articles of the corpus", example="5"),
    "word_total": Field(INT, "Words of all sentences of the corpus", example="1532"),
}
