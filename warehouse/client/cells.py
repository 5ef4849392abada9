"""Attention and readers at word pairs, as arrays."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from psycopg import sql
from psycopg.rows import dict_row

from warehouse.client.views import of_view
from warehouse.database.types import Connection
from warehouse.errors import BadInput, UnknownName
from warehouse.slices import Slices


class Cells(NamedTuple):
    """Values at word pairs.

    Attributes
    ----------
    pairs : DataFrame
        One row a cell: ``sentence_label``, ``from_word``, ``to_word``, ``from_text``, ``to_text``; looking back or at
        the same word, by sentence, word looked from, word looked to.
    values : ndarray (n_cells, n_columns)
        Heads of a layer, or readers of a group; nan where there is none.
    columns : list
        The numbers of the heads, or the names of the readers as views have them, e.g. ``L1/sub-02``.
    """

    pairs: Any
    values: np.ndarray
    columns: list[Any]


class Found(NamedTuple):
    """Values (n_cells, n_columns) of a corpus, and what the columns are."""

    corpus_id: int
    values: np.ndarray
    columns: list[Any]


def layer(connection: Connection, chosen: Mapping[str, Any], number: int) -> Found:
    """Give a layer of the one extraction that is chosen.

    Raises
    ------
    UnknownName
        There is none, or it has no such layer.
    BadInput
        There are several.
    """
    work = _with_cells(_one(connection, "slice.extraction", _by_number(connection, chosen)))
    found = connection.execute(_LAYERS, work).fetchone()
    layers = found[0] if found else []
    if number not in layers:
        raise UnknownName("layer", str(number), list(map(str, layers)))
    (values,) = Slices(connection).arrays(["layer"], {**work, "layer": number})
    return Found(work["corpus_id"], values, list(range(values.shape[1])))


def readers(connection: Connection, chosen: Mapping[str, Any]) -> Found:
    """Give the values of the one group of readers that is chosen.

    Raises
    ------
    UnknownName
        There is none.
    BadInput
        There are several.
    """
    work = _one(connection, "slice.reader_group", chosen)
    values, labels = Slices(connection).arrays(["readers", "subject_labels"], work)
    return Found(work["corpus_id"], values, [f"{work['language_group']}/{label}" for label in labels.tolist()])


def attention(connection: Connection, chosen: Mapping[str, Any], sentence: str) -> np.ndarray:
    """Give all attention of the one extraction that is chosen within a sentence; `layer` has the errors.

    Returns
    -------
    ndarray (n_layers, n_heads, n_words, n_words) float32
        By layer in order, head, word looked from, word looked to.
    """
    work = _with_cells(_one(connection, "slice.extraction", _by_number(connection, chosen)))
    rows = connection.execute(_OF_SENTENCE, {**work, "label": sentence}).fetchall()
    if not rows:
        known = connection.execute(_SENTENCES, work).fetchall()
        raise UnknownName("sentence", sentence, [label for (label,) in known])
    layers, from_word, to_word, weights = zip(*rows, strict=True)
    _, place = np.unique(layers, return_inverse=True)
    n_words = max(from_word) + 1
    found = np.zeros((place.max() + 1, len(weights[0]), n_words, n_words), dtype=np.float32)
    found[place, :, list(from_word), list(to_word)] = np.array(weights, dtype=np.float32)
    return found


def _one(connection: Connection, view: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Give the one row of a view that has the chosen values."""
    query, values = of_view(connection, view, chosen)
    rows = connection.cursor(row_factory=dict_row).execute(query + sql.SQL(" LIMIT 2"), values).fetchall()
    if not rows:
        raise _unknown(connection, view, chosen)
    if len(rows) > 1:
        raise _ambiguous(connection, view, chosen, list(rows[0]))
    return rows[0]


def _by_number(connection: Connection, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Choose a corpus by its number, where views of attention do not have its name."""
    if "corpus" not in chosen:
        return dict(chosen)
    rest = {column: value for column, value in chosen.items() if column != "corpus"}
    corpus = _one(connection, "stimulus.corpus", {"corpus": chosen["corpus"]})
    return {"corpus_id": corpus["corpus_id"], **rest}


def _unknown(connection: Connection, view: str, chosen: Mapping[str, Any]) -> BadInput:
    """Tell the first of the values that no row has beside those before it."""
    fitting: dict[str, Any] = {}
    for column, value in chosen.items():
        query, values = of_view(connection, view, fitting, [column])
        known = [one for (one,) in connection.execute(query, values).fetchall()]
        if value not in known:
            return UnknownName(column.replace("_", " "), value, list(map(str, known)))
        fitting[column] = value
    return BadInput("is empty", view, "load something first")


def _ambiguous(connection: Connection, view: str, chosen: Mapping[str, Any], columns: Sequence[str]) -> BadInput:
    """Tell the columns in which the rows that have the chosen values differ."""
    named = [column for column in columns if not column.endswith("_id") or column == "corpus_id"]
    query, values = of_view(connection, view, chosen, named)
    rows = connection.execute(query, values).fetchall()
    differing = [name for name, *found in zip(named, *rows, strict=True) if len(set(map(str, found))) > 1]
    return BadInput(
        f"{len(rows)} fit this choice", view, f"choose one by {', '.join(differing).replace('corpus_id', 'corpus')}"
    )


def _with_cells(work: dict[str, Any]) -> dict[str, Any]:
    """Give an extraction of which cells are kept; refuse another."""
    if work["kept"] == "sums":
        what = "is kept as sums over word pairs, and this needs the word pairs"
        raise BadInput(what, f"attention of {work['model']}", "ingest it again with --keep both")
    return work


PAIRS = """
SELECT
    sentence.sentence_label, word_pair.from_word, word_pair.to_word,
    from_side.word_text AS from_text, to_side.word_text AS to_text
FROM stimulus.article
JOIN stimulus.sentence USING (article_id)
JOIN stimulus.word_pair USING (sentence_id)
JOIN stimulus.word AS from_side
    ON from_side.sentence_id = word_pair.sentence_id AND from_side.word_position = word_pair.from_word
JOIN stimulus.word AS to_side
    ON to_side.sentence_id = word_pair.sentence_id AND to_side.word_position = word_pair.to_word
WHERE article.corpus_id = %(corpus_id)s AND word_pair.is_causal
ORDER BY sentence.sentence_id, word_pair.from_word, word_pair.to_word
"""
_LAYERS = "SELECT array_agg(layer ORDER BY layer) FROM slice.extraction_layer WHERE extraction_id = %(extraction_id)s"
_SENTENCES = """
SELECT sentence_label FROM stimulus.sentence JOIN stimulus.article USING (article_id) WHERE corpus_id = %(corpus_id)s
"""
_OF_SENTENCE = """
SELECT attention.layer, attention.from_word, attention.to_word,
    COALESCE(attention.weights, fn.single_weights(attention.half_weights))
FROM model.attention
JOIN stimulus.sentence USING (sentence_id)
WHERE attention.extraction_id = %(extraction_id)s AND sentence.sentence_label = %(label)s
ORDER BY attention.layer
"""
