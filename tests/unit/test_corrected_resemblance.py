"""What stands beside a layer's R2: identities with the fit itself, chance, and the cases without a score."""

import numpy as np
import pytest

from analytics._stats.least_squares import fit
from analytics.corrected_resemblance import CLUSTERS, corrected_resemblance
from analytics.noise_ceiling import noise_ceiling
from warehouse.errors import BadInput
from warehouse.plugin.registry import analyses

FEW = {"resamples": 200, "subsets": 20}


def study(seed=0, n_heads=6, n_readers=5, n_sentences=30, strength=1.0):
    """Heads, readers who follow the first of them, articles of six sentences, sentences of 15 to 45 cells."""
    rng = np.random.default_rng(seed)
    words = rng.integers(5, 10, n_sentences)
    sentence = np.repeat(np.arange(100, 100 + n_sentences), words * (words + 1) // 2)
    heads = rng.dirichlet(np.full(n_heads + 1, 0.3), len(sentence))[:, :n_heads]
    readers = strength * heads[:, :1] + rng.normal(0, 0.5, (len(sentence), n_readers))
    return heads, readers, (sentence - 100) // 6, sentence


def scores(heads, readers, article, sentence, smallest=3, **given):
    (found,) = corrected_resemblance(heads, readers, sentence, np.array(smallest), **{**FEW, **given})
    return {name: values[0] for name, values in found["corrected_resemblance"].items()}


def intervals(heads, readers, article, sentence, **given):
    (both,) = corrected_resemblance(heads, readers, sentence, np.array(3), **{**FEW, **given})
    found = both["resemblance_interval"]
    rows = [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]
    return {(row["statistic"], row["cluster_kind"]): row for row in rows}


def test_the_means_are_those_of_the_fit():
    heads, readers, article, sentence = study()
    found = scores(heads, readers, article, sentence)
    assert found["r2"] == pytest.approx(fit(heads, readers, article).r2.mean(), abs=1e-12)
    assert found["sentence_cv_r2"] == pytest.approx(fit(heads, readers, sentence).cv_r2.mean(), abs=1e-10)
    assert found["random_r2"] == 6 / (len(heads) - 1)
    assert (found["subject_count"], found["cell_count"], found["predictor_count"]) == (5, len(heads), 6)


def test_random_heads_explain_what_is_expected_of_them():
    rng = np.random.default_rng(0)
    _, readers, article, sentence = study(n_readers=200)
    found = scores(rng.normal(size=(len(readers), 12)), rng.normal(size=readers.shape), article, sentence)
    assert found["r2"] == pytest.approx(found["random_r2"], rel=0.1)


def test_as_many_heads_as_the_smallest_model_are_all_heads_of_it():
    found = scores(*study(), smallest=6)
    assert found["matched_head_count"] == 6
    assert found["matched_r2"] == pytest.approx(found["r2"], abs=1e-12)
    assert found["component_r2"] == pytest.approx(found["r2"], abs=1e-12)
    assert found["matched_r2_sd"] == pytest.approx(0, abs=1e-12)


def test_fewer_heads_explain_less():
    found = scores(*study())
    assert found["matched_head_count"] == 3
    assert 0 < found["matched_r2"] < found["r2"]
    assert 0 < found["component_r2"] < found["r2"]


def test_every_interval_contains_its_corrected_estimate():
    found = intervals(*study())
    assert set(found) == {(statistic, kind) for statistic in ("r2", "resemblance") for kind in CLUSTERS}
    for row in found.values():
        assert row["bias_corrected"] == row["estimate"] - row["bootstrap_bias"]
        assert row["interval_low"] < row["bias_corrected"] < row["interval_high"]
        assert (row["resample_count"], row["missing_because"]) == (200, None)


def test_the_estimates_are_r2_and_its_ratio_to_the_ceiling():
    heads, readers, article, sentence = study()
    r2, ceiling = fit(heads, readers, article).r2.mean(), noise_ceiling(readers)["ceiling"][0]
    for (statistic, _), row in intervals(heads, readers, article, sentence).items():
        assert row["estimate"] == pytest.approx(r2 if statistic == "r2" else r2 / ceiling, abs=1e-12)


def test_both_clusters_are_less_sure_than_either():
    found = intervals(*study(n_readers=12), resamples=1000)
    width = {kind: found["r2", kind]["interval_high"] - found["r2", kind]["interval_low"] for kind in CLUSTERS}
    assert width["reader and sentence"] > max(width["reader"], width["sentence"])


def test_refits_follow_sentences_that_were_drawn_twice():
    found = intervals(*study(strength=0))
    assert found["r2", "sentence"]["bootstrap_bias"] > 0
    assert abs(found["r2", "reader"]["bootstrap_bias"]) < found["r2", "sentence"]["bootstrap_bias"] / 3


def test_the_same_seed_draws_the_same():
    assert intervals(*study(), seed=5) == intervals(*study(), seed=5)
    assert intervals(*study(), seed=5) != intervals(*study(), seed=6)


def test_groups_side_by_side_have_each_what_it_has_alone():
    heads, readers, _, sentence = study(n_readers=7)
    readers[:, 5] = 4.0
    groups = [slice(0, 3), slice(3, 6), slice(6, 7)]
    found = corrected_resemblance(heads, readers, sentence, np.array(3), groups, **FEW)
    for together, group in zip(found, groups, strict=True):
        (alone,) = corrected_resemblance(heads, readers[:, group], sentence, np.array(3), **FEW)
        for table, columns in alone.items():
            for name, values in columns.items():
                assert together[table][name] == pytest.approx(values, abs=1e-13, nan_ok=True), name


def test_a_constant_reader_is_left_out():
    heads, readers, article, sentence = study()
    with_one = np.column_stack([readers, np.full(len(readers), 2.0)])
    assert scores(heads, with_one, article, sentence) == pytest.approx(scores(heads, readers, article, sentence))
    found, expected = (intervals(heads, values, article, sentence) for values in (with_one, readers))
    for key, row in expected.items():
        assert found[key] == pytest.approx(row, abs=1e-13), key


def test_a_lone_reader_has_intervals_over_sentences_only_and_no_ratio():
    found = intervals(*study(n_readers=1))
    assert found["r2", "sentence"]["missing_because"] is None
    assert found["r2", "reader"]["missing_because"] == "a lone reader cannot be drawn in another way"
    assert found["resemblance", "sentence"]["missing_because"] == "a lone reader has no ceiling"
    assert {row["estimate"] for key, row in found.items() if key != ("r2", "sentence")} == {None}


def test_constant_readers_have_no_score_and_the_reason_is_told():
    heads, readers, article, sentence = study()
    found = scores(heads, np.zeros_like(readers), article, sentence)
    assert found["missing_because"] == "no reader's values vary over the word pairs"
    assert found["r2"] is None and found["sentence_cv_r2"] is None and np.isnan(found["matched_r2"])
    assert {row["estimate"] for row in intervals(heads, np.zeros_like(readers), article, sentence).values()} == {None}


def test_constant_heads_explain_nothing():
    heads, readers, article, sentence = study()
    found = scores(np.ones_like(heads), readers, article, sentence)
    assert (found["r2"], found["random_r2"], found["matched_r2"]) == (0, 0, 0)


def test_fewer_cells_than_heads_are_refused():
    heads, readers, _article, sentence = study()
    with pytest.raises(BadInput, match="7 cells are too few for 6 heads"):
        corrected_resemblance(heads[:7], readers[:7], sentence[:7], np.array(3))


def test_its_columns_are_those_of_its_tables():
    declared = analyses()["corrected_resemblance"]
    heads, readers, _, sentence = study()
    (found,) = corrected_resemblance(heads, readers, sentence, np.array(3), **FEW)
    for table in declared.writes:
        assert set(found[table.name]) | set(declared.unit) | {"run_id", "unit_id"} == set(table.c.keys())
        assert len({len(values) for values in found[table.name].values()}) == 1
