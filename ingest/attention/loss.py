"""How well a causal model predicts each token and each word."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from ingest.attention.sentences import Sentence

BITS = 1 / np.log(2)


def begins_word(tokenizer: Any) -> np.ndarray | None:
    """Mark the tokens after which the word before is known to have ended: those that begin a word, or end the text.

    Returns
    -------
    ndarray (n_ids,) of bool, or None
        None for a tokenizer that does not mark beginnings of words in its tokens; there nothing is to be corrected.
    """
    pieces = tokenizer.get_vocab()
    mark = next((m for m in WORD_MARKS if any(piece.startswith(m) for piece in pieces)), None)
    if mark is None:
        return None
    marks = (mark, *LINE_MARKS)
    begins = np.zeros(max(pieces.values()) + 1, dtype=bool)
    begins[[i for piece, i in pieces.items() if piece.startswith(marks)]] = True
    if tokenizer.eos_token_id is not None:
        begins[tokenizer.eos_token_id] = True
    return begins


WORD_MARKS = ("\u2581", "\u0120")
"""How pieces show a space before them: Metaspace (Llama 2, T5), then byte-level (GPT-2, Llama 3). In this order: the
latter is also a letter, the former none."""
LINE_MARKS = ("\u010a", "\n", "<0x20>", "<0x0A>")


LOGIT_ROWS = 256
"""Tokens whose scores are summed over the vocabulary at once."""


def token_log_probabilities(logits: torch.Tensor, ids: torch.Tensor, begins: torch.Tensor | None) -> torch.Tensor:
    """Give the log probability of each token, and of a word's beginning after it.

    Parameters
    ----------
    logits : Tensor (>= n_tokens, vocabulary)
        Of one sentence; what stands beyond the sentence's tokens is padding.
    ids : Tensor (n_tokens,) of int64
        The sentence's tokens, on the same device.
    begins : Tensor (n_beginnings,) of int64, or None
        The ids that `begins_word` marks, on the same device.

    Returns
    -------
    Tensor (2, n_tokens) of float32 [nats]
        Row 0: token t given those before it, nan for the first. Row 1: that what follows token t begins a word;
        0 (certain) without `begins`.
    """
    found = torch.zeros((2, len(ids)), device=logits.device)
    found[0, 0] = torch.nan
    for start in range(0, len(ids), LOGIT_ROWS):
        rows = slice(start, min(start + LOGIT_ROWS, len(ids)))
        scores = logits[rows].float()
        total, following = scores.logsumexp(dim=-1), ids[start + 1 : rows.stop + 1]
        given = scores[: len(following)].gather(1, following.unsqueeze(1)).squeeze(1)
        found[0, start + 1 : rows.stop + 1] = given - total[: len(following)]
        if begins is not None:
            found[1, rows] = scores[:, begins].logsumexp(dim=-1) - total
    return found


def sentence_loss(sentence: Sentence, tokens: np.ndarray) -> dict[str, float]:
    """Sum up one sentence's next-token loss over its own predicted tokens; its prefix is context only.

    ``loss_per_token_per_length`` is the mean divided once more by the number of tokens the model read: the only
    reading under which the figures of Gao et al. (2023), 0.24 for LLaMA, come out.
    """
    own = (sentence.shares[:, :-2].sum(axis=1) > 0) & ~np.isnan(tokens)
    count, total = int(own.sum()), float(-tokens[own].sum(dtype=np.float64))
    mean = total / count if count else float("nan")
    return {
        "loss_sum_nats": total,
        "predicted_token_count": count,
        "token_count": len(sentence),
        "loss_mean_nats": mean,
        "loss_per_token_per_length": mean / len(sentence),
    }


def word_surprisal(
    sentence: Sentence, tokens: np.ndarray, ends: np.ndarray, begins: np.ndarray | None
) -> Mapping[str, list[float]]:
    """Give the surprisal of each word that is predicted, uncorrected and corrected.

    Notes
    -----
    A token that begins a word also tells that the word before has ended. Its own probability is therefore conditional
    on that end, which the word before has still to be charged for (Pimentel & Meister 2024, theorem 1): with
    :math:`Z(s)` the probability that a token which begins a word follows s,

    .. math:: p(w \\mid s) = p(s_w \\mid s) \\; Z(s \\circ s_w) / Z(s).

    Where the word's first token does not mark its beginning (the first word of a text), Z(s) is 1. A word whose first
    token nothing precedes is not predicted, and left out. A token of two words is charged in equal parts.

    Returns
    -------
    mapping
        ``word_position``, ``surprisal_bits`` and ``uncorrected_surprisal_bits``.
    """
    found: dict[str, list[float]] = {"word_position": [], "surprisal_bits": [], "uncorrected_surprisal_bits": []}
    for word in range(sentence.word_count):
        places = np.flatnonzero(sentence.shares[:, word])
        first, last = int(places[0]), int(places[-1])
        if first == 0:
            continue
        plain = -float((tokens[places] * sentence.shares[places, word]).sum(dtype=np.float64))
        marks_beginning = begins is not None and bool(begins[sentence.ids[first]])
        corrected = plain - float(ends[last]) + (float(ends[first - 1]) if marks_beginning else 0.0)
        found["word_position"].append(word)
        found["surprisal_bits"].append(corrected * BITS)
        found["uncorrected_surprisal_bits"].append(plain * BITS)
    return found
