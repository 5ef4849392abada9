"""Sums that are added to an extraction whose cells are there: for readers who came later, or for the first time."""

import numpy as np

from warehouse.database.types import Connection
from warehouse.load import copying
from warehouse.load.sums import Summing
from warehouse.plugin.contents import Block, Pairs
from warehouse.schema.tables import model
from warehouse.slices.attention import layer_weights
from warehouse.slices.predictors import Places
from warehouse.slices.summed import whole_articles

OF_SUMS = (model.reader_sums, model.predictor_sums, model.head_sums, model.summed_reader, model.summed_predictor)


def add_sums(connection: Connection, extraction_id: int, summing: Summing) -> None:
    """Form the sums of an extraction from its cells, in place of those it has, in the transaction that is open.

    Parameters
    ----------
    connection : psycopg.Connection
        That of the loader.
    extraction_id : int
        A complete one that keeps cells.
    summing : Summing
        What adds them up, with the readers and predictors there are.
    """
    for table in OF_SUMS:
        connection.execute(f"DELETE FROM {table.fullname} WHERE extraction_id = %s", [extraction_id])
    row = connection.execute(_ALSO_SUMS, [summing.summed_by, extraction_id]).fetchone()
    for table, columns in summing.summed():
        copying.copy_new(connection, table, {"extraction_id": extraction_id, **columns})
    for rows in whole_articles(summing.corpus):
        part = summing.corpus.part(rows)
        places = Places.of(part)
        for layer in row[0] if row else ():
            weights = layer_weights(summing.reading, part, extraction_id, layer)
            held = ~np.isnan(weights[:, 0])
            pairs = Pairs(places.sentence_id[held], places.from_word[held], places.to_word[held])
            summing.add(Block(layer, pairs, weights[held]))
        for table, columns in summing.take():
            copying.copy_new(connection, table, {"extraction_id": extraction_id, **columns})


_ALSO_SUMS = """
UPDATE model.extraction SET kept = 'both', summed_by = %s WHERE extraction_id = %s RETURNING layers
"""
