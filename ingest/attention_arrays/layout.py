"""Where the words of a corpus lie in padded arrays (articles, sentences, heads, words, words)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Pairs


@dataclass(frozen=True)
class Layout:
    """The word pairs of a corpus as places in a flattened array.

    Attributes
    ----------
    stimulus : Stimulus
    words : ndarray (articles, sentences) of int64
        Words of each sentence; 0 where the padded array has room for one that the corpus does not have.
    cells : ndarray (n_pairs, n_heads) of int64
        Where the weights of `pairs` are in the flattened array.
    fillable : ndarray of int64
        Where a weight other than 0 may be: `cells`, or whole triangles if more rows than words are accepted.
    rows : ndarray (n_rows,) of int64
        The first pair of each word that looks.
    """

    stimulus: Stimulus
    words: np.ndarray
    cells: np.ndarray
    fillable: np.ndarray
    rows: np.ndarray

    @property
    def pairs(self) -> Pairs:
        """The lower triangles of all sentences; the same object each time."""
        return self.stimulus.causal_pairs

    def label(self, pair: int) -> str:
        """Give the name of the sentence that a pair belongs to."""
        sentence = np.searchsorted(self.stimulus.sentence_id, self.pairs.sentence_id[pair])
        return self.stimulus.label[int(sentence)]

    @classmethod
    def of(cls, stimulus: Stimulus, shape: Sequence[int], is_cropped: bool) -> "Layout":
        """Lay a corpus out in arrays of the given shape; `is_cropped`: more rows than words are accepted."""
        words = np.zeros(shape[:2], dtype=np.int64)
        words[stimulus.article, stimulus.position] = stimulus.word_count
        pairs = stimulus.causal_pairs
        sizes = stimulus.word_count * (stimulus.word_count + 1) // 2
        cells = _places(stimulus, shape, np.repeat(np.arange(len(stimulus)), sizes), pairs.from_word, pairs.to_word)
        fillable = _triangles(stimulus, shape) if is_cropped else cells
        return cls(stimulus, words, cells, fillable, np.flatnonzero(pairs.to_word == 0))


def _triangles(stimulus: Stimulus, shape: Sequence[int]) -> np.ndarray:
    from_row, to_row = np.tril_indices(shape[3])
    sentence = np.repeat(np.arange(len(stimulus)), len(from_row))
    return _places(stimulus, shape, sentence, *np.tile([from_row, to_row], len(stimulus)))


def _places(
    stimulus: Stimulus, shape: Sequence[int], sentence: np.ndarray, from_word: np.ndarray, to_word: np.ndarray
) -> np.ndarray:
    """Give the flat places (n_pairs, n_heads) of pairs told by the index of their sentence and two words."""
    places = np.ravel_multi_index((stimulus.article, stimulus.position, 0, 0, 0), tuple(shape))[sentence]
    places += from_word * shape[4] + to_word
    return np.asarray(places[:, None] + np.arange(shape[2]) * (shape[3] * shape[4]))


def check_shape(stimulus: Stimulus, shape: Sequence[int], where: object) -> None:
    """Refuse arrays without room for exactly the articles and sentences of the corpus and for its longest sentence."""
    articles, sentences = int(stimulus.article.max()) + 1, int(stimulus.position.max()) + 1
    remedy = f"check that the arrays are of the corpus {stimulus.corpus!r}"
    if tuple(shape[:2]) != (articles, sentences):
        what = f"has {shape[0]} articles of {shape[1]} sentences where the corpus has {articles} of at most {sentences}"
        raise BadInput(what, where, remedy)
    longest = int(stimulus.word_count.argmax())
    if shape[3] < stimulus.word_count[longest]:
        what = f"has {shape[3]} rows where {stimulus.label[longest]} has {stimulus.word_count[longest]} words"
        raise BadInput(what, where, remedy)
