"""Loss and surprisal against transformers' own loss, and against all that could have been said."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ingest.attention.loss import begins_word, sentence_loss, token_log_probabilities, word_surprisal
from ingest.attention.sentences import Sentence


def plain_sentence(ids: tuple[int, ...], owner: list[int], n_words: int) -> Sentence:
    shares = np.zeros((len(ids), n_words + 2), dtype=np.float32)
    shares[np.arange(len(ids)), owner] = 1
    return Sentence(1, "", ids, shares)


@pytest.mark.parametrize("style", ["llama-2", "gpt-2", "opt", "neox", "qwen2", "mistral", "llama-3"])
def test_the_mean_loss_is_the_one_that_transformers_computes(tiny: SimpleNamespace, style: str) -> None:
    sentences = tiny.encoded(style)
    _, predicted = tiny.arrays(tiny.engine_of(style), sentences)
    for sentence in sentences:
        ids = torch.tensor([sentence.ids])
        with torch.no_grad():
            wanted = float(tiny.model_of(style)(input_ids=ids, labels=ids).loss)
        found = sentence_loss(sentence, predicted[sentence.sentence_id][0])
        assert found["loss_mean_nats"] == pytest.approx(wanted, rel=1e-5)
        assert found["predicted_token_count"] == len(sentence) - 1
        assert found["loss_sum_nats"] == pytest.approx(wanted * (len(sentence) - 1), rel=1e-5)
        assert found["loss_per_token_per_length"] == pytest.approx(wanted / len(sentence), rel=1e-5)


def test_the_prefix_is_context_and_not_counted(tiny: SimpleNamespace) -> None:
    alone, prefixed = tiny.encoded("llama-2")[0], tiny.encoded("llama-2", tiny.noise)[0]
    _, predicted = tiny.arrays(tiny.engine_of("llama-2"), [prefixed])
    assert sentence_loss(prefixed, predicted[10][0])["predicted_token_count"] == len(alone) - 1


def test_encoders_predict_no_next_token(tiny: SimpleNamespace) -> None:
    _, predicted = tiny.arrays(tiny.engine_of("bert"), tiny.encoded("bert"))
    assert predicted == {}


def test_loss_is_told_once_and_not_by_every_method(tiny: SimpleNamespace) -> None:
    _, predicted = tiny.arrays(tiny.engine_of("llama-2", "rollout"), tiny.encoded("llama-2"))
    assert predicted == {}


def test_beginnings_of_words_are_those_pieces_that_show_a_space(tiny: SimpleNamespace) -> None:
    for style, mark in (("llama-2", "\u2581"), ("gpt-2", "\u0120")):
        tokenizer = tiny.tokenizer_of(style)
        begins = begins_word(tokenizer)
        assert begins is not None
        assert begins[tokenizer.eos_token_id]
        marked = [i for piece, i in tokenizer.get_vocab().items() if piece.startswith(mark)]
        assert begins[marked].all()
        assert not begins[tokenizer.convert_tokens_to_ids("a")]


def test_a_tokenizer_that_marks_no_beginnings_needs_no_correction(tiny: SimpleNamespace) -> None:
    assert begins_word(tiny.tokenizer_of("bert")) is None


def test_probabilities_of_all_words_sum_to_one() -> None:
    """Pimentel & Meister (2024): with two pieces that begin a word and one that goes on, words are b x*, c x*."""
    bos, b, c, x = 0, 1, 2, 3
    begins = np.array([False, True, True, False])
    places = torch.from_numpy(np.flatnonzero(begins))
    rng = np.random.default_rng(0)
    tables = torch.tensor(rng.normal(size=(4, 4)), dtype=torch.float32)
    tables[:, bos] = -torch.inf  # never said again
    total = uncorrected = 0.0
    for first in (b, c):
        for length in range(60):
            ids = (bos, first, *([x] * length))
            logits = tables[list(ids)]  # what follows depends on the last token only
            tokens, ends = token_log_probabilities(logits, torch.tensor(ids), places).numpy()
            sentence = plain_sentence(ids, [1] + [0] * (length + 1), 1)
            (row,) = zip(*word_surprisal(sentence, tokens, ends, begins).values(), strict=True)
            total += 2 ** -row[1]
            uncorrected += 2 ** -row[2]
    assert total == pytest.approx(1, abs=1e-5)
    assert uncorrected > 1.01


def test_corrections_cancel_between_words_but_for_the_first_and_the_last(tiny: SimpleNamespace) -> None:
    sentence = tiny.encoded("llama-2")[0]
    _, predicted = tiny.arrays(tiny.engine_of("llama-2"), [sentence])
    tokens, ends = predicted[10]
    found = word_surprisal(sentence, tokens, ends, begins_word(tiny.tokenizer_of("llama-2")))
    assert found["word_position"] == list(range(7))
    difference = sum(found["surprisal_bits"]) - sum(found["uncorrected_surprisal_bits"])
    assert difference == pytest.approx((float(ends[0]) - float(ends[-1])) / np.log(2), rel=1e-5)


def test_the_first_word_is_left_out_where_nothing_precedes_it(tiny: SimpleNamespace) -> None:
    sentence = tiny.encoded("gpt-2")[0]
    _, predicted = tiny.arrays(tiny.engine_of("gpt-2"), [sentence])
    found = word_surprisal(sentence, *predicted[10], begins_word(tiny.tokenizer_of("gpt-2")))
    assert found["word_position"] == list(range(1, 7))


def test_a_first_word_that_shows_no_beginning_is_not_divided_by_one(tiny: SimpleNamespace) -> None:
    sentence = tiny.encoded("opt")[0]
    _, predicted = tiny.arrays(tiny.engine_of("opt"), [sentence])
    tokens, ends = predicted[10]
    found = word_surprisal(sentence, tokens, ends, begins_word(tiny.tokenizer_of("opt")))
    last = int(np.flatnonzero(sentence.shares[:, 0])[-1])
    wanted = found["uncorrected_surprisal_bits"][0] - float(ends[last]) / np.log(2)
    assert found["surprisal_bits"][0] == pytest.approx(wanted, rel=1e-5)
