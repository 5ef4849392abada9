"""Whether the models that predict text better resemble readers more."""

import numpy as np

from analytics._stats.choices import by_column, choices
from analytics._stats.line import told
from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference


@analysis(
    over=("slice.extraction_kind", "slice.reader_group"),
    reads=("model_scores",),
    unit=("corpus_id", "condition_id", "method", "measure_id", "language_group"),
    writes=inference.model_fit,
    after=("layer_choice", "unique_variance"),
    shows=("mart.model_fit",),
)
def loss_fit(models: np.ndarray) -> Columns:
    """Correlate next-token loss with the resemblance of each model's best layer, over models.

    Parameters
    ----------
    models : ndarray (n_models,) of records
        ``loss`` [nats, per token and per length], ``resemblance``, ``adjusted_resemblance``, ``cv_resemblance``,
        ``nested_resemblance`` [ratios to the ceiling], ``is_word_aligned``; nan where a value is not known.

    Returns
    -------
    dict
        A row for each choice of models (all; without those that are not aligned to words) and score: Pearson's r, its
        two-sided p, slope and intercept. Fewer than three models give no fit, and ``missing_because`` says so.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023), Figures 5 and 13.
    """
    rows = [
        {**names, "predictor": "loss", **told(m["loss"], m[names["score_kind"]])[0]} for names, m in choices(models)
    ]
    return by_column(rows)
