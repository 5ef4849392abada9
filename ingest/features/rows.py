"""The rows of features and of sets of predictors."""

from collections.abc import Sequence

import numpy as np

from ingest.features.columns import Features
from warehouse.plugin.contents import Columns, Rows
from warehouse.schema.tables import predictors

SIDES = {"from": "of the word looked from", "to": "of the word looked to"}


def feature_rows(features: Features, name: str) -> Rows:
    """Yield the features, their values, the predictors that they become and, by name, the set of these."""
    yield from features.rejections
    names, corpus_id = list(features.values), features.stimulus.corpus_id
    ids = yield predictors.feature, {
        "corpus_id": [corpus_id] * len(names), "feature": names, "source": [features.source] * len(names),
    }  # fmt: skip
    is_pairwise = len(features.places) > 1
    table = predictors.pair_feature if is_pairwise else predictors.word_feature
    for feature_id, values in zip(ids or [], features.values.values(), strict=True):
        yield table, _values(features, feature_id, values)
    if name:
        made = yield predictors.predictor, _pair_predictors(names) if is_pairwise else _word_predictors(names)
        yield from _set(name, f"features {', '.join(names)}", features.source, made or [])


def set_rows(name: str, of: Sequence[str], members: Sequence[int], new: Columns | None) -> Rows:
    """Yield a set of predictors that are there, and of new ones."""
    made = (yield predictors.predictor, new) if new else []
    yield from _set(name, " + ".join(of), "combined", sorted({*members, *(made or [])}))


def surprisal_columns(models: Sequence[str]) -> Columns:
    """Give the predictors that are the surprisal of words under some models."""
    rows = [(f"surprisal under {model} {said}", "surprisal", side, model) for model in models
            for side, said in SIDES.items()]  # fmt: skip
    return dict(zip(("predictor_name", "predictor_kind", "of_word", "model"), zip(*rows, strict=True), strict=True))


def _values(features: Features, feature_id: int, values: np.ndarray) -> Columns:
    known = ~np.isnan(values)
    sentence, *places = features.where[known].T
    return {
        "feature_id": [feature_id] * int(known.sum()),
        "sentence_id": features.stimulus.sentence_id[sentence],
        **dict(zip(features.places, places, strict=True)),
        "feature_value": values[known],
    }


def _word_predictors(names: Sequence[str]) -> Columns:
    rows = [(f"{name} {said}", "word_feature", side, name) for name in names for side, said in SIDES.items()]
    return dict(zip(("predictor_name", "predictor_kind", "of_word", "feature"), zip(*rows, strict=True), strict=True))


def _pair_predictors(names: Sequence[str]) -> Columns:
    return {
        "predictor_name": [f"{name} of the pair" for name in names],
        "predictor_kind": ["pair_feature"] * len(names),
        "feature": list(names),
    }


def _set(name: str, description: str, source: str, members: Sequence[int]) -> Rows:
    yield predictors.predictor_set, {"predictor_set": [name], "description": [description], "source": [source]}
    yield predictors.predictor_set_member, {"predictor_set": [name] * len(members), "predictor_id": list(members)}
