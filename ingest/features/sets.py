"""What a combination of sets of predictors is made of."""

from collections.abc import Sequence

from ingest.features.rows import surprisal_columns
from warehouse.errors import UnknownName
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Columns
from warehouse.schema.tables import predictors

SURPRISAL = "surprisal:"
"""What stands before the name of a model."""
FIRST_WORDS = ("to position 0", "from position 0")
"""A first word has no surprisal; these predictors take up what stands there."""


def members_of(stored: Stored, of: Sequence[str]) -> tuple[list[int], Columns | None]:
    """Give the predictors that a combination has, and the rows of those that are new with it.

    Raises
    ------
    UnknownName
        There is no such set or model.
    """
    models = [name.removeprefix(SURPRISAL) for name in of if name.startswith(SURPRISAL)]
    sets = [name for name in of if not name.startswith(SURPRISAL)]
    _refuse_unknown("set of predictors", sets, stored.names("stimulus.predictor_set", "predictor_set"))
    _refuse_unknown("model", models, stored.names("model.language_model", "model"))
    known = stored.keys(predictors.predictor)
    first_words = [known[name,] for name in FIRST_WORDS if models]
    members = sorted({*stored.predictor_ids(sets), *first_words})
    return members, surprisal_columns(models) if models else None


def _refuse_unknown(kind: str, chosen: Sequence[str], known: Sequence[str]) -> None:
    for name in chosen:
        if name not in known:
            raise UnknownName(kind, name, known)
