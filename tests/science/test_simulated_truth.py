"""What is planted in the simulated study is found by the analyses, straight on arrays."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from analytics.human_resemblance import human_resemblance
from analytics.noise_ceiling import noise_ceiling
from ingest.simulated_readers.heads import attention
from ingest.simulated_readers.readers import reader_rows
from ingest.simulated_readers.text import write_text
from ingest.simulated_readers.truth import BY_RESEMBLANCE, EXCLUDED, GROUPS, L1, L2, MODELS, Group, Model
from warehouse.load.stored import Stimulus

SEED, READERS = 20231206, 12
KINDS = ("r2", "adjusted_r2", "cv_r2")
MODEL = {model.name: model for model in MODELS}


@cache
def stimulus() -> Stimulus:
    text = write_text(SEED)
    places = np.array([[int(part) - 1 for part in label.split(".")[1:]] for label in text])
    sentences = tuple(sentence.text for sentence in text.values())
    words = tuple(tuple(sentence.split()) for sentence in sentences)
    ids = np.arange(101, 101 + len(text))
    return Stimulus(1, "simulated", ids, places[:, 0], places[:, 1], tuple(text), sentences, words)


@cache
def saccades(group: Group, chosen: range | None = None) -> np.ndarray:
    """Counts of lower-triangle saccades, (n_pairs, n_readers), of those chosen or of all but the excluded one."""
    numbers = chosen or range(1 if EXCLUDED[0] == group.language_group else 0, READERS)
    return np.stack([np.array(list(_counts(group, number))) for number in numbers], axis=1)


def _counts(group: Group, number: int) -> Iterator[int]:
    rows = reader_rows(group, number, write_text(SEED), stimulus(), SEED)
    next(rows)
    rows.send([1])
    _, fixation = rows.send(None)
    path = list(zip(fixation["sentence_id"], fixation["word_position"], strict=True))
    jumps = Counter((s, a, b) for (s, a), (t, b) in pairwise(path) if s == t and None not in (a, b))
    pairs = stimulus().causal_pairs
    for pair in zip(pairs.sentence_id.tolist(), pairs.from_word.tolist(), pairs.to_word.tolist(), strict=True):
        yield jumps[pair]


@dataclass(frozen=True)
class Scores:
    """Means over readers by layer of one model and group, kind by kind."""

    by_layer: dict[str, np.ndarray]

    def best(self, kind: str) -> float:
        return float(self.by_layer[kind].max())


@cache
def scores(model: Model, group: Group) -> Scores:
    text, sentences = write_text(SEED), stimulus()
    governors = {int(i): text[label].governor for i, label in zip(sentences.sentence_id, sentences.label, strict=True)}
    article = np.repeat(sentences.article, sentences.word_count * (sentences.word_count + 1) // 2)
    found = [
        human_resemblance(
            attention(model, layer, sentences.causal_pairs, governors, SEED).astype(float), saccades(group), article
        )
        for layer in range(model.layer_count)
    ]
    return Scores({kind: np.array([np.mean(layer[kind]) for layer in found]) for kind in KINDS})


@cache
def ceilings(group: Group) -> dict[str, float]:
    found = noise_ceiling(saccades(group).astype(float))
    return dict(zip(found["ceiling_kind"], found["ceiling"], strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.language_group)
def test_models_come_out_in_the_planted_order(kind: str, group: Group) -> None:
    best = [scores(MODEL[name], group).best(kind) for name in BY_RESEMBLANCE]
    assert best == sorted(best)
    assert min(np.diff(best)) > 0.003


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.language_group)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_planted_layer_is_the_best(model: Model, group: Group, kind: str) -> None:
    assert np.argmax(scores(model, group).by_layer[kind]) == model.best_layer


@pytest.mark.parametrize("kind", ["group_mean", "leave_one_out"])
def test_readers_of_a_second_language_have_the_higher_ceiling(kind: str) -> None:
    assert ceilings(L2)[kind] > 1.2 * ceilings(L1)[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_is_closer_to_readers_of_a_second_language(model: Model, kind: str) -> None:
    assert scores(model, L2).best(kind) > scores(model, L1).best(kind)


@pytest.mark.parametrize("kind", ["r2", "adjusted_r2"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_also_relative_to_the_group_mean_ceiling(model: Model, kind: str) -> None:
    l1, l2 = (scores(model, group).best(kind) / ceilings(group)["group_mean"] for group in GROUPS)
    assert l2 > l1 + 0.05


def test_no_model_reaches_the_ceiling_of_its_readers() -> None:
    for group in GROUPS:
        assert scores(MODEL["simulated-large"], group).best("cv_r2") < ceilings(group)["leave_one_out"]
