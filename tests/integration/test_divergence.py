"""Divergences through the warehouse: which pairs there are, what is stored, tested and refused, and what becomes stale.

The text is that of the simulated study; the models are made here: three sizes of two layers more each, a tuned one of
the smallest, a pair of reference models, and instructions.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from math import log
from typing import Any

import numpy as np
import pytest

from tests.asking import execute, rows
from tests.conftest import cloned
from tests.dashboard.asking import assert_downloaded_in_every_form
from warehouse import pipeline
from warehouse.compute import one_analysis
from warehouse.dashboard.model_pair import model_pair
from warehouse.dashboard.reading import open_for_reading
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus, Stored
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Block, Extraction, Pairs, Piece
from warehouse.plugin.registry import Source, sources
from warehouse.progress import Progress

QUIET = Progress(quiet=True)
MODELS = {
    "small": (4, 2, 1_000_000, None),
    "middle": (6, 3, 7_000_000, None),
    "middle-wide-vocabulary": (6, 3, 7_000_100, None),
    "large": (8, 4, 30_000_000, None),
    "small-tuned": (4, 2, 1_000_000, "small"),
    "version-1": (4, 2, 1_000_000, "small"),
    "version-2": (4, 2, 1_000_000, "small"),
}
"""Layers, heads, parameters and base model; one is of another family, see `family`."""
DIVERGENCE_OF_TWO = """
SELECT
    comparison,
    left_model || CASE left_condition WHEN 'plain' THEN '' ELSE ', ' || left_condition END
    || ' / ' || right_model || CASE right_condition WHEN 'plain' THEN '' ELSE ', ' || right_condition END,
    depth,
    CASE depth_kind WHEN 'layer' THEN js_nats ELSE js_head_averaged_nats END
FROM mart.divergence_curve
WHERE left_model IN ('small', 'small-tuned') AND right_model IN ('small', 'small-tuned')
"""
CONDITIONS = ("plain", "translate", "noise")
INSTRUCTED = ("small", "small-tuned")
SENTENCES = 40


def weights(seed: Sequence[int], pairs: Pairs, n_heads: int) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).random((len(pairs), n_heads)) * 0.06 + 1e-4, dtype=np.float32)


def extraction(
    model: str, condition: str, stored: Stored, layers: Sequence[int] | None = None, version: int = 0,
    without: int | None = None,
) -> Extraction:  # fmt: skip
    """Random attention; `without` leaves a sentence out by its place."""
    layer_count, head_count, parameters, base = MODELS[model]
    stimulus = stored.stimulus("simulated")
    held = tuple(range(layer_count)) if layers is None else tuple(layers)
    pairs = some(stimulus, without)
    seed = [list(MODELS).index(model), CONDITIONS.index(condition), version]

    def piece(layer: int) -> Piece:
        block = Block(layer, pairs, weights([*seed, layer], pairs, head_count))
        return Piece(f"layer {layer}", f"{seed} {layer}", lambda: iter([block]))

    return Extraction(
        corpus_id=stimulus.corpus_id,
        model={
            "model": model, "revision": None, "family": f"toy {model}" if model.startswith("version") else "toy",
            "stage": "tuned" if base else "pretrained", "base_model": base, "parameter_count": parameters,
            "layer_count": layer_count, "head_count": head_count,
        },
        condition=stored.conditions()[condition], method="raw", alignment="word", dtype="float32", is_causal=True,
        layers=held, digest=f"{seed} {held} {without}", pieces=[piece(layer) for layer in held],
        warnings={} if without is None else {"partial_coverage": "one sentence was not read"},
    )  # fmt: skip


def some(stimulus: Stimulus, without: int | None) -> Pairs:
    pairs = stimulus.causal_pairs
    if without is None:
        return pairs
    kept = pairs.sentence_id != stimulus.sentence_id[without]
    return Pairs(pairs.sentence_id[kept], pairs.from_word[kept], pairs.to_word[kept])


def load(database: Database, models: Sequence[tuple[str, str]], **given: Any) -> None:
    def made(*, stored: Stored) -> Iterator[Extraction]:
        for model, condition in models:
            yield extraction(model, condition, stored, **given)

    pipeline.ingest(database, Source("made", made, "CC0-1.0", "this test"), [], {}, QUIET)


@pytest.fixture(scope="module")
def text_template(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """The text without any model."""
    with cloned(cluster, template) as database:
        pipeline.ingest(database, sources()["simulated_readers"], [], {"readers": 3}, QUIET)
        execute(database, "UPDATE model.extraction SET extraction_status = 'retired'")
        yield database


@pytest.fixture(scope="module")
def models_template(cluster: EmbeddedServer, text_template: Database) -> Iterator[Database]:
    """All the models and nothing computed."""
    with cloned(cluster, name_of(text_template)) as database:
        load(database, [(model, "plain") for model in MODELS])
        load(database, list(product(INSTRUCTED, ("translate", "noise"))))
        execute(database, "SELECT fn.add_reference_pair('version-1', 'version-2', 'two versions of one model')")
        yield database


@pytest.fixture(scope="module")
def computed(cluster: EmbeddedServer, models_template: Database) -> Iterator[Database]:
    """All the models with their divergences and tests, to be read only."""
    with cloned(cluster, name_of(models_template)) as database:
        compute(database, "divergence_significance")
        yield database


@pytest.fixture
def text(cluster: EmbeddedServer, text_template: Database) -> Iterator[Database]:
    with cloned(cluster, name_of(text_template)) as database:
        yield database


@pytest.fixture
def models(cluster: EmbeddedServer, models_template: Database) -> Iterator[Database]:
    with cloned(cluster, name_of(models_template)) as database:
        yield database


def name_of(database: Database) -> str:
    return database.dsn.rsplit("/", 1)[-1]


def compute(database: Database, name: str = "attention_divergence", *leave_out: str, **given: Any) -> dict[str, Tally]:
    return pipeline.compute(database, name, given.pop("selection", {}), leave_out, QUIET, **given)


def test_the_dashboard_shows_two_models_with_the_divergence_of_their_attention(computed: Database):
    with open_for_reading(computed) as connection:
        shown = model_pair(connection, {"left": "small", "right": "small-tuned"})
        none = model_pair(connection, {"left": "large", "right": "middle-wide-vocabulary"})
    (divergence,) = shown.drawings()
    told = {(row["comparison"], row["pair"], row["depth"], row["js_nats"]) for row in divergence.rows}
    assert told == set(rows(computed, DIVERGENCE_OF_TWO))
    assert any(comparison == "tuning" for comparison, *_ in told)
    assert divergence.chart.series[0].name == "small / small-tuned"
    assert "warehouse compute attention-divergence" in none.sections[0].absent


def test_the_divergence_of_two_models_is_downloaded_in_every_form(computed: Database):
    two = {"left": "small", "right": "small-tuned"}
    with open_for_reading(computed) as connection:
        (divergence,) = model_pair(connection, two).drawings()
        assert_downloaded_in_every_form(connection, "/models", two, divergence)


def test_pairs_are_made_of_complete_extractions_by_scale_tuning_instruction_and_reference(computed: Database) -> None:
    found = rows(
        computed,
        "SELECT comparison, left_model, left_condition, right_model, right_condition FROM current.extraction_pair",
    )
    tuned = [(model, condition) for model in ("small-tuned",) for condition in CONDITIONS]
    assert sorted(found) == sorted([
        ("scale", "small", "plain", "middle", "plain"),
        ("scale", "small", "plain", "middle-wide-vocabulary", "plain"),
        ("scale", "middle", "plain", "large", "plain"),
        ("scale", "middle-wide-vocabulary", "plain", "large", "plain"),
        *[("tuning", "small", condition, model, condition) for model, condition in tuned],
        ("tuning", "small", "plain", "version-1", "plain"),
        ("tuning", "small", "plain", "version-2", "plain"),
        *[("instruction", model, "plain", model, other) for model in INSTRUCTED for other in ("translate", "noise")],
        ("reference", "version-1", "plain", "version-2", "plain"),
    ])  # fmt: skip


def test_models_of_equal_depth_meet_at_layers_and_quarters_others_at_quarters_only(computed: Database) -> None:
    found = rows(
        computed,
        "SELECT comparison, depth_kind, array_agg(depth::integer ORDER BY depth) FROM slice.extraction_pair "
        "WHERE left_model IN ('small', 'version-1') AND right_model IN ('middle', 'version-2') GROUP BY 1, 2",
    )
    assert sorted(found) == [
        ("reference", "layer", [0, 1, 2, 3]),
        ("reference", "quarter", [0, 1, 2, 3]),
        ("scale", "quarter", [0, 1, 2, 3]),
        ("tuning", "layer", [0, 1, 2, 3]),
        ("tuning", "quarter", [0, 1, 2, 3]),
    ]


def test_an_unknown_model_of_a_reference_pair_is_named(computed: Database) -> None:
    with pytest.raises(Exception, match="no such model: version-3"):
        execute(computed, "SELECT fn.add_reference_pair('version-1', 'version-3', 'why')")


def plain_js(left: np.ndarray, right: np.ndarray) -> float:
    """One row against another, in plain Python."""
    p, q = [x / sum(left.tolist()) for x in left.tolist()], [x / sum(right.tolist()) for x in right.tolist()]
    return sum((a * log(2 * a / (a + b)) + b * log(2 * b / (a + b))) / 2 for a, b in zip(p, q, strict=True))


def first_sentence(database: Database, model: str, layer: int, condition: str = "plain") -> tuple[int, np.ndarray]:
    """The id of the first sentence and its cells by heads, straight from the table."""
    found = rows(
        database,
        "SELECT sentence_id, weights FROM model.attention "
        "JOIN model.extraction USING (extraction_id) JOIN model.language_model USING (language_model_id) "
        f"JOIN model.condition USING (condition_id) WHERE extraction_status = 'complete' AND model = '{model}' "
        f"AND condition = '{condition}' AND layer = {layer} AND sentence_id = 1 ORDER BY from_word, to_word",
    )
    return found[0][0], np.array([heads for _, heads in found], dtype=np.float32).astype(float)


def mean_js(left: np.ndarray, right: np.ndarray) -> float:
    """The mean over the rows of a lower triangle given cell by cell."""
    words = int((2 * len(left)) ** 0.5)
    starts = [i * (i + 1) // 2 for i in range(words + 1)]
    return float(np.mean([plain_js(left[a:b], right[a:b]) for a, b in pairwise(starts)]))


def test_layers_are_compared_head_by_head_and_quarters_after_averaging(computed: Database) -> None:
    sentence_id, left = first_sentence(computed, "small", 2)
    _, right = first_sentence(computed, "small-tuned", 2)
    by_layer = rows(
        computed,
        "SELECT js_nats, js_head_averaged_nats FROM current.attention_divergence JOIN current.extraction_pair "
        "USING (comparison, left_extraction_id, right_extraction_id) WHERE right_model = 'small-tuned' "
        "AND right_condition = 'plain' AND comparison = 'tuning' AND depth_kind = 'layer' AND depth = 2 "
        f"AND sentence_id = {sentence_id}",
    )
    heads = [mean_js(left[:, head], right[:, head]) for head in range(2)]
    assert by_layer == [pytest.approx((np.mean(heads), mean_js(left.mean(1), right.mean(1))), abs=1e-14)]
    left = first_sentence(computed, "small", 3)[1].mean(1)
    right = np.mean([first_sentence(computed, "middle", layer)[1].mean(1) for layer in (5,)], axis=0)
    last = rows(
        computed,
        "SELECT js_nats, js_head_averaged_nats FROM current.attention_divergence JOIN current.extraction_pair "
        "USING (comparison, left_extraction_id, right_extraction_id) WHERE right_model = 'middle' "
        f"AND depth_kind = 'quarter' AND depth = 3 AND sentence_id = {sentence_id}",
    )
    assert last == [(None, pytest.approx(mean_js(left, right), abs=1e-14))]


def test_a_quarter_is_the_mean_of_its_layers_and_heads(computed: Database) -> None:
    _, middle = zip(*(first_sentence(computed, "middle", layer) for layer in (0, 1)), strict=True)
    _, large = zip(*(first_sentence(computed, "large", layer) for layer in (0, 1)), strict=True)
    left, right = (np.mean([layer.mean(1) for layer in layers], axis=0) for layers in (middle, large))
    found = rows(
        computed,
        "SELECT js_head_averaged_nats FROM current.attention_divergence JOIN current.extraction_pair "
        "USING (comparison, left_extraction_id, right_extraction_id) WHERE left_model = 'middle' AND depth = 0 "
        "AND sentence_id = 1",
    )
    assert found == [(pytest.approx(mean_js(left, right), abs=1e-14),)]


def test_the_curve_and_the_heads_tell_the_same_mean(computed: Database) -> None:
    found = rows(
        computed,
        "SELECT curve.js_nats, avg(head_divergence.js_nats), min(curve.sentence_count) FROM mart.divergence_curve AS "
        "curve JOIN mart.head_divergence USING (comparison, left_extraction_id, right_extraction_id) "
        "WHERE depth_kind = 'layer' AND depth = layer GROUP BY comparison, left_extraction_id, right_extraction_id, "
        "depth, curve.js_nats",
    )
    assert len(found) == (3 + 2 + 4 + 1) * 4
    for curve, heads, sentence_count in found:
        assert curve == pytest.approx(heads, abs=1e-15)
        assert sentence_count == SENTENCES


def test_the_same_again_does_nothing_and_new_attention_recomputes_its_pairs_only(models: Database) -> None:
    compute(models)
    assert compute(models)["attention_divergence"] == Tally(unchanged=units(models))
    load(models, [("large", "plain")], version=1)
    again = compute(models)["attention_divergence"]
    assert (again.inserted, again.unchanged) == (2 * 4 * SENTENCES, units(models) - 8)
    assert rows(models, "SELECT count(*) FROM mart.divergence_curve") == [(units(models),)]


def units(database: Database) -> int:
    return int(rows(database, "SELECT count(*) FROM slice.extraction_pair")[0][0])


def test_a_sentence_that_is_left_out_is_left_out_of_both_analyses(models: Database) -> None:
    label = rows(models, "SELECT min(sentence_label) FROM stimulus.sentence")[0][0]
    compute(models, "divergence_significance", label)
    found = "SELECT leave_out, count(DISTINCT sentence_id) FROM current.attention_divergence GROUP BY leave_out"
    assert rows(models, found) == [([label], SENTENCES - 1)]
    tested = "SELECT DISTINCT leave_out, sentence_count FROM current.divergence_test"
    assert rows(models, tested) == [([label], SENTENCES - 1)]
    for view in ("divergence_curve", "divergence_test"):
        assert rows(models, f"SELECT count(*) FROM mart.{view}") == [(0,)]


def test_pairs_are_tested_against_reference_noise_and_base(computed: Database) -> None:
    found = rows(
        computed,
        "SELECT against, comparison, left_model, right_model, right_condition, reference_left_model, "
        "reference_right_model, reference_right_condition, depth_kind, count(*) FROM mart.divergence_test "
        "WHERE left_model LIKE 'small%' AND right_model <> 'middle-wide-vocabulary' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
    )
    named = {row[:8]: 0 for row in found}
    versions = ("version-1", "version-2", "plain")
    kinds = {(row[0], row[1], row[3], row[8]): row[9] for row in found}
    assert ("noise", "instruction", "small", "small", "translate", "small", "small", "noise") in named
    assert ("base", "instruction", "small-tuned", "small-tuned", "noise", "small", "small", "noise") in named
    assert ("reference", "scale", "small", "middle", "plain", *versions) in named
    assert ("reference", "tuning", "small", "small-tuned", "plain", *versions) in named
    assert not [row for row in found if row[0] == "reference" and row[1] == "tuning" and row[4] != "plain"]
    assert kinds[("reference", "scale", "middle", "quarter")] == 4
    assert ("reference", "scale", "middle", "layer") not in kinds
    assert kinds[("reference", "tuning", "small-tuned", "layer")] == 8


def test_a_test_is_that_of_the_stored_divergences(computed: Database) -> None:
    from scipy.stats import ttest_rel

    values = [
        [
            value
            for (value,) in rows(
                computed,
                "SELECT js_nats FROM current.attention_divergence JOIN current.extraction_pair USING (comparison, "
                "left_extraction_id, right_extraction_id) WHERE depth_kind = 'layer' AND depth = 1 AND "
                f"comparison = 'instruction' AND left_model = 'small' AND right_condition = '{condition}' "
                "ORDER BY sentence_id",
            )
        ]
        for condition in ("translate", "noise")
    ]
    theirs = ttest_rel(*values)
    ((t, p, bonferroni, n),) = rows(
        computed,
        "SELECT t_statistic, p_value, p_bonferroni, sentence_count FROM mart.divergence_test WHERE against = 'noise' "
        "AND left_model = 'small' AND depth_kind = 'layer' AND depth = 1 AND divergence_kind = 'js_nats'",
    )
    assert (t, p, n) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue), SENTENCES)
    assert bonferroni == pytest.approx(min(4 * p, 1))


def test_tests_become_stale_when_the_divergences_do(models: Database) -> None:
    compute(models, "divergence_significance")
    assert compute(models, "divergence_significance")["divergence_significance"].inserted == 0
    load(models, [("version-2", "plain")], version=1)
    plans = one_analysis.plans(models, "divergence_significance", {})
    assert [len(plan.todo) > 0 for plan in plans] == [True, True]
    again = compute(models, "divergence_significance")["divergence_significance"]
    assert again.inserted > 0 and again.unchanged > 0


def test_missing_layers_are_named_and_the_rest_is_compared_only_where_allowed(text: Database) -> None:
    load(text, [("small", "plain")])
    load(text, [("small-tuned", "plain")], layers=[1, 2])
    with pytest.raises(BadInput, match=r"small-tuned \(plain\) lacks layers 0, 3 of 4; .* --allow-partial"):
        compute(text)
    assert rows(text, "SELECT count(*) FROM mart.divergence_curve") == [(0,)]
    compute(text, allow_partial=True)
    assert rows(text, "SELECT depth_kind, depth FROM mart.divergence_curve ORDER BY 1, 2") == [
        ("layer", 1), ("layer", 2), ("quarter", 1), ("quarter", 2),
    ]  # fmt: skip


def test_a_pair_that_lacks_layers_does_not_stop_the_others(text: Database) -> None:
    load(text, [("small", "plain"), ("small", "translate")])
    load(text, [("small-tuned", "plain")], layers=[1, 2])
    compute(text)
    compared = "SELECT DISTINCT left_model, right_model, right_condition FROM mart.divergence_curve"
    assert rows(text, compared) == [("small", "small", "translate")]


def test_what_was_computed_with_permission_stands_without_it(text: Database) -> None:
    load(text, [("small", "plain")])
    load(text, [("small-tuned", "plain")], layers=[1, 2])
    compute(text, allow_partial=True)
    tallies = compute(text, "divergence_significance")
    assert tallies["attention_divergence"] == Tally(unchanged=4)


def test_sentences_that_one_side_lacks_are_named(text: Database) -> None:
    load(text, [("small", "plain")])
    load(text, [("small-tuned", "plain")], without=1)
    with pytest.raises(BadInput, match=r"small-tuned \(plain\) lacks 1 sentence \("):
        compute(text)
    compute(text, allow_partial=True)
    assert rows(text, "SELECT DISTINCT sentence_count FROM mart.divergence_curve") == [(SENTENCES - 1,)]


def test_a_sentence_that_is_left_out_on_request_is_no_gap(text: Database) -> None:
    load(text, [("small", "plain")])
    load(text, [("small-tuned", "plain")], without=0)
    label = rows(text, "SELECT sentence_label FROM stimulus.sentence ORDER BY sentence_id LIMIT 1")[0][0]
    assert compute(text, "attention_divergence", label)["attention_divergence"].inserted > 0


def test_a_condition_that_a_model_lacks_is_refused_with_those_it_has(computed: Database) -> None:
    with pytest.raises(BadInput, match=r"large: has no attention under translate; choose one that it has \(plain\)"):
        compute(computed, selection={"model": ["large"], "condition": ["translate"]})


def test_pairs_are_chosen_by_either_side(models: Database) -> None:
    compute(models, selection={"model": ["small-tuned"], "condition": ["noise"]})
    found = rows(models, "SELECT DISTINCT comparison, left_model, right_model FROM mart.divergence_curve ORDER BY 1, 2")
    assert found == [("instruction", "small-tuned", "small-tuned"), ("tuning", "small", "small-tuned")]
