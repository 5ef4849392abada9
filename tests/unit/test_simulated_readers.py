"""The simulated study: small, the same each time, and of the form that the warehouse takes."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ingest.simulated_readers.heads import attention
from ingest.simulated_readers.readers import reader_rows
from ingest.simulated_readers.text import write_text
from ingest.simulated_readers.truth import (
    ARTICLES,
    BY_RESEMBLANCE,
    EXCLUDED_BECAUSE,
    L1,
    L2,
    MODELS,
    SENTENCES_PER_ARTICLE,
    Group,
)
from warehouse.load.stored import Stimulus
from warehouse.load.texts import text_rows
from warehouse.schema.tables import human

SEED = 20231206


@pytest.fixture(scope="module")
def stimulus() -> Stimulus:
    text = write_text(SEED)
    places = np.array([[int(part) - 1 for part in label.split(".")[1:]] for label in text])
    sentences = tuple(sentence.text for sentence in text.values())
    words = tuple(tuple(sentence.split()) for sentence in sentences)
    return Stimulus(1, "simulated", np.arange(len(text)), places[:, 0], places[:, 1], tuple(text), sentences, words)


@pytest.fixture(scope="module")
def governors() -> dict[int, list[int]]:
    return {number: sentence.governor for number, sentence in enumerate(write_text(SEED).values())}


def drive(rows: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Play the warehouse: give each row an id, counted from 1."""
    answer = None
    while True:
        try:
            table, columns = rows.send(answer)
        except StopIteration:
            return
        yield table, columns
        answer = list(range(1, 1 + len(next(iter(columns.values())))))


def reader(group: Group, number: int, stimulus: Stimulus, seed: int = SEED) -> dict[str, dict[str, Any]]:
    rows = drive(reader_rows(group, number, write_text(seed), stimulus, seed))
    return {table.fullname: dict(columns) for table, columns in rows}


def test_the_text_has_five_articles_of_eight_sentences_of_five_to_fourteen_words(stimulus: Stimulus) -> None:
    assert len(stimulus) == ARTICLES * SENTENCES_PER_ARTICLE == 40
    assert 5 <= stimulus.word_count.min() < stimulus.word_count.max() <= 14


def test_the_first_sentence_is_known() -> None:
    sentence = write_text(SEED)["s.01.01"]
    assert sentence.text == "The red window follows the sailor without this window often."
    assert sentence.governor == [0, 0, 0, 2, 3, 3, 3, 6, 6, 3]
    assert sentence.landmark == [0, 0, 2, 3, 3, 3, 3, 3, 3, 3]


def test_every_word_is_governed_by_an_earlier_one_and_the_first_by_itself() -> None:
    for sentence in write_text(SEED).values():
        assert sentence.governor[0] == 0
        assert all(governor < word for word, governor in enumerate(sentence.governor) if word)
        assert all(landmark <= word for word, landmark in enumerate(sentence.landmark))


def test_the_same_seed_makes_the_same_gaze_on_every_machine(stimulus: Stimulus) -> None:
    fixation = reader(L2, 3, stimulus)["human.fixation"]
    assert hashlib.sha256(repr(sorted(fixation.items())).encode()).hexdigest()[:16] == "b7c9006241551ba2"


def test_another_seed_or_reader_makes_another_gaze(stimulus: Stimulus) -> None:
    gazes = [reader(L1, 1, stimulus), reader(L1, 2, stimulus), reader(L2, 1, stimulus)]
    paths = [gaze["human.fixation"]["word_position"] for gaze in gazes]
    assert paths[0] != paths[1] != paths[2] != paths[0]


def test_a_reader_sees_every_sentence_once_and_looks_at_its_words_only(stimulus: Stimulus) -> None:
    rows = reader(L1, 4, stimulus)
    assert sorted(rows["human.reading"]["sentence_id"]) == stimulus.sentence_id.tolist()
    assert rows["human.reading"]["presentation_order"] == list(range(len(stimulus)))
    fixation = rows["human.fixation"]
    counts = stimulus.word_count[np.array(fixation["sentence_id"])]
    on_word = [(word, n) for word, n in zip(fixation["word_position"], counts, strict=True) if word is not None]
    assert len(on_word) < len(counts)
    assert all(0 <= word < n for word, n in on_word)


def test_fixations_follow_each_other_in_time(stimulus: Stimulus) -> None:
    rows = reader(L2, 0, stimulus)
    fixation = rows["human.fixation"]
    sentence_id, start, duration = (np.array(fixation[name]) for name in ("sentence_id", "start_ms", "duration_ms"))
    within = sentence_id[1:] == sentence_id[:-1]
    assert duration.min() > 0
    assert (start[1:] >= (start + duration)[:-1])[within].all()
    assert (np.array(fixation["fixation_ordinal"])[1:] == 0)[~within].all()


def test_readers_have_the_articles_in_different_orders(stimulus: Stimulus) -> None:
    orders = {tuple(reader(L1, number, stimulus)["human.reading"]["sentence_id"]) for number in range(4)}
    assert len(orders) > 1


def test_one_reader_of_the_first_group_is_excluded_with_a_reason(stimulus: Stimulus) -> None:
    excluded = {
        (group.language_group, number): rows["human.exclusion"]
        for group in (L1, L2)
        for number in range(4)
        if "human.exclusion" in (rows := reader(group, number, stimulus))
    }
    assert list(excluded) == [("L1", 0)]
    assert excluded["L1", 0]["excluded_because"] == [EXCLUDED_BECAUSE]


def test_saccades_are_left_to_the_warehouse(stimulus: Stimulus) -> None:
    tables = list(drive(reader_rows(L1, 0, write_text(SEED), stimulus, SEED)))
    assert tables[-1] == (human.saccade, {"subject_id": [1]})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_row_of_every_head_sums_to_one(model: Any, stimulus: Stimulus, governors: dict[int, list[int]]) -> None:
    pairs = stimulus.causal_pairs
    for layer in (0, model.best_layer):
        weights = attention(model, layer, pairs, governors, SEED)
        assert weights.shape == (len(pairs), model.head_count)
        assert weights.dtype == np.float32
        sums = np.add.reduceat(weights.astype(float), np.flatnonzero(pairs.to_word == 0), axis=0)
        np.testing.assert_allclose(sums, 1, atol=1e-6)
        assert weights.min() >= 0


def test_the_best_layer_lies_at_two_thirds_of_the_depth() -> None:
    assert {model.name: model.best_layer for model in MODELS} == {
        "simulated-small": 2,
        "simulated-medium": 3,
        "simulated-large": 5,
        "simulated-medium-tuned": 3,
    }


def test_a_tuned_model_comes_after_the_one_it_was_tuned_from() -> None:
    names = [model.name for model in MODELS]
    assert sorted(names) == sorted(BY_RESEMBLANCE)
    for model in MODELS:
        assert model.base_model is None or names.index(model.base_model) < names.index(model.name)


def test_the_rows_of_a_text_are_its_words_and_all_their_pairs_in_canonical_order() -> None:
    corpus = {"corpus": "toy", "language": "en", "licence": "CC0-1.0", "citation": "nobody"}
    rows = drive(text_rows(corpus, [{"a": "One two"}, {"b": "Three", "c": "Four five six"}]))
    found = {table.fullname: {name: list(values) for name, values in columns.items()} for table, columns in rows}
    assert found["stimulus.corpus"] == {name: [value] for name, value in corpus.items()}
    assert found["stimulus.article"] == {"corpus_id": [1, 1], "article_position": [0, 1]}
    assert found["stimulus.sentence"] == {
        "article_id": [1, 2, 2],
        "sentence_position": [0, 0, 1],
        "sentence_label": ["a", "b", "c"],
        "sentence_text": ["One two", "Three", "Four five six"],
        "word_count": [2, 1, 3],
    }
    assert found["stimulus.word"] == {
        "sentence_id": [1, 1, 2, 3, 3, 3],
        "word_position": [0, 1, 0, 0, 1, 2],
        "word_text": ["One", "two", "Three", "Four", "five", "six"],
    }
    assert found["stimulus.word_pair"] == {
        "sentence_id": [1] * 4 + [2] + [3] * 9,
        "from_word": [0, 1, 1, 0, 0, 0, 1, 1, 2, 2, 2, 0, 0, 1],
        "to_word": [0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 2, 1, 2, 2],
        "pair_ordinal": [0, 1, 2, 3, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        "is_causal": [True] * 3 + [False] + [True] * 7 + [False] * 3,
    }
