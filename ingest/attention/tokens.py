"""Sentences as a model reads them: token ids, and the word that each token belongs to."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ingest.attention.contexts import NONE, Context, fit_context
from ingest.attention.prefixes import Condition
from ingest.attention.sentences import Sentence
from ingest.attention.words import Unaligned, word_shares
from warehouse import logs
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rejection

ALONE = Condition("alone", "", "")
MARK = "\ue000"
"""Stands for a sentence: a character for private use, which no template knows."""
MOST_IDS = 2**24
"""No vocabulary has as many."""


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


def encode(
    sentence_id: int, text: str, words: tuple[str, ...], condition: Condition, tokenizer: Any, context: Context = NONE
) -> Sentence:
    """Tokenise one sentence under a condition and align it to its words; `Unaligned` if that fails."""
    before, after = surroundings(tokenizer, condition, text, context)
    whole = f"{before}{text}{after}"
    ids, offsets, special = _tokens(whole, condition, tokenizer)
    words_before, words_after = before.split(), after.split()
    shares = word_shares(
        whole,
        (*words_before, *words, *words_after),
        tokenizer.convert_ids_to_tokens(ids),
        offsets,
        special,
        len(words_before),
        len(words_after),
    )
    return Sentence(sentence_id, whole, tuple(ids), shares)


def surroundings(tokenizer: Any, condition: Condition, text: str, context: Context) -> tuple[str, str]:
    """Give what stands before and after a sentence: its context, and what its condition puts around both."""
    if condition.is_chat:
        return in_chat(tokenizer, condition, text, context)
    before, after = condition.surround(context.around(MARK)).split(MARK)
    return before, after


def in_chat(tokenizer: Any, condition: Condition, text: str, context: Context = NONE) -> tuple[str, str]:
    """Give what stands before and after a sentence in the chat template of a tokenizer.

    Raises
    ------
    BadInput
        If it has none, or its template leaves the sentence out, repeats or changes it.
    """
    if not getattr(tokenizer, "chat_template", None):
        remedy = "choose a model that was tuned for chats, or a condition without --chat-template"
        raise BadInput("its tokenizer has no chat template", "the model", remedy)

    def rendered(said: str) -> str:
        messages = condition.messages(context.around(said))
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    try:
        parts, whole = rendered(MARK).split(MARK), rendered(text)
    except Exception as error:  # a template may refuse anything, in an error of its own
        said = f"its chat template refuses this ({str(error).strip().split(chr(10))[0][:200]})"
        raise BadInput(said, "the model", "leave --system out, or choose a condition without a template") from error
    if len(parts) != 2 or whole != text.join(parts):
        raise BadInput("its chat template changes what is said", "the model", "choose a condition without a template")
    return parts[0], parts[1]


def _tokens(whole: str, condition: Condition, tokenizer: Any) -> tuple[list[int], list[tuple[int, int]], list[bool]]:
    """Tokenise a text: ids, the characters of each, and whether it is special.

    The template of a chat writes special tokens out, so none are added, and the first of these is the sink.
    """
    encoded = tokenizer(
        whole, return_offsets_mapping=True, return_special_tokens_mask=True, add_special_tokens=not condition.is_chat
    )
    ids, offsets = list(encoded["input_ids"]), list(encoded["offset_mapping"])
    special = [bool(mark) for mark in encoded["special_tokens_mask"]]
    if condition.is_chat and ids and ids[0] in tokenizer.all_special_ids:
        special[0] = True
    if condition.adds_start and ids[:1] != [start := start_id(tokenizer)]:
        return [start, *ids], [(0, 0), *offsets], [True, *special]
    return ids, offsets, special


def start_id(tokenizer: Any) -> int:
    """Give the id of the start token; `BadInput` if the tokenizer knows none."""
    if tokenizer.bos_token_id is None:
        raise BadInput("its tokenizer knows no start token", "the model", "leave --bos out")
    return int(tokenizer.bos_token_id)


def starts_twice(sentence: Sentence, tokenizer: Any) -> bool:
    """Tell whether a text begins with two start tokens, as where a prefix writes out the one that is added."""
    start = tokenizer.bos_token_id
    return start is not None and sentence.ids[:2] == (start, start)


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
    shares[:, -1] += shares[:, -2]  # a first special token that comes second is not a sink
    shares[:, -2] = 0
    first = np.zeros((1, shares.shape[1]), dtype=np.float32)
    first[0, -2] = 1
    return replace(target, ids=(start, *ids), shares=np.concatenate([first, shares]), source=source)


def encode_all(
    stimulus: Stimulus, condition: Condition, tokenizer: Any, context_length: int | None, start: int | None = None,
    around: Sequence[Context] = (),
) -> tuple[list[Sentence], list[Rejection]]:  # fmt: skip
    """Tokenise a corpus: the sentences that can be aligned and fit into the model, and the others with the reason.

    Parameters
    ----------
    stimulus, condition, tokenizer
        What is read, under which condition, by what.
    context_length : int or None
        Tokens that the model reads.
    start : int, optional
        The id that a decoder begins with: then sentences are as the decoder of an encoder-decoder reads them.
    around : sequence of Context, optional
        Of each sentence; of one that is too long, the first sentences are left out.
    """
    sentences, rejections, cut_count = list[Sentence](), list[Rejection](), 0
    rows = zip(stimulus.sentence_id.tolist(), stimulus.label, stimulus.text, stimulus.words, strict=True)
    for (sentence_id, label, text, words), context in zip(rows, around or [NONE] * len(stimulus), strict=True):
        within = partial(encode, sentence_id, text, words, condition, tokenizer)
        try:
            sentence, is_cut = fit_context(within, context, context_length)
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
            cut_count += is_cut
    _remark(condition, sentences, tokenizer, cut_count)
    return sentences, rejections


def _remark(condition: Condition, sentences: Sequence[Sentence], tokenizer: Any, cut_count: int) -> None:
    if any(starts_twice(sentence.source or sentence, tokenizer) for sentence in sentences):
        logs.remark(
            f"Under the condition {condition.name!r} texts begin with two start tokens: leave out the one that is "
            "written."
        )
    if cut_count:
        logs.remark(
            f"Under the condition {condition.name!r} the model has no room for all sentences before {cut_count:,} of "
            f"{len(sentences):,}: as many were kept as fit, the nearest ones."
        )
