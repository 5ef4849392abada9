"""What attention holds, as one checksum: the same in whatever order its rows are kept and under whatever numbers.

Sentences go in by their labels, which are the same in every warehouse, and weights as single-precision numbers, however
they are stored. The hash is PostgreSQL's own, as in checksums of tables: it finds what was lost, doubled or altered,
and is not a signature.
"""

from psycopg import sql

from warehouse.database.types import Connection


def attention_checksum(connection: Connection, extraction_id: int, table: str = "attention") -> str:
    """Give the number of rows of an extraction and a hash of them, e.g. ``"7700-0f3a5b7c9d1e2f40"``.

    Parameters
    ----------
    connection : psycopg.Connection
        Of a role that sees the rows.
    extraction_id : int
        Whose rows are hashed.
    table : str
        The table of schema `model` that it is in: a partition does not belong to `attention` before it is complete.
    """
    row = connection.execute(_CHECKSUM.format(sql.Identifier("model", table)), [extraction_id]).fetchone()
    count, total = row or (0, None)
    return f"{count}-{int(total or 0) % 2**64:016x}"


_CHECKSUM = sql.SQL("""
SELECT count(*), sum(hashtextextended(hash_record_extended(cell, 0)::text, 0))
FROM (
    SELECT sentence_label, layer, from_word, to_word, COALESCE(weights, fn.single_weights(half_weights)) AS weights
    FROM {} AS attention
    JOIN stimulus.sentence ON sentence.sentence_id = attention.sentence_id
    WHERE extraction_id = %s
) AS cell
""")
