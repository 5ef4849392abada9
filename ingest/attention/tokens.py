"""Sentences as a model reads them: token ids, and the word that each token belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ingest.attention.prefixes import Condition
from ingest.attention.words import Unaligned, word_shares
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rejection

ALONE = Condition("alone", "", "")
MOST_IDS = 2**24
"""No vocabulary has as many."""


@dataclass(frozen=True)
class Sentence:
    """One sentence under one condition.

    Attributes
    ----------
    sentence_id : int
        As in the warehouse.
    text : str
        What the model reads, prefix included.
    ids : tuple of int
        Its tokens, special ones included, (n_tokens,).
    shares : ndarray (n_tokens, n_words + 2) of float32
        Token to word; see `words.word_shares`.
    source : Sentence or None
        For the decoder of an encoder-decoder: the same sentence as the encoder reads it.
    """

    sentence_id: int
    text: str
    ids: tuple[int, ...]
    shares: np.ndarray
    source: "Sentence | None" = None

    def __len__(self) -> int:
        return max(len(self.ids), len(self.source.ids) if self.source else 0)

    @property
    def word_count(self) -> int:
        """Its own words, those of the prefix not counted."""
        return int(self.shares.shape[1]) - 2


def require_offsets(tokenizer: Any, name: str) -> None:
    """Refuse a tokenizer that cannot tell which characters a token stands for."""
    if not getattr(tokenizer, "is_fast", False):
        raise BadInput("its tokenizer gives no character offsets", name, "add a tokenizer.json (a fast tokenizer)")


def require_vocabulary(tokenizer: Any, name: str) -> None:
    """Refuse a tokenizer with ids that no model has: what is kept of each id would fill the memory."""
    largest = max(tokenizer.get_vocab().values(), default=0)
    if largest >= MOST_IDS:
        raise BadInput(f"its tokenizer has the token id {largest:,}", name, "get the tokenizer that belongs to it")


def require_known_ids(sentences: Sequence[Sentence], vocabulary_size: int, name: str) -> None:
    """Refuse token ids beyond the model's vocabulary."""
    for sentence in sentences:
        largest = max([*sentence.ids, *(sentence.source.ids if sentence.source else ())])
        if largest >= vocabulary_size:
            what = f"its tokenizer gives the id {largest:,} where the model has {vocabulary_size:,} tokens"
            raise BadInput(what, name, "get the tokenizer that belongs to it")


def encode(sentence_id: int, text: str, words: tuple[str, ...], condition: Condition, tokenizer: Any) -> Sentence:
    """Tokenise one sentence under a condition and align it to its words; `Unaligned` if that fails."""
    whole, context = condition.before(text), condition.prefix.split()
    encoded = tokenizer(whole, return_offsets_mapping=True, return_special_tokens_mask=True)
    ids = encoded["input_ids"]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    special = [bool(mark) for mark in encoded["special_tokens_mask"]]
    shares = word_shares(whole, (*context, *words), tokens, encoded["offset_mapping"], special, len(context))
    return Sentence(sentence_id, whole, tuple(ids), shares)


def for_decoder(source: Sentence, target: Sentence, start: int, special: Sequence[int]) -> Sentence:
    """Let a decoder read a sentence whose source the encoder reads: after its start token, without the end.

    Parameters
    ----------
    source : Sentence
        With what stands around it.
    target : Sentence
        The sentence alone.
    start : int
        The id that a decoder begins with; what is attended to there is sink mass.
    special : sequence of int
        The tokenizer's special ids, one of which may be the end.
    """
    ids, shares = list(target.ids), target.shares.copy()
    if ids[-1] in special:
        ids, shares = ids[:-1], shares[:-1]
    shares[:, -1] += shares[:, -2]  # a first special token that comes second is no sink
    shares[:, -2] = 0
    first = np.zeros((1, shares.shape[1]), dtype=np.float32)
    first[0, -2] = 1
    return replace(target, ids=(start, *ids), shares=np.concatenate([first, shares]), source=source)


def encode_all(
    stimulus: Stimulus, condition: Condition, tokenizer: Any, context_length: int | None, start: int | None = None
) -> tuple[list[Sentence], list[Rejection]]:
    """Tokenise a corpus: the sentences that can be aligned and fit into the context, and the others with the reason.

    With the id `start` that a decoder begins with, sentences are as the decoder of an encoder-decoder reads them.
    """
    sentences, rejections = [], []
    rows = zip(stimulus.sentence_id.tolist(), stimulus.label, stimulus.text, stimulus.words, strict=True)
    for sentence_id, label, text, words in rows:
        try:
            sentence = encode(sentence_id, text, words, condition, tokenizer)
            if start is not None:
                alone = encode(sentence_id, text, words, ALONE, tokenizer)
                sentence = for_decoder(sentence, alone, start, tokenizer.all_special_ids)
        except Unaligned as unaligned:
            rejections.append(Rejection(f"sentence {label}", unaligned.reason, text))
            continue
        if context_length is not None and len(sentence) > context_length:
            reason = f"its {len(sentence)} tokens are more than the model's context of {context_length}"
            rejections.append(Rejection(f"sentence {label}", reason, text))
        else:
            sentences.append(sentence)
    return sentences, rejections
