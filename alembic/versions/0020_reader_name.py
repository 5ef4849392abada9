"""One name of a reader in a corpus: group and label together, unique and found by index."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute(
        "CREATE UNIQUE INDEX subject_name_key "
        "ON human.subject (corpus_id, ((language_group || '/'::text) || subject_label))"
    )


def downgrade() -> None:
    op.execute("DROP INDEX human.subject_name_key")
