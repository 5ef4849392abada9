"""One function of the cells for all readers, where they read the same sentences and where they did not."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analytics._stats.reading_sets import READERS, divided, reading_sets
from warehouse.errors import BadInput
from warehouse.plugin.columns import Cells

Values = np.ndarray | list[str | None]
UNREAD = "the reader read too little of it"


def by_reader(function: Callable[..., Mapping[str, Values]], columns: Sequence[Cells]) -> dict[str, Values]:
    """Call a function on the cells that each reader read.

    Parameters
    ----------
    function : callable
        Of the columns gives values (n_readers,) by name.
    columns : sequence of Cells
        Predictors, readers (nan where one did not read), ..., sentence.

    Returns
    -------
    dict
        The values of all readers by name: nan, 0 or `UNREAD`, by their kind, for one who read too little.

    Raises
    ------
    BadInput
        All read too little.
    """
    sets = reading_sets(columns[READERS], columns[-1])
    if not sets:
        return dict(function(*columns))
    n_readers, found, refused = sum(len(one.readers) for one in sets), dict[str, Values](), list[BadInput]()
    for one, own in divided(columns, [each for each in sets if each.cell_count]):
        try:
            of_set = function(*own)
        except BadInput as error:
            refused.append(error)
            continue
        for name, values in of_set.items():
            whole = found.setdefault(name, _unknown(values, n_readers))
            for place, value in zip(one.readers.tolist(), values, strict=True):
                whole[place] = value
    if not found:
        raise refused[0] if refused else BadInput("nobody read any of it", "the readers", "take other sentences")
    return found


def _unknown(like: Values, n_readers: int) -> Values:
    if isinstance(like, list):
        return [UNREAD] * n_readers
    return np.full(n_readers, np.nan if like.dtype.kind == "f" else 0, dtype=like.dtype)
