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


def require_summed(connection: Connection, extraction_id: int, name: str) -> None:
    """Require that each sum with a reader or predictor is of a sentence and of one that were summed, over its heads.

    Raises
    ------
    BadInput
        Saying how many are not.
    """
    for kind, keys in (("reader", "measure_id, subject_id"), ("predictor", "predictor_number")):
        row = connection.execute(_ASTRAY.format(kind=kind, keys=keys), [extraction_id]).fetchone()
        if row and row[0]:
            what = f"{row[0]:,} of its sums with {kind}s are of another corpus, another {kind} or other heads"
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
FROM model.{kind}_sums
LEFT JOIN model.head_sums USING (extraction_id, layer, sentence_id)
LEFT JOIN model.summed_{kind} USING (extraction_id, {keys})
WHERE
    extraction_id = %s
    AND (
        head_products IS NULL OR values_digest IS NULL
        OR cardinality({kind}_products) * (cardinality({kind}_products) + 1) / 2 <> cardinality(head_products)
    )
"""
