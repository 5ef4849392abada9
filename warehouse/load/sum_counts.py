"""Are the sums of an extraction all there, and of what they should be? Asked in the transaction that loads them."""

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.load.consistency import Cells, counted


def sums_of(connection: Connection, extraction_id: int, corpus_id: int, *, is_partial: bool) -> Cells:
    """Count the sums of an extraction beside the sentences of the corpus, and the word pairs that went into each.

    Parameters
    ----------
    connection : psycopg.Connection
        Of the loader.
    extraction_id, corpus_id : int
        Whose sums they are, and the corpus whose sentences they are of.
    is_partial : bool
        Whether sentences may be missing, whole.
    """
    facts = {"corpus": corpus_id, "extraction": extraction_id, "is_causal": True, "is_partial": is_partial}
    return counted(connection, sql.SQL(_SUMS), facts)


def require_summed_readers(connection: Connection, extraction_id: int, name: str) -> None:
    """Require that each sum with a reader is of a sentence and of a reader that were summed, over the same heads.

    Raises
    ------
    BadInput
        Saying how many are not.
    """
    row = connection.execute(_ASTRAY, [extraction_id]).fetchone()
    if row and row[0]:
        what = f"{row[0]:,} of its sums with readers are of another corpus, another reader or other heads"
        raise BadInput(what, name, "extract it again, or copy it again")


# The first sum is that of the products of 1 with itself: the pairs. Of H heads there are (1 + H) (2 + H) / 2 sums.
_SUMS = """
    SELECT
        layer, sentence_id, head_products[1]::bigint AS cell_count,
        (sqrt(8 * cardinality(head_products) + 1)::integer - 3) / 2 AS fewest,
        (sqrt(8 * cardinality(head_products) + 1)::integer - 3) / 2 AS most, 0 AS first, 0 AS last,
        false AS looks_ahead, 1 AS row_count
    FROM model.head_sums
    WHERE extraction_id = %(extraction)s
"""
_ASTRAY = """
SELECT count(*)
FROM model.reader_sums
LEFT JOIN model.head_sums USING (extraction_id, layer, sentence_id)
LEFT JOIN model.summed_reader USING (extraction_id, measure_id, subject_id)
WHERE
    extraction_id = %s
    AND (
        head_products IS NULL OR values_digest IS NULL
        OR cardinality(reader_products) * (cardinality(reader_products) + 1) / 2 <> cardinality(head_products)
    )
"""
