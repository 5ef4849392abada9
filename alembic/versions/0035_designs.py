"""Ridge and Poisson regression of sets of predictors, alone and beside a layer's heads."""

from alembic import op

revision = "0035"
down_revision = "0034"

NONE = """
    INSERT INTO stimulus.predictor_set (predictor_set, description, source)
    VALUES ('none', 'no predictor beside attention', 'built in')
"""
# tables and their keys as they were
KEYS = {
    "resemblance_variant": "run_id, extraction_id, layer, measure_id, subject_id, variant",
    "count_model": "run_id, extraction_id, layer, measure_id, subject_id",
}
JOBS = "('compute ridge_resemblance', 'compute count_model')"


def upgrade() -> None:
    op.execute(NONE)
    for table, key in KEYS.items():
        op.execute(
            f"""
            ALTER TABLE result.{table}
                ADD COLUMN predictor_set TEXT NOT NULL DEFAULT 'none',
                ADD COLUMN fitted TEXT NOT NULL DEFAULT 'heads',
                ADD CONSTRAINT {table}_predictor_set_fk FOREIGN KEY (predictor_set)
                    REFERENCES stimulus.predictor_set (predictor_set),
                ADD CONSTRAINT {table}_fitted_check CHECK (fitted IN ('heads', 'set', 'joint')),
                DROP CONSTRAINT {table}_pk,
                ADD CONSTRAINT {table}_pk PRIMARY KEY ({key}, predictor_set, fitted)
            """
        )
        op.execute(
            f"""
            ALTER TABLE result.{table}
                ALTER COLUMN predictor_set DROP DEFAULT, ALTER COLUMN fitted DROP DEFAULT
            """
        )
    rename("( leave_out=| penalties=)", r"/none/heads\1")


def downgrade() -> None:
    for table, key in KEYS.items():
        # the ledger must not tell of rows that are gone
        op.execute(
            f"""
            WITH gone AS (DELETE FROM result.{table} WHERE predictor_set <> 'none' RETURNING run_id, unit_id)
            DELETE FROM ops.unit USING gone WHERE unit.run_id = gone.run_id AND unit.unit_id = gone.unit_id
            """
        )
        op.execute(
            f"""
            ALTER TABLE result.{table}
                DROP CONSTRAINT {table}_pk,
                DROP COLUMN predictor_set,
                DROP COLUMN fitted,
                ADD CONSTRAINT {table}_pk PRIMARY KEY ({key})
            """
        )
    op.execute("DELETE FROM stimulus.predictor_set WHERE predictor_set = 'none'")
    rename("/none/heads( leave_out=| penalties=)", r"\1")


def rename(old: str, new: str) -> None:
    """Rename units, and what the ledger says they read."""
    of_jobs = f"SELECT run_id FROM ops.run WHERE job IN {JOBS}"
    for table, column in (("run_input", "input_name"), ("unit", "unit_key")):
        op.execute(
            f"""
            UPDATE ops.{table} SET {column} = regexp_replace({column}, '{old}', '{new}')
            WHERE run_id IN ({of_jobs})
            """
        )
