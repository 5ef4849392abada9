"""How resemblance grows with the size of a model, and what the line says of sizes that nobody measured."""

from typing import Annotated, Any

import numpy as np

from analytics._stats.choices import by_column, choices
from analytics._stats.line import Line, told
from warehouse.plugin.contents import Columns
from warehouse.plugin.limits import require
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import inference

PREDICTED = (
    "model_choice", "score_kind", "parameter_count", "predicted", "band_low", "band_high",
    "prediction_low", "prediction_high", "is_extrapolation",
)  # fmt: skip


@analysis(
    over=("slice.extraction_kind", "slice.reader_group"),
    reads=("model_scores",),
    unit=("corpus_id", "condition_id", "method", "measure_id", "language_group"),
    writes=(inference.model_fit, inference.scale_prediction),
    after=("layer_choice", "unique_variance"),
    shows=("mart.model_fit", "mart.scale_prediction"),
)
def scale_fit(
    models: np.ndarray,
    *,
    sizes: Annotated[tuple[float, ...], "Billions of parameters to predict the score of."] = (100.0,),
) -> dict[str, Columns]:
    """Fit resemblance on the logarithm of the number of parameters, over pretrained models.

    Parameters
    ----------
    models : ndarray (n_models,) of records
        ``parameter_count``, ``is_pretrained``, ``is_word_aligned``, and the scores of the best layer [ratios]; nan
        where a value is not known.
    sizes : tuple of float
        Sizes of models to predict the score of [billions of parameters].

    Returns
    -------
    dict
        ``model_fit``: as of `loss_fit`, with ``predictor`` the natural logarithm of billions of parameters.
        ``scale_prediction``: the line at the sizes of the models and at `sizes`, with the 95 % band of the mean and the
        95 % prediction interval of a new model; what lies outside the models is an extrapolation.

    Raises
    ------
    BadInput
        One of `sizes` is not positive, or no size at all.

    Notes
    -----
    Source: Gao, Huang, Li and Chen (2023), Figures 7 and 16. The line is one of five points and bounded by nothing: it
    passes 100 %.
    """
    for billions in sizes:
        require("sizes", billions, 1e-6, 1e9)
    fits, predictions = [], []
    for names, chosen in choices(models[models["is_pretrained"]]):
        size, score = chosen["parameter_count"], chosen[names["score_kind"]]
        row, line = told(np.log(size / 1e9), score)
        fits.append({**names, "predictor": "log_parameter_count", **row})
        if line:
            measured = size[~(np.isnan(size) | np.isnan(score))]
            predictions += [{**names, **point} for point in _points(line, measured, np.array(sizes) * 1e9)]
    return {"model_fit": by_column(fits), "scale_prediction": by_column(predictions, PREDICTED)}


def _points(line: Line, measured: np.ndarray, asked: np.ndarray) -> list[dict[str, Any]]:
    """Give the line at each size."""
    points = np.unique(np.concatenate([measured, asked]).round())
    x = np.log(points / 1e9)
    predicted, half, new = line.at(x), line.half_band(x), line.half_band(x, of_new=True)
    columns = {
        "parameter_count": points.astype(np.int64).tolist(),
        "predicted": predicted.tolist(),
        "band_low": (predicted - half).tolist(),
        "band_high": (predicted + half).tolist(),
        "prediction_low": (predicted - new).tolist(),
        "prediction_high": (predicted + new).tolist(),
        "is_extrapolation": ((points < measured.min()) | (points > measured.max())).tolist(),
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
