"""What a choice of the layer without an article goes by, and the errors of each layer on that article."""

import numpy as np

from analytics._stats.by_sentence import articles_of
from analytics._stats.folds import Folds, GroupParts
from analytics._stats.held_out import every_fold, without_each
from analytics._stats.reading_sets import divided, reading_sets
from analytics._stats.sums import Sums
from warehouse.plugin.columns import ALL, Cells, Groups
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import choice


@analysis(
    over=("slice.extraction_layer", "slice.reader_group"),
    reads=("layer", "readers", "article", "subject_labels", "groups", "sentence"),
    unit=("extraction_id", "layer", "measure_id", "language_group"),
    piece=("extraction_id", "layer"),
    writes=choice.article_score,
    after=("human_resemblance",),
    in_blocks=True,
    from_sums="article",
)
def article_score(
    layer: Cells,
    readers: Cells,
    article: Cells,
    subject_labels: np.ndarray,
    groups: Groups = ALL,
    sentence: Cells | None = None,
) -> list[Columns]:
    """Hold each article out of a layer, and score the layer within the others, as a choice without it would.

    Parameters
    ----------
    layer : Cells (n_cells, n_heads)
        Attention from a word to an earlier one or itself.
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same cells [counts or ms], or values of a region; nan where the reader did not
        read the sentence: then the reader's articles are those of what was read.
    article : Cells (n_cells,) of int
        The article of each cell.
    subject_labels : ndarray (n_subjects,) of str
        Who the readers are, by the source's names.
    groups : sequence of slice
        The columns of each group of readers.
    sentence : Cells (n_cells,) of int or None
        The sentence of each cell. None says that all readers read all.

    Returns
    -------
    list of dict
        Of each group a row per article: ``choice_r2``, the mean over readers of the cross-validated R2 within the other
        articles; ``reader_errors``, each reader's squared error on the article over the reader's squares of all
        articles about their training means, in the order of ``subject_labels``, nan for a reader without variation; and
        ``held_out_error``, their mean over readers. One minus the sum over articles is the cross-validated R2.

    Notes
    -----
    Within what an article leaves the others are held out in turn, more than ten of them in ten groups of neighbours.
    Source: Cawley & Talbot (2010) for choosing inside the cross-validation.
    """
    names, choice, shares = _scores(layer, readers, article, sentence)
    return [_of_group(names, choice[:, of], shares[:, of], subject_labels[of]) for of in groups]


def _scores(
    layer: Cells, readers: Cells, article: Cells, sentence: Cells | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the articles, and of each reader the score within the others and the error, nan for what was not read."""
    sets = [] if sentence is None else reading_sets(readers, sentence)
    if sentence is None or not sets:
        return _of_same_sentences(layer, readers, article)
    names = np.unique(articles_of(article, sentence))
    choice, shares = np.full((2, len(names), sum(len(one.readers) for one in sets)), np.nan)
    for one, (some, of_set, articles, _) in divided((layer, readers, article, sentence), sets):
        read, *found = _of_same_sentences(some, of_set, articles)
        where = np.ix_(np.searchsorted(names, read), one.readers)
        choice[where], shares[where] = found
    return names, choice, shares


def _of_same_sentences(layer: Cells, readers: Cells, article: Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sums = Sums.of(layer, readers, article)
    folds, varies = Folds(GroupParts(sums.by_sentence, sums.sentences)), sums.varies
    n_articles = len(folds.names)
    shares, choice = np.full((n_articles, len(varies)), np.nan), without_each(folds)
    if n_articles > 1:
        found = every_fold(folds)
        shares[:, varies] = found.sse[:, varies] / found.sst[:, varies].sum(axis=0)
    choice[:, ~varies] = np.nan
    return folds.names, choice, shares


def _of_group(articles: np.ndarray, choice: np.ndarray, shares: np.ndarray, labels: np.ndarray) -> Columns:
    """Give the rows of a group from the scores and shares of its readers, (n_articles, n_readers)."""
    return {
        "article_position": articles,
        "choice_r2": _means(choice),
        "held_out_error": _means(shares),
        "reader_errors": shares.tolist(),
        "subject_labels": [labels.tolist()] * len(articles),
    }


def _means(by_reader: np.ndarray) -> list[float | None]:
    """Average over readers, (n_articles, n_readers); None where there is none."""
    known = (row[~np.isnan(row)] for row in by_reader)
    return [float(row.mean()) if len(row) else None for row in known]
