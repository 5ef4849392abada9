"""What each layer gives to no word, kept when attention is loaded."""

from alembic import op

revision = "0040"
down_revision = "0039"

UPGRADE = (
    """
    CREATE TABLE model.layer_sink (
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        word_total INTEGER NOT NULL,
        weight_sums DOUBLE PRECISION[] NOT NULL,
        sink_sums DOUBLE PRECISION[] NOT NULL,
        outside_sums DOUBLE PRECISION[] NOT NULL,
        CONSTRAINT layer_sink_pk PRIMARY KEY (extraction_id, layer),
        CONSTRAINT layer_sink_extraction_id_fk FOREIGN KEY (extraction_id) REFERENCES model.extraction (extraction_id)
    )
    """,
    # a half that was loaded before has no sums, and would lack in those of the whole: it is loaded anew
    "UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_status = 'loading'",
    """
    INSERT INTO model.layer_sink (extraction_id, layer, word_total, weight_sums, sink_sums, outside_sums)
    SELECT extraction_id, layer, max(word_total), array_agg(weight_sum ORDER BY head), '{}', '{}'
    FROM (
        SELECT
            extraction_id,
            layer,
            given.head,
            -- every word has one cell on the diagonal
            count(*) FILTER (WHERE to_word = from_word) AS word_total,
            sum(given.weight::double precision) AS weight_sum
        FROM model.attention
        CROSS JOIN LATERAL unnest(weights) WITH ORDINALITY AS given (weight, head)
        WHERE extraction_id IN (SELECT extraction_id FROM model.extraction WHERE extraction_status = 'complete')
        GROUP BY extraction_id, layer, given.head
    ) AS by_head
    GROUP BY extraction_id, layer
    """,
    """
    UPDATE model.layer_sink
    SET sink_sums = of_tokens.sink_sums, outside_sums = of_tokens.outside_sums
    FROM (
        SELECT
            extraction_id,
            layer,
            array_agg(sink_sum ORDER BY head) AS sink_sums,
            array_agg(outside_sum ORDER BY head) AS outside_sums
        FROM (
            SELECT
                extraction_id,
                layer,
                mass.head,
                sum(mass.sink::double precision) AS sink_sum,
                sum(mass.outside::double precision) AS outside_sum
            FROM model.attention_sink
            CROSS JOIN LATERAL unnest(sink_mass, outside_mass) WITH ORDINALITY AS mass (sink, outside, head)
            GROUP BY extraction_id, layer, mass.head
        ) AS by_head
        GROUP BY extraction_id, layer
    ) AS of_tokens
    WHERE of_tokens.extraction_id = layer_sink.extraction_id AND of_tokens.layer = layer_sink.layer
    """,
)


def upgrade() -> None:
    for statement in UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE model.layer_sink")
