"""Reliance on patterns against one regression per head, and in the cases whose answer is known."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from analytics.reader_reliance import reader_reliance
from analytics.trivial_reliance import pooled, trivial_reliance
from warehouse.errors import BadInput
from warehouse.plugin.registry import analyses


def cells(n_sentences=30, n_words=9):
    """Word looked from, word looked to and article of each cell of equally long sentences."""
    from_word, to_word = np.tril_indices(n_words)
    article = np.repeat(np.arange(n_sentences) // 6, len(from_word))
    return np.tile(from_word, n_sentences), np.tile(to_word, n_sentences), article


def patterns():
    """First word, previous word, the word itself."""
    from_word, to_word, _ = cells()
    return np.column_stack([to_word == 0, to_word == from_word - 1, to_word == from_word]).astype(float)


def layer(n_heads=5, seed=0):
    """Heads that follow the patterns less and less."""
    rng = np.random.default_rng(seed)
    follows = patterns() @ rng.uniform(0, 1, (3, n_heads))
    return (follows + rng.normal(0, np.linspace(0.2, 3, n_heads), follows.shape)).astype(np.float32)


def heads_of(attention, design=None):
    design = patterns() if design is None else design
    return trivial_reliance(design, attention, cells()[2])["head_reliance"]


def layer_of(attention):
    return {name: value for name, (value,) in _layer(attention).items()}


def _layer(attention):
    return trivial_reliance(patterns(), attention, cells()[2])["layer_reliance"]


def test_every_head_is_a_regression_of_its_own():
    attention = layer().astype(float)
    expected = [LinearRegression().fit(patterns(), y).score(patterns(), y) for y in attention.T]
    np.testing.assert_allclose(heads_of(attention)["r2"], expected, atol=1e-12)
    np.testing.assert_array_equal(heads_of(attention)["head"], range(5))


def test_a_layer_is_the_mean_of_its_heads_and_their_pooled_variance():
    attention, found = layer().astype(float), layer_of(layer())
    heads = heads_of(attention)
    for name in ("r2", "adjusted_r2", "cv_r2"):
        assert found[name] == pytest.approx(heads[name].mean(), abs=1e-14)
    assert found["standard_error"] == pytest.approx(heads["r2"].std(ddof=1) / np.sqrt(5), abs=1e-14)
    fitted = LinearRegression().fit(patterns(), attention).predict(patterns())
    assert found["pooled_r2"] == pytest.approx(fitted.var(axis=0).sum() / attention.var(axis=0).sum(), abs=1e-12)
    assert (found["cell_count"], found["predictor_count"], found["rank"]) == (30 * 45, 3, 3)


@pytest.mark.parametrize("pattern", range(3), ids=["first word", "previous word", "self"])
def test_a_head_that_is_a_pattern_is_explained_by_it(pattern):
    found = heads_of(patterns()[:, [pattern]] * 0.7 + 0.1)
    assert found["r2"] == pytest.approx([1], abs=1e-12)
    assert found["cv_r2"] == pytest.approx([1], abs=1e-12)


def test_a_head_that_looks_at_itself_is_not_explained_by_the_other_patterns():
    itself = patterns()[:, [2]]
    r2 = heads_of(itself, patterns()[:, :2])["r2"][0]
    share = np.corrcoef(patterns()[:, 0], itself[:, 0])[0, 1] ** 2
    assert share < r2 < 0.2


def test_the_order_of_patterns_and_of_cells_does_not_matter():
    attention, expected = layer(), heads_of(layer())
    shuffled = np.random.default_rng(0).permutation(len(attention))
    np.testing.assert_allclose(heads_of(attention, patterns()[:, [2, 0, 1]])["r2"], expected["r2"], atol=1e-13)
    found = trivial_reliance(patterns()[shuffled], attention[shuffled], cells()[2][shuffled])["head_reliance"]
    np.testing.assert_allclose(found["r2"], expected["r2"], atol=1e-13)
    np.testing.assert_allclose(found["cv_r2"], expected["cv_r2"], atol=1e-13)


def test_the_order_of_heads_is_kept():
    np.testing.assert_allclose(heads_of(layer()[:, ::-1])["r2"], heads_of(layer())["r2"][::-1], atol=1e-14)


def test_attention_without_any_pattern_has_a_reliance_near_0():
    noise = np.random.default_rng(1).normal(size=(len(patterns()), 40))
    found = layer_of(noise)
    assert found["r2"] == pytest.approx(3 / (len(noise) - 1), abs=0.001)
    assert found["adjusted_r2"] == pytest.approx(0, abs=0.001)
    assert found["cv_r2"] < 0


def test_a_head_without_variation_has_no_reliance_and_is_not_averaged():
    attention = np.column_stack([layer(), np.full(len(patterns()), 0.25)])
    assert np.isnan(heads_of(attention)["r2"]).tolist() == [False] * 5 + [True]
    assert layer_of(attention) == pytest.approx(layer_of(layer()), abs=1e-14)


def test_a_layer_without_any_variation_has_no_reliance():
    found = layer_of(np.ones((len(patterns()), 3)))
    assert all(np.isnan(found[name]) for name in ("r2", "adjusted_r2", "cv_r2", "standard_error", "pooled_r2"))


def test_a_layer_of_one_head_has_no_standard_error():
    assert np.isnan(layer_of(layer(1))["standard_error"])
    assert layer_of(layer(1))["r2"] == pytest.approx(layer_of(layer(1))["pooled_r2"])


def test_pooling_weighs_heads_by_their_variance():
    assert pooled(np.array([0.5, 0.1, np.nan]), np.array([3.0, 1.0, 0.0])) == pytest.approx(0.4)


def test_a_pattern_given_twice_changes_the_rank_only():
    twice = np.column_stack([patterns(), patterns()[:, 0]])
    found = trivial_reliance(twice, layer(), cells()[2])
    np.testing.assert_allclose(found["head_reliance"]["r2"], heads_of(layer())["r2"], atol=1e-12)
    assert (found["layer_reliance"]["rank"], found["layer_reliance"]["predictor_count"]) == ([3], [4])


def test_fewer_cells_than_patterns_are_refused():
    with pytest.raises(BadInput, match="too few for 3 predictors"):
        trivial_reliance(patterns()[:4], layer()[:4], cells()[2][:4])


def test_readers_are_regressed_as_heads_are():
    found = reader_reliance(patterns(), layer().astype(float), cells()[2])
    for name in ("r2", "adjusted_r2", "cv_r2"):
        np.testing.assert_array_equal(found[name], heads_of(layer())[name])
    assert found["cell_count"].tolist() == [30 * 45] * 5


def test_columns_are_those_of_the_tables():
    declared = analyses()["trivial_reliance"]
    found = trivial_reliance(patterns(), layer(), cells()[2])
    for table in declared.writes:
        assert {*found[table.name], *declared.unit, "run_id", "unit_id"} == set(table.c.keys())
    declared = analyses()["reader_reliance"]
    columns = {*reader_reliance(patterns(), layer(), cells()[2]), *declared.unit, "run_id", "unit_id", "subject_id"}
    assert columns - {"corpus_id", "language_group"} == set(declared.writes[0].c.keys())
