"""The published and recomputed figures, straight from the files: what the warehouse must give, without the warehouse.

The parser here is a second, literal reading of the files, shared with nothing. Pickles are read with an unpickler that
knows lists and numpy scalars only.
"""

import csv
import os
import pickle
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from analytics._stats.least_squares import fit
from analytics.human_resemblance import human_resemblance
from analytics.noise_ceiling import noise_ceiling

DATA = Path(os.environ.get("WAREHOUSE_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
PUBLISHED_SCORES = DATA / "published" / "expected_results" / "heads_vs_fmri"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (DATA / "golden").is_dir(), reason=f"no real data at {DATA} (set WAREHOUSE_REAL_DATA)"),
]

DATASETS = {"L1": "ds003974", "L2": "ds003988"}
LEFT_OUT = {("L1", "consecutive"): {1}, ("L1", "first_three"): {1},
            ("L2", "consecutive"): {42}, ("L2", "first_three"): {16, 42}}  # fmt: skip
COUNT, DURATION = 0, 1
GROUPS_AND_RULES = [pytest.param(*key, id=" ".join(key)) for key in LEFT_OUT]


@cache
def word_counts() -> dict[tuple[int, int], int]:
    """Words of each sentence by (article, position), counted from 0, in the order of the cells."""
    text = (DATA / "sentences" / "reading_brain.txt").read_text(encoding="utf-8")
    articles = [part.splitlines() for part in text.strip().split("\n\n")]
    return {(a, s): len(line.split()) for a, lines in enumerate(articles) for s, line in enumerate(lines)}


@cache
def fixations_by_sentence(subject: Path) -> dict[tuple[int, int], list[tuple[int | None, float]]]:
    """(word or None when off all words, duration in ms) in time order, other rows left out before."""
    found = {key: [] for key in word_counts()}
    names = {f"t.{a + 1:02d}.{s + 1:02d}": (a, s) for a, s in word_counts()}
    for path in sorted(subject.glob("func/*_events.tsv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if key := names.get(row["SentenceID"]):
                    area, duration = row["CURRENT_FIX_INTEREST_AREA_ID"], float(row["CURRENT_FIX_DURATION"])
                    is_on_text = area != "." and 1 <= int(area) <= word_counts()[key]
                    found[key].append((int(area) - 1 if is_on_text else None, duration))
    return found


def first_three(fixations):
    seen, kept = Counter(), []
    for word, duration in fixations:
        seen[word] += 1
        if word is not None and seen[word] <= 3:
            kept.append((word, duration))
    return kept


def saccades_of(fixations, rule):
    """By sentence the count and the duration of saccades, (2, n_words, n_words): from row to column."""
    found = {key: np.zeros((2, n, n)) for key, n in word_counts().items()}
    for key, matrix in found.items():
        for (here, _), (there, duration) in pairwise(rule(fixations[key])):
            if here is not None and there is not None:
                matrix[:, here, there] += 1, duration
    return found


@cache
def readers(group: str, rule: str):
    """Every reader that is not left out: name -> sentence -> (2, n_words, n_words)."""
    subjects = [path for path in sorted((DATA / "reading_brain" / DATASETS[group]).glob("sub-*"))
                if int(path.name[4:]) not in LEFT_OUT[group, rule]]  # fmt: skip
    make = {"consecutive": list, "first_three": first_three}[rule]
    return {path.name: saccades_of(fixations_by_sentence(path), make) for path in subjects}


def lower(matrices, sentences):
    """Lower triangles with diagonal, row by row, of (..., n, n) matrices, concatenated: (n_cells, ...)."""
    return np.concatenate([matrices[key][(..., *np.tril_indices(n))].T for key, n in sentences.items()])


@cache
def cells_of_readers(group: str, rule: str):
    """(n_cells, 2, n_subjects)."""
    return np.stack([lower(found, word_counts()) for found in readers(group, rule).values()], axis=-1)


def golden(name: str, rule: str = "consecutive"):
    suffix = "" if rule == "consecutive" else f"_{rule}"
    with (DATA / "golden" / f"{name}{suffix}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("group", "rule"), GROUPS_AND_RULES)
def test_saccade_totals_of_every_reader_equal_the_golden_ones(group, rule):
    expected = golden(f"saccade_totals_{group}", rule)
    assert [row["bids_subject"] for row in expected] == list(readers(group, rule))
    for row in expected:
        found = readers(group, rule)[row["bids_subject"]].values()
        whole, lower_triangle = sum(one.sum((1, 2)) for one in found), sum(np.tril(one).sum((1, 2)) for one in found)
        diagonal = sum(np.trace(one[COUNT]) for one in found)
        totals = [whole[COUNT], lower_triangle[COUNT], diagonal, lower_triangle[DURATION]]
        assert totals == [float(value) for value in list(row.values())[2:]], row["bids_subject"]


CEILINGS = {  # counts: with the reader, its standard error, without the reader; durations: with, without
    ("L1", "consecutive"): (51, 0.1772483, 0.0092916, 0.1464541, 0.1593567, 0.1280414),
    ("L2", "consecutive"): (55, 0.2878991, 0.0102375, 0.2626909, 0.2639451, 0.2378364),
    ("L1", "first_three"): (51, 0.1583477, 0.0074191, 0.1267276, 0.1398578, 0.1077988),
    ("L2", "first_three"): (54, 0.2537628, 0.0093183, 0.2266780, 0.2214983, 0.1933332),
}


@pytest.mark.parametrize(("group", "rule"), GROUPS_AND_RULES)
def test_ceilings_equal_those_of_the_method(group, rule):
    cells = cells_of_readers(group, rule)
    count, duration = noise_ceiling(cells[:, COUNT]), noise_ceiling(cells[:, DURATION])
    found = (count["subject_count"][0], count["ceiling"][0], count["standard_error"][0], count["ceiling"][1],
             *duration["ceiling"][:2])  # fmt: skip
    assert found == pytest.approx(CEILINGS[group, rule], abs=6e-8)
    assert count["cell_count"] == [8953] * 3


MODELS = {"gpt2": ("gpt2/large", range(36)), "llama30_layers20to29": ("llama/30B", range(20, 30))}


def attention(model: str, layer: int, sentences):
    """(n_cells, n_heads) as published: sentence by sentence the first n of the padded positions."""
    folder, _ = MODELS[model]
    padded = np.load(DATA / "published" / "model_attention" / folder / f"rb_p1_layer{layer}.npy").astype(float)
    return lower({key: padded[key][:, :n, :n] for key, n in sentences.items()}, sentences)


@cache
def scores(model: str):
    """Per group and rule the scores that the golden files hold, (4, n_layers x n_subjects), layers outermost."""
    article = lower({(a, s): np.full((n, n), a) for (a, s), n in word_counts().items()}, word_counts())
    found = {key: [] for key in LEFT_OUT}
    for layer in MODELS[model][1]:
        heads = attention(model, layer, word_counts())
        for key, rows in found.items():
            result = human_resemblance(heads, cells_of_readers(*key)[:, COUNT], article)
            rows.append([result[name] for name in ("rank", "r2", "adjusted_r2", "cv_r2")])
    return {key: np.concatenate(rows, axis=1) for key, rows in found.items()}


@pytest.mark.parametrize("model", list(MODELS))
@pytest.mark.parametrize(("group", "rule"), GROUPS_AND_RULES)
def test_scores_of_every_layer_and_reader_equal_the_golden_ones(model, group, rule):
    rows = golden(f"{model}_{group}", rule)
    layers = MODELS[model][1]
    assert [row["bids_subject"] for row in rows] == list(readers(group, rule)) * len(layers)
    assert [int(row["layer"]) for row in rows] == [layer for layer in layers for _ in readers(group, rule)]
    expected = [[float(row[name]) for row in rows] for name in ("rank", "r2", "adjusted_r2", "cv_r2")]
    np.testing.assert_allclose(scores(model)[group, rule], expected, rtol=0, atol=1e-9)


BEST = {  # layer, R2, and as parts of the ceilings: R2, adjusted R2, cross-validated R2
    ("L1", "consecutive"): (3, 0.05625465, 0.31738, 0.30546, 0.32681),
    ("L2", "consecutive"): (3, 0.10115122, 0.35134, 0.34435, 0.33834),
    ("L1", "first_three"): (3, 0.05573578, 0.35198, 0.33863, 0.37796),
    ("L2", "first_three"): (3, 0.10283920, 0.40526, 0.39734, 0.40924),
}


@pytest.mark.parametrize(("group", "rule"), GROUPS_AND_RULES)
def test_resemblance_of_gpt2_equals_that_of_the_method(group, rule):
    _, r2, adjusted, held_out = scores("gpt2")[group, rule].reshape(4, 36, -1).mean(axis=2)
    with_reader, without_reader, _ = noise_ceiling(cells_of_readers(group, rule)[:, COUNT])["ceiling"]
    best = int(np.argmax(r2))
    found = (best, r2[best], r2[best] / with_reader, adjusted[best] / with_reader, held_out[best] / without_reader)
    assert found == pytest.approx(BEST[group, rule], abs=6e-6)


class NumbersOnly(pickle.Unpickler):
    """Knows lists and numpy scalars, and nothing else that would have to be looked up."""

    def find_class(self, module, name):
        if (module, name) not in {("numpy.core.multiarray", "scalar"), ("numpy", "dtype")}:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


@cache
def regions(group: str):
    """Record index -> article -> sentence -> matrix; empty records are left out."""
    name = f"activations_angular_p{group[1]}.pkl"
    with (DATA / "published" / "golden_attention" / "roi_activations" / group / name).open("rb") as file:
        records = NumbersOnly(file).load()
    return {index: record for index, record in enumerate(records) if len(record)}


@pytest.mark.parametrize(("group", "empty"), [("L1", {6, 20, 47, 49, 50, 51}), ("L2", {41})])
def test_records_of_the_region_lack_the_readers_of_the_method(group, empty):
    assert set(range({"L1": 52, "L2": 55}[group])) - set(regions(group)) == empty


@pytest.mark.parametrize("group", ["L1", "L2"])
def test_a_record_of_the_region_is_of_the_reader_whose_saccades_have_its_pattern(group):
    sentences = {key: n for key, n in word_counts().items() if (group, *key) != ("L2", 0, 20)}
    subjects = sorted((DATA / "reading_brain" / DATASETS[group]).glob("sub-*"))
    looked = {path.name: saccades_of(fixations_by_sentence(path), list) for path in subjects}
    looked = {name: np.concatenate([one[key][COUNT].ravel() > 0 for key in sentences]) for name, one in looked.items()}
    patterns = np.array(list(looked.values()), dtype=float)
    for index, record in regions(group).items():
        active = np.concatenate([np.ravel(record[a][s]) != 0 for a, s in sentences]).astype(float)
        overlap = patterns @ active / np.maximum(patterns, active).sum(axis=1)
        first, second = np.argsort(-overlap)[:2]
        shift = 2 if group == "L2" and index > 41 else 1  # of sub-42 and sub-43 one has the empty record, one has none
        assert list(looked)[first] == f"sub-{index + shift:02d}"
        assert overlap[first] > 2 * overlap[second]


def scores_of_regions(group: str, sentences):
    """R2 of GPT-2 Large, (36, n_records)."""
    records = [{(a, s): np.asarray(record[a][s], float) for a, s in sentences} for record in regions(group).values()]
    active = np.stack([lower(one, sentences) for one in records], axis=-1)
    layers = (attention("gpt2", layer, sentences) for layer in range(36))
    return np.array([fit(heads, active, np.zeros(len(active))).r2 for heads in layers])


def test_region_scores_of_native_readers_equal_the_published_ones():
    found = scores_of_regions("L1", word_counts())[:, 1:]  # the first record is that of the excluded sub-01
    assert found.shape == (36, 45)
    np.testing.assert_allclose(found, np.load(PUBLISHED_SCORES / "num_1_angular_gpt2_large.npy"), rtol=0, atol=1e-9)


def test_region_scores_of_non_native_readers_equal_the_golden_ones_without_the_odd_sentence():
    sentences = {key: n for key, n in word_counts().items() if key != (0, 20)}
    rows = golden("fmri_angular_L2_without_0_20")
    assert [int(row["record_index"]) for row in rows] == list(regions("L2")) * 36
    expected = np.reshape([float(row["r2"]) for row in rows], (36, -1))
    np.testing.assert_allclose(scores_of_regions("L2", sentences), expected, rtol=0, atol=1e-9)


def test_region_scores_of_non_native_readers_equal_the_published_ones_with_the_odd_sentence_as_12_words():
    found = scores_of_regions("L2", word_counts() | {(0, 20): 12})
    assert found.shape == (36, 54)
    np.testing.assert_allclose(found, np.load(PUBLISHED_SCORES / "num_2_angular_gpt2_large.npy"), rtol=0, atol=1e-9)
