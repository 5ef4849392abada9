"""The rows of a text that people and models read: corpus, articles, sentences, words, word pairs."""

from collections.abc import Generator, Mapping, Sequence

import numpy as np

from warehouse.declarations import Table
from warehouse.plugin.contents import Columns
from warehouse.schema.tables import stimulus

UNSPACED = {
    "zh", "zho", "chi", "cmn", "yue", "wuu", "nan", "hak", "lzh", "ja", "jpn", "th", "tha", "lo", "lao", "km", "khm",
    "my", "mya", "bo", "bod", "dz", "dzo",
}  # fmt: skip
"""Languages that are written without blanks between words."""
Article = Mapping[str, str | Sequence[str]]
"""The sentences of an article in their order: label to text, words separated by white space, or to its words."""


def text_rows(
    corpus: Mapping[str, str | bool], articles: Sequence[Article], first: int = 0
) -> Generator[tuple[Table, Columns], list[int] | None, dict[str, int]]:
    """Yield all rows of a text, to be used with ``yield from`` in the rows of a unit.

    Parameters
    ----------
    corpus : mapping
        Columns of `stimulus.corpus`: ``corpus``, ``language``, ``licence``, ``citation``, and ``is_simulated`` where
        no one has read the text.
    articles : sequence of mapping
        In their order.
    first : int
        The place of the first of them in the corpus, for texts that come in several units.

    Returns
    -------
    dict
        The label of each sentence to its ``sentence_id``.
    """
    corpus_ids = yield stimulus.corpus, {name: [value] for name, value in corpus.items()}
    numbers = list(range(first, first + len(articles)))
    article_ids = yield stimulus.article, {"corpus_id": (corpus_ids or []) * len(numbers), "article_position": numbers}
    sentence_ids = yield stimulus.sentence, _sentences(articles, article_ids or [], str(corpus["language"]))
    labels = [label for article in articles for label in article]
    placed = dict(zip(labels, sentence_ids or [], strict=True))
    words = {placed[label]: _split(text) for article in articles for label, text in article.items()}
    yield stimulus.word, _words(words)
    yield stimulus.word_pair, _word_pairs(words)
    return placed


def _split(text: str | Sequence[str]) -> Sequence[str]:
    return text.split() if isinstance(text, str) else text


def written(words: Sequence[str], language: str) -> str:
    """Join words as their language writes them: without blanks in Chinese, Japanese, Thai and the like.

    Parameters
    ----------
    words : sequence of str
        In their order.
    language : str
        BCP 47, e.g. ``zh-Hant``; in Latin letters, ``zh-Latn``, words are separated.
    """
    first, *other = language.replace("_", "-").lower().split("-")
    if first not in UNSPACED or "latn" in other:
        return " ".join(words)
    return "".join(
        f"{' ' if _is_latin(before[-1:]) and _is_latin(word[:1]) else ''}{word}"
        for before, word in zip(["", *words], words, strict=False)
    )


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _sentences(articles: Sequence[Article], article_ids: Sequence[int], language: str) -> Columns:
    rows = [
        (article_id, position, label, text if isinstance(text, str) else written(text, language), len(_split(text)))
        for article_id, article in zip(article_ids, articles, strict=True)
        for position, (label, text) in enumerate(article.items())
    ]
    names = ("article_id", "sentence_position", "sentence_label", "sentence_text", "word_count")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _words(words: Mapping[int, Sequence[str]]) -> Columns:
    rows = [(sentence_id, place, word) for sentence_id, each in words.items() for place, word in enumerate(each)]
    return dict(zip(("sentence_id", "word_position", "word_text"), zip(*rows, strict=True), strict=True))


def _word_pairs(words: Mapping[int, Sequence[str]]) -> Columns:
    squares = [_canonical_order(len(each)) for each in words.values()]
    sizes = [len(from_word) for from_word, _ in squares]
    from_word, to_word = (np.concatenate(column) for column in zip(*squares, strict=True))
    return {
        "sentence_id": np.repeat(list(words), sizes),
        "from_word": from_word,
        "to_word": to_word,
        "pair_ordinal": np.concatenate([np.arange(size) for size in sizes]),
        "is_causal": to_word <= from_word,
    }


def _canonical_order(word_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give all pairs of a sentence: the lower triangle with diagonal row by row, then the rest row by row."""
    lower, upper = np.tril_indices(word_count), np.triu_indices(word_count, 1)
    return np.concatenate([lower[0], upper[0]]), np.concatenate([lower[1], upper[1]])
