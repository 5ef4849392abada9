"""What a model has read of the same text when it reads a sentence: nothing, the sentences before it, or its page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ingest.attention.sentences import Sentence
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus


@dataclass(frozen=True)
class Context:
    """The sentences of a text that stand before a sentence, and those that stand after it."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def around(self, text: str) -> str:
        """Give a sentence with its context."""
        return " ".join((*self.before, text, *self.after))

    def last(self, count: int) -> "Context":
        """Give no more than so many sentences before it."""
        return Context(self.before[len(self.before) - count :] if count else (), self.after)


NONE = Context()


def contexts(stimulus: Stimulus, kind: str, pages: Mapping[int, int]) -> list[Context]:
    """Give the context of each sentence of a corpus.

    Parameters
    ----------
    stimulus : Stimulus
        The corpus.
    kind : str
        ``previous-sentences``: those of its article before it; ``page``: all others that were on one screen with it;
        empty: none.
    pages : mapping of int to int
        For pages: ``sentence_id`` to the same number for all sentences of a page, from `Stored.pages`.

    Raises
    ------
    BadInput
        If no two sentences were on one screen.
    """
    if not kind:
        return [NONE] * len(stimulus)
    groups = stimulus.article.tolist() if kind == "previous-sentences" else list(_pages(stimulus, pages))
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    return [_within(stimulus, place, members[group], kind == "page") for place, group in enumerate(groups)]


def _within(stimulus: Stimulus, place: int, group: list[int], has_after: bool) -> Context:
    ordered = sorted(group, key=lambda other: (stimulus.article[other], stimulus.position[other]))
    at = ordered.index(place)
    after = ordered[at + 1 :] if has_after else []
    return Context(tuple(stimulus.text[i] for i in ordered[:at]), tuple(stimulus.text[i] for i in after))


def _pages(stimulus: Stimulus, pages: Mapping[int, int]) -> Iterator[int]:
    found = [pages.get(sentence_id, sentence_id) for sentence_id in stimulus.sentence_id.tolist()]
    if len(set(found)) == len(found):
        what = "no two of its sentences were on one screen, as far as its readings tell"
        raise BadInput(what, f"corpus {stimulus.corpus!r}", "choose --context previous-sentences, or leave it out")
    yield from found


def fit_context(encode: Callable[[Context], Sentence], context: Context, most: int | None) -> tuple[Sentence, bool]:
    """Encode a sentence with as many of the sentences before it as fit; tell whether these are fewer than there are.

    Parameters
    ----------
    encode : callable
        Encodes the sentence within a context.
    context : Context
        All of it. What stands after the sentence is never left out.
    most : int or None
        Tokens that the model reads.
    """
    tried = context if most is None else context.last(min(len(context.before), most))
    sentence = encode(tried)
    if most is None or len(sentence) <= most or context.after:
        return sentence, tried != context
    fits, too_many = 0, len(tried.before)
    sentence = encode(context.last(0))
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        longer = encode(context.last(middle))
        fits, too_many, sentence = (middle, too_many, longer) if len(longer) <= most else (fits, middle, sentence)
    return sentence, bool(context.before)
