"""Every token belongs to its words, whatever the tokenizer: by character offsets."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.attention.prefixes import Condition
from ingest.attention.tokens import Sentence, encode, encode_all
from ingest.attention.words import Unaligned, word_shares

STYLES = ("llama-2", "mistral", "llama-3", "gpt-2", "opt", "neox", "qwen2", "bert", "t5")
WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), max_codepoint=0x2FFF), min_size=1, max_size=8
)
LETTERS = st.text("abcdeéñüß東京1,2.'-’😀", min_size=1, max_size=7)


def shares(text: str, offsets: list[tuple[int, int]], special: list[bool] | None = None) -> np.ndarray:
    marks = special or [False] * len(offsets)
    return word_shares(text, text.split(), [text[a:b] for a, b in offsets], offsets, marks)


def test_the_tokens_of_one_word_are_wholly_its_own() -> None:
    found = shares("didn't go", [(0, 4), (4, 6), (6, 9)])
    np.testing.assert_array_equal(found, [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]])


def test_a_leading_space_is_the_mark_of_the_word_and_not_part_of_the_one_before() -> None:
    np.testing.assert_array_equal(shares("ab cd", [(0, 2), (2, 5)])[:, :2], [[1, 0], [0, 1]])


def test_a_token_of_nothing_but_space_belongs_to_the_word_that_follows() -> None:
    np.testing.assert_array_equal(shares("ab cd", [(0, 2), (2, 3), (3, 5)])[:, :2], [[1, 0], [0, 1], [0, 1]])


def test_an_empty_span_at_the_start_belongs_to_the_first_word() -> None:
    np.testing.assert_array_equal(shares("ab", [(0, 0), (0, 2)])[:, :1], [[1], [1]])


def test_a_token_that_spans_two_words_is_divided_equally() -> None:
    np.testing.assert_array_equal(shares("ab cd ef", [(0, 2), (2, 8)])[:, :3], [[1, 0, 0], [0, 0.5, 0.5]])


def test_the_pieces_of_one_character_share_its_word() -> None:
    np.testing.assert_array_equal(shares("東 x", [(0, 1), (0, 1), (0, 1), (1, 3)])[:, :2], [[1, 0]] * 3 + [[0, 1]])


def test_the_first_special_token_is_the_sink_and_later_ones_are_outside() -> None:
    found = shares("ab", [(0, 0), (0, 2), (0, 0)], [True, False, True])
    np.testing.assert_array_equal(found, [[0, 1, 0], [1, 0, 0], [0, 0, 1]])


def test_the_words_of_the_prefix_are_outside() -> None:
    offsets = [(0, 2), (2, 3), (3, 6), (6, 9)]
    found = word_shares("Do: it so", ["Do:", "it", "so"], ["Do", ":", "it", "so"], offsets, [False] * 4, 1)
    np.testing.assert_array_equal(found, [[0, 0, 0, 1], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])


def test_a_word_without_a_token_is_named_with_the_tokens() -> None:
    with pytest.raises(Unaligned, match=r"no token stands for the word 'cd'; the tokens are \['ab'\]"):
        shares("ab cd", [(0, 2)])


def test_a_word_that_is_not_in_the_text_is_named() -> None:
    with pytest.raises(Unaligned, match="the word 'x' does not follow at character 0"):
        word_shares("ab", ["x"], ["ab"], [(0, 2)], [False])


def test_words_that_leave_some_of_the_text_are_refused() -> None:
    with pytest.raises(Unaligned, match="'cd' stands after the last word"):
        word_shares("ab cd", ["ab"], ["ab"], [(0, 2)], [False])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("condition", ["plain", "noise"])
def test_every_token_is_divided_among_words_sink_and_outside(tiny: SimpleNamespace, style: str, condition: str) -> None:
    for sentence in tiny.encoded(style, getattr(tiny, condition)):
        np.testing.assert_allclose(sentence.shares.sum(axis=1), 1)
        assert (sentence.shares[:, :-2].sum(axis=0) > 0).all()


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(LETTERS | WORDS, min_size=1, max_size=9))
def test_random_words_are_covered_exactly_once(tiny: SimpleNamespace, style: str, words: list[str]) -> None:
    text = " ".join(words)
    try:
        sentence = encode(1, text, tuple(text.split()), tiny.plain, tiny.tokenizer_of(style))
    except Unaligned as unaligned:  # a normalizer may leave nothing of a character; then that is said
        assert "no token stands for the word" in unaligned.reason
        assert style in {"bert", "t5"}
        return
    own = sentence.shares[:, :-2]
    np.testing.assert_allclose(sentence.shares.sum(axis=1), 1, rtol=1e-6)
    offsets = tiny.tokenizer_of(style)(text, return_offsets_mapping=True)["offset_mapping"]
    spans = _spans(text)
    for (start, end), share in zip(offsets, own, strict=True):
        touched = [w for w, (a, b) in enumerate(spans) if text[max(a, start) : min(b, end)].strip()]
        assert not touched or np.flatnonzero(share).tolist() == touched


def _spans(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    return spans


def test_a_sentence_that_cannot_be_aligned_is_rejected_and_the_others_go_on(tiny: SimpleNamespace) -> None:
    stimulus = tiny.stimulus_of(("It is cold.", "It is \u0301 cold.", "She is here."))
    sentences, rejections = encode_all(stimulus, tiny.plain, tiny.tokenizer_of("bert"), 96)
    assert [s.sentence_id for s in sentences] == [10, 12]
    (rejection,) = rejections
    assert rejection.place == "sentence t.01.02"
    assert "no token stands for the word '\u0301'; the tokens are ['[CLS]', 'it'" in rejection.reason


def test_a_sentence_longer_than_the_context_is_rejected_with_both_numbers(tiny: SimpleNamespace) -> None:
    stimulus = tiny.stimulus_of(("It is cold.", "It is cold. " * 20))
    sentences, (rejection,) = encode_all(stimulus, tiny.plain, tiny.tokenizer_of("gpt-2"), 20)
    assert len(sentences) == 1
    assert "tokens are more than the model's context of 20" in rejection.reason


def test_a_condition_stands_before_the_sentence_and_changes_no_word_of_it(tiny: SimpleNamespace) -> None:
    alone: Sentence = tiny.encoded("llama-2")[0]
    prefixed = encode(10, tiny.sentences[0], tuple(tiny.sentences[0].split()), tiny.noise, tiny.tokenizer_of("llama-2"))
    assert prefixed.text == f"{tiny.noise.prefix} {alone.text}"
    assert prefixed.word_count == alone.word_count == 7
    assert prefixed.shares[:, -1].sum() == len(prefixed) - len(alone)


def test_a_plain_condition_leaves_the_text_as_it_is() -> None:
    assert Condition("plain", "", "").surround("It is cold.") == "It is cold."
