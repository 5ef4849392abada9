"""Which token belongs to which word: by character offsets only.

A tokenizer's own notion of a word is not white space: "didn't" is two or three of its words, and telling it that the
text is split already changes the tokens. So the text is tokenised whole, and the character span of each token is laid
over the spans of the words.
"""

from collections.abc import Sequence

import numpy as np

from warehouse.errors import BadInput


class Unaligned(BadInput):
    """The tokens of a sentence cannot be laid over its words."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason, f"sentence {text!r}", "leave it out, or choose a tokenizer that covers its characters")
        self.reason = reason


def word_spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Find the words in their text, in order.

    Returns
    -------
    list of (int, int)
        First character and the one after the last, of each word.

    Raises
    ------
    Unaligned
        If a word is not there, or something other than white space stands between two words.
    """
    spans, at = [], 0
    for word in words:
        start = text.find(word, at)
        if start < 0 or text[at:start].strip():
            raise Unaligned(f"the word {word!r} does not follow at character {at} of the text", text)
        at = start + len(word)
        spans.append((start, at))
    if text[at:].strip():
        raise Unaligned(f"{text[at:].strip()!r} stands after the last word", text)
    return spans


def words_of_token(text: str, token: tuple[int, int], starts: Sequence[int], ends: Sequence[int]) -> range:
    """Give the words that a token's characters belong to.

    Leading white space is the tokenizer's mark of a word's beginning and is stripped; a token of nothing else belongs
    to the word that follows, or to the last one at the end of the text.
    """
    start, end = token
    start += len(text[start:end]) - len(text[start:end].lstrip())
    first = int(np.searchsorted(ends, start, side="right"))
    last = int(np.searchsorted(starts, end, side="left"))
    if first >= last:
        first = min(first, len(starts) - 1)
        last = first + 1
    return range(first, last)


def word_shares(
    text: str,
    words: Sequence[str],
    tokens: Sequence[str],
    offsets: Sequence[tuple[int, int]],
    is_special: Sequence[bool],
    context_words: int = 0,
    words_after: int = 0,
) -> np.ndarray:
    """Divide the tokens of a text among its words.

    A token within one word is wholly that word's. One that spans several is divided equally. Tokens that hold the
    pieces of one character share its span, so all are its word's.

    Parameters
    ----------
    text : str
        What was tokenised.
    words : sequence of str
        All its words, those before and after the sentence included.
    tokens : sequence of str
        For messages.
    offsets : sequence of (int, int)
        Characters of `text` that each token stands for.
    is_special : sequence of bool
        True for the tokens that the tokenizer added and that stand for no character.
    context_words : int
        How many of the first words are context (the prefix) and not the sentence's own.
    words_after : int
        How many of the last words are.

    Returns
    -------
    ndarray (n_tokens, n_own_words + 2) of float32
        The share of each token in each own word; then, in the last two columns, in the sink (the first special token)
        and in what else is outside the sentence: what stands around it, further special tokens. Each row sums to 1.

    Raises
    ------
    Unaligned
        If some word has no token.
    """
    spans = word_spans(text, words)
    starts, ends = [a for a, _ in spans], [b for _, b in spans]
    shares = np.zeros((len(tokens), len(words) + 2), dtype=np.float32)
    sink = next((t for t, special in enumerate(is_special) if special), None)
    for t, (span, special) in enumerate(zip(offsets, is_special, strict=True)):
        if special:
            shares[t, -2 if t == sink else -1] = 1
        else:
            found = words_of_token(text, span, starts, ends)
            shares[t, found.start : found.stop] = 1 / len(found)
    end = len(words) - words_after
    uncovered = context_words + np.flatnonzero(shares[:, context_words:end].sum(axis=0) == 0)
    if len(uncovered):
        raise Unaligned(f"no token stands for the word {words[uncovered[0]]!r}; the tokens are {list(tokens)}", text)
    return _outside(shares, context_words, end)


def _outside(shares: np.ndarray, first: int, end: int) -> np.ndarray:
    """Count the words before the first own one, and from the end of these on, as outside."""
    own = np.concatenate([shares[:, first:end], shares[:, -2:]], axis=1)
    own[:, -1] += shares[:, :first].sum(axis=1) + shares[:, end:-2].sum(axis=1)
    return own
