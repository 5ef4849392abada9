"""Are the rows of an array words or tokens? Each sentence's filled size against its words."""

import numpy as np

from ingest.attention_arrays.layout import Layout
from warehouse.errors import BadInput

EXAMPLES = 3


def filled_sizes(array: np.ndarray) -> np.ndarray:
    """Count the rows up to the last that is not all zero.

    Parameters
    ----------
    array : ndarray (articles, sentences, heads, words, words)
        Of one layer, zero-padded.

    Returns
    -------
    ndarray (articles, sentences) of int64
    """
    is_filled = (array != 0).any(axis=(2, 4))
    ordinals = np.arange(1, array.shape[3] + 1)
    return np.asarray((is_filled * ordinals).max(axis=-1), dtype=np.int64)


def token_level(sizes: np.ndarray, layout: Layout, where: object) -> str | None:
    """Tell how the sizes differ from the words if they are those of tokens; None if every size is right.

    Parameters
    ----------
    sizes : ndarray (articles, sentences)
        Filled rows of each sentence.
    layout : Layout
        Where the words of each sentence lie in the array.
    where : object
        Named in errors.

    Raises
    ------
    BadInput
        A sentence that the corpus does not have, or one with fewer rows than words: no crop makes words of those.
    """
    _check_number(sizes, layout, where)
    _check_enough(sizes, layout, where)
    more = sizes > layout.words
    if not more.any():
        return None
    return f"{_count(more, layout)} have more rows than words ({_examples(more, sizes, layout)})"


def _check_number(sizes: np.ndarray, layout: Layout, where: object) -> None:
    article, position = np.nonzero((sizes > 0) & (layout.words == 0))
    if len(article):
        what = f"article {article[0]} holds a sentence {position[0]} that the corpus does not have"
        raise BadInput(what, where, f"check that it is of the corpus {layout.stimulus.corpus!r}")


def _check_enough(sizes: np.ndarray, layout: Layout, where: object) -> None:
    fewer = sizes < layout.words
    if fewer.any():
        what = f"{_count(fewer, layout)} have fewer rows than words ({_examples(fewer, sizes, layout)})"
        raise BadInput(
            what, where, f"check that it is of the corpus {layout.stimulus.corpus!r} and that no row was cut"
        )


def _count(chosen: np.ndarray, layout: Layout) -> str:
    return f"{np.count_nonzero(chosen)} of {len(layout.stimulus)} sentences"


def _examples(chosen: np.ndarray, sizes: np.ndarray, layout: Layout) -> str:
    stimulus = layout.stimulus
    where = np.flatnonzero(chosen[stimulus.article, stimulus.position])[:EXAMPLES]
    rows = sizes[stimulus.article, stimulus.position]
    told = [f"{stimulus.label[i]} has {rows[i]} rows for {stimulus.word_count[i]} words" for i in where]
    return ", ".join(told) + (", ..." if np.count_nonzero(chosen) > EXAMPLES else "")
