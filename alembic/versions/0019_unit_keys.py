"""Keys that tell units apart: reliance by the corpus too, tests of divergence by the conditions they are tested against."""

from alembic import op

revision = "0019"
down_revision = "0018"

# The beginnings of keys as they were and as they are: the parameters that follow stay.
RELIANCE = """
SELECT DISTINCT
    layer_reliance.unit_id,
    concat_ws('/', model, condition, extraction.method, '') AS before,
    concat_ws('/', corpus, model, condition, extraction.method, '') AS after
FROM result.layer_reliance
JOIN model.extraction USING (extraction_id)
JOIN model.language_model USING (language_model_id)
JOIN model.condition USING (condition_id)
JOIN stimulus.corpus USING (corpus_id)
"""
DIVERGENCE = """
SELECT DISTINCT
    test.unit_id,
    concat_ws(
        '/', corpus, comparison, lm.model, lc.condition, rm.model, rc.condition, l.method, depth_kind, against,
        rlm.model, rrm.model
    ) AS before,
    concat_ws(
        '/', corpus, comparison, lm.model, lc.condition, rm.model, rc.condition, depth_kind, against,
        rlm.model, rlc.condition, rrm.model, rrc.condition, l.method
    ) AS after
FROM result.divergence_test AS test
JOIN model.extraction AS l ON l.extraction_id = test.left_extraction_id
JOIN model.extraction AS r ON r.extraction_id = test.right_extraction_id
JOIN model.extraction AS rl ON rl.extraction_id = test.reference_left_extraction_id
JOIN model.extraction AS rr ON rr.extraction_id = test.reference_right_extraction_id
JOIN model.language_model AS lm ON lm.language_model_id = l.language_model_id
JOIN model.language_model AS rm ON rm.language_model_id = r.language_model_id
JOIN model.language_model AS rlm ON rlm.language_model_id = rl.language_model_id
JOIN model.language_model AS rrm ON rrm.language_model_id = rr.language_model_id
JOIN model.condition AS lc ON lc.condition_id = l.condition_id
JOIN model.condition AS rc ON rc.condition_id = r.condition_id
JOIN model.condition AS rlc ON rlc.condition_id = rl.condition_id
JOIN model.condition AS rrc ON rrc.condition_id = rr.condition_id
JOIN stimulus.corpus ON corpus.corpus_id = l.corpus_id
"""


def rename(begun: str, old: str, new: str) -> None:
    """Rename units, and what the ledger says they read."""
    named = f"SELECT unit_id, {old} AS old, {new} AS new FROM ({begun}) AS begun"
    op.execute(
        f"""
        UPDATE ops.run_input
        SET input_name = part || ' of ' || named.new || substr(unit_key, length(named.old) + 1)
        FROM ({named}) AS named
        JOIN ops.unit USING (unit_id)
        CROSS JOIN LATERAL jsonb_object_keys(unit.inputs) AS part
        WHERE
            run_input.run_id = unit.run_id AND run_input.input_name = part || ' of ' || unit_key
            AND starts_with(unit_key, named.old)
        """
    )
    op.execute(
        f"""
        UPDATE ops.unit SET unit_key = named.new || substr(unit_key, length(named.old) + 1)
        FROM ({named}) AS named
        WHERE unit.unit_id = named.unit_id AND starts_with(unit_key, named.old)
        """
    )


def upgrade() -> None:
    for begun in (RELIANCE, DIVERGENCE):
        rename(begun, "before", "after")


def downgrade() -> None:
    for begun in (RELIANCE, DIVERGENCE):
        rename(begun, "after", "before")
