"""How well a group of readers predicts each of its members: the ceilings reader by reader, and those of the paper."""

from typing import Annotated

import numpy as np

from analytics._stats.by_sentence import BySentence, articles_of, sentence_count
from analytics._stats.ceilings import WithinGroup, by_sentence_r, held_out_r2, in_sample_r2
from analytics._stats.folds import Folds, GroupParts
from analytics._stats.reading_sets import reading_sets
from analytics._stats.shared import LEAST, MOST, Shared
from analytics._stats.spread import Spread
from warehouse.plugin.columns import Cells, together
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import choice


@analysis(
    over=("slice.reader_group",),
    reads=("readers", "article", "sentence"),
    unit=("corpus_id", "measure_id", "language_group"),
    writes=choice.reader_ceiling,
    per="subject_id",
    shows=("mart.reader_ceiling",),
    in_blocks=True,
)
def reader_ceiling(
    readers: Cells,
    article: Cells,
    sentence: Cells,
    *,
    least_readers: Annotated[
        int | None, "Where readers read different sentences: others who must have read one for it to count; usually 2."
    ] = None,
) -> Columns:
    """Predict each reader from the mean of the group, with the reader in it, without, and on articles held out.

    Parameters
    ----------
    readers : Cells (n_cells, n_subjects)
        Saccades of each reader at the same word pairs [counts or ms], or values of a region; nan where the reader did
        not read the sentence.
    article, sentence : Cells (n_cells,) of int
        The article and the sentence of each cell; cells of a sentence stand together.
    least_readers : int or None
        Others who must have read a sentence; None says `shared.LEAST`.

    Returns
    -------
    dict
        By reader: ``ceiling`` and ``leave_one_out_ceiling``, whose means are those of `noise_ceiling`; ``cv_ceiling``,
        the latter predicted for each article from the others, as cross-validated scores are; ``mean_r``, Pearson's r
        with the mean of the group that contains the reader, sentence by sentence, mean over the sentences where both
        vary; ``published_r``, the same with 1 for the first reader; ``sentence_count``, those that counted for the
        reader. nan where a reader does not vary, or is alone.

    Notes
    -----
    Source: the published scripts of Gao, Huang, Li and Chen (2023) for ``published_r``, by which they divide R2 of
    brain regions: the group's mean is added up in the first reader's own array, which is then compared with itself.
    """
    least = LEAST if least_readers is None else least_readers
    require("least_readers", least, 1, MOST)
    if reading_sets(readers, sentence):
        return _of_different_sentences(readers, article, sentence, least)
    spread = Spread.of(readers)
    sums = BySentence(WithinGroup(together(readers, sentence), spread))
    by_article = Folds(GroupParts(sums, articles_of(article, sentence)))
    varies = np.where(spread.length > 0, 1.0, np.nan) if len(spread.mean) > 1 else np.full(len(spread.mean), np.nan)
    mean_r, has_mean = by_sentence_r(sums, spread.gram)
    published = mean_r.copy()
    published[:1] = 1.0 if has_mean else np.nan
    found = {
        "ceiling": in_sample_r2(spread.gram, with_reader=True),
        "leave_one_out_ceiling": in_sample_r2(spread.gram, with_reader=False),
        "cv_ceiling": held_out_r2(by_article),
        "mean_r": mean_r,
        "published_r": published,
    }
    counts = np.full(len(varies), sentence_count(sentence))
    return {**{name: values * varies for name, values in found.items()}, "sentence_count": counts}


def _of_different_sentences(readers: Cells, article: Cells, sentence: Cells, least: int) -> Columns:
    """Predict each reader at the cells of sentences that enough others read too, from the mean of those who did."""
    with_reader, others = (Shared.of(readers, sentence, with_reader=one, least=least) for one in (True, False))
    mean_r = with_reader.mean_r()
    published = mean_r.copy()
    published[:1] = np.where(np.isnan(mean_r[:1]), np.nan, 1.0)
    return {
        "ceiling": with_reader.r2(),
        "leave_one_out_ceiling": others.r2(),
        "cv_ceiling": others.by_group(articles_of(article, sentence)).held_out_r2(),
        "mean_r": mean_r,
        "published_r": published,
        "sentence_count": others.sentence_counts,
    }
