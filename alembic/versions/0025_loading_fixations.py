"""Large studies: saccades, which are derived from rows that are checked, are not checked again; words nobody looked at."""

from alembic import op

revision = "0025"
down_revision = "0024"

CREATE = (
    # the fixations that they are made of refer to the sentence, and the measures to the rule: neither can go
    "ALTER TABLE human.saccade DROP CONSTRAINT saccade_sentence_id_fk, DROP CONSTRAINT saccade_saccade_rule_id_fk",
    """
    INSERT INTO ops.usage_warning (usage_warning, description) VALUES
        ('words_unseen', 'Words that nobody looked at are not known, and a sign stands for each: what models make of the sentence is not what they would make of its text.')
    """,
)
DROP = (
    """
    ALTER TABLE human.saccade
        ADD CONSTRAINT saccade_sentence_id_fk FOREIGN KEY(sentence_id) REFERENCES stimulus.sentence (sentence_id),
        ADD CONSTRAINT saccade_saccade_rule_id_fk
            FOREIGN KEY(saccade_rule_id) REFERENCES human.saccade_rule (saccade_rule_id)
    """,
    "DELETE FROM ops.usage_warning_on WHERE usage_warning = 'words_unseen'",
    "DELETE FROM ops.usage_warning WHERE usage_warning = 'words_unseen'",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
