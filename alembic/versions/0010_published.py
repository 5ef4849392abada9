"""What was published, to be held against what is computed here: losses, ceilings, resemblances, claims."""

from alembic import op

revision = "0010"
down_revision = "0009"

CREATE = (
    """
    CREATE TABLE model.published_loss (
        model TEXT NOT NULL,
        loss DOUBLE PRECISION NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT published_loss_pk PRIMARY KEY (model)
    )
    """,
    """
    CREATE TABLE result.published_ceiling (
        measure TEXT NOT NULL,
        language_group TEXT NOT NULL,
        published_ceiling DOUBLE PRECISION NOT NULL,
        ceiling_unit TEXT NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT published_ceiling_pk PRIMARY KEY (measure, language_group),
        CONSTRAINT published_ceiling_ceiling_unit_check CHECK (ceiling_unit IN ('R2', 'Pearson r')),
        CONSTRAINT published_ceiling_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.published_resemblance (
        model TEXT NOT NULL,
        measure TEXT NOT NULL,
        language_group TEXT NOT NULL,
        published_percent DOUBLE PRECISION NOT NULL,
        source TEXT NOT NULL,
        CONSTRAINT published_resemblance_pk PRIMARY KEY (model, measure, language_group),
        CONSTRAINT published_resemblance_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.claim (
        claim TEXT NOT NULL,
        language_group TEXT NOT NULL,
        statement TEXT NOT NULL,
        quantity_claimed TEXT NOT NULL,
        claimed_sign SMALLINT NOT NULL,
        published_value DOUBLE PRECISION,
        source TEXT NOT NULL,
        CONSTRAINT claim_pk PRIMARY KEY (claim, language_group),
        CONSTRAINT claim_claimed_sign_check CHECK (claimed_sign IN (-1, 1))
    )
    """,
    """
    INSERT INTO model.published_loss (model, loss, source) VALUES
        ('gpt2-large', 0.3264, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-7b', 0.2408, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('alpaca-7b', 0.2646, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('vicuna-7b', 0.2593, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-13b', 0.2406, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('alpaca-13b', 0.2634, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('vicuna-13b', 0.2847, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-30b', 0.2372, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-65b', 0.2375, 'Gao et al. 2023 (EMNLP Findings), Table 1')
    """,
    """
    INSERT INTO result.published_ceiling (measure, language_group, published_ceiling, ceiling_unit, source) VALUES
        ('saccade_count/first_three', 'L1', 0.156, 'R2', 'Gao et al. 2023 (EMNLP Findings)'),
        ('saccade_count/first_three', 'L2', 0.2463, 'R2', 'Gao et al. 2023 (EMNLP Findings)'),
        ('saccade_duration/first_three', 'L1', 0.1378, 'R2', 'Gao et al. 2023 (EMNLP Findings)'),
        ('saccade_duration/first_three', 'L2', 0.2146, 'R2', 'Gao et al. 2023 (EMNLP Findings)'),
        ('roi_value/angular', 'L1', 0.15382562, 'Pearson r', 'Gao et al. 2023 (EMNLP Findings), published script: mean Pearson r, one reader compared with an alias of itself'),
        ('roi_value/angular', 'L2', 0.14174022, 'Pearson r', 'Gao et al. 2023 (EMNLP Findings), published script: mean Pearson r, one reader compared with an alias of itself'),
        ('roi_value/anterior', 'L1', 0.1429372, 'Pearson r', 'Gao et al. 2023 (EMNLP Findings), published script: mean Pearson r, one reader compared with an alias of itself'),
        ('roi_value/anterior', 'L2', 0.13334602, 'Pearson r', 'Gao et al. 2023 (EMNLP Findings), published script: mean Pearson r, one reader compared with an alias of itself')
    """,
    """
    INSERT INTO result.published_resemblance (model, measure, language_group, published_percent, source) VALUES
        ('gpt2-large', 'saccade_count/first_three', 'L1', 34.99, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('gpt2-large', 'saccade_count/first_three', 'L2', 40.03, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('gpt2-large', 'roi_value/anterior', 'L1', 4.64, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('gpt2-large', 'roi_value/anterior', 'L2', 5.89, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-7b', 'saccade_count/first_three', 'L1', 53.04, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-7b', 'saccade_count/first_three', 'L2', 62.44, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-7b', 'roi_value/anterior', 'L1', 11.02, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-7b', 'roi_value/anterior', 'L2', 15.45, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('alpaca-7b', 'saccade_count/first_three', 'L1', 52.51, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('alpaca-7b', 'saccade_count/first_three', 'L2', 61.71, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('alpaca-7b', 'roi_value/anterior', 'L1', 10.99, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('alpaca-7b', 'roi_value/anterior', 'L2', 15.61, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('vicuna-7b', 'saccade_count/first_three', 'L1', 51.9, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('vicuna-7b', 'saccade_count/first_three', 'L2', 61.19, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('vicuna-7b', 'roi_value/anterior', 'L1', 11.35, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('vicuna-7b', 'roi_value/anterior', 'L2', 15.44, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-13b', 'saccade_count/first_three', 'L1', 55.66, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-13b', 'saccade_count/first_three', 'L2', 64.2, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-13b', 'roi_value/anterior', 'L1', 14.69, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-13b', 'roi_value/anterior', 'L2', 20.19, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('alpaca-13b', 'saccade_count/first_three', 'L1', 55.05, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('alpaca-13b', 'saccade_count/first_three', 'L2', 63.46, 'Gao et al. 2023 (EMNLP Findings), text; Table 1 prints 64.46, with which its correlations do not follow'),
        ('alpaca-13b', 'roi_value/anterior', 'L1', 14.67, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('alpaca-13b', 'roi_value/anterior', 'L2', 19.44, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('vicuna-13b', 'saccade_count/first_three', 'L1', 54.26, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('vicuna-13b', 'saccade_count/first_three', 'L2', 61.31, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('vicuna-13b', 'roi_value/anterior', 'L1', 14.02, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('vicuna-13b', 'roi_value/anterior', 'L2', 18.57, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-30b', 'saccade_count/first_three', 'L1', 63.16, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-30b', 'saccade_count/first_three', 'L2', 69.4, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-30b', 'roi_value/anterior', 'L1', 16.78, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-30b', 'roi_value/anterior', 'L2', 22.23, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-65b', 'saccade_count/first_three', 'L1', 64.05, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-65b', 'saccade_count/first_three', 'L2', 70.07, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('llama-65b', 'roi_value/anterior', 'L1', 18.59, 'Gao et al. 2023 (EMNLP Findings), Table 8'),
        ('llama-65b', 'roi_value/anterior', 'L2', 27.16, 'Gao et al. 2023 (EMNLP Findings), Table 8')
    """,
    """
    INSERT INTO result.claim (claim, language_group, statement, quantity_claimed, claimed_sign, published_value, source) VALUES
        ('resemblance_rises_with_scale', 'L1', 'Larger models resemble readers more.', 'Pearson r of resemblance with the logarithm of parameters, pretrained models', 1, 0.9888, 'Gao et al. 2023 (EMNLP Findings), Figure 7'),
        ('resemblance_rises_with_scale', 'L2', 'Larger models resemble readers more.', 'Pearson r of resemblance with the logarithm of parameters, pretrained models', 1, 0.9644, 'Gao et al. 2023 (EMNLP Findings), Figure 7'),
        ('resemblance_falls_with_tuning', 'L1', 'Instruction tuning lowers resemblance.', 'mean difference of resemblance, tuned minus base, in percent of the ceiling', -1, -0.92, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('resemblance_falls_with_tuning', 'L2', 'Instruction tuning lowers resemblance.', 'mean difference of resemblance, tuned minus base, in percent of the ceiling', -1, -1.4025, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('closer_to_second_language', 'all', 'Every model is closer to L2 readers than to L1 readers.', 'smallest difference of resemblance over models, L2 minus L1, in percent of the ceiling', 1, 5.04, 'Gao et al. 2023 (EMNLP Findings), Table 1'),
        ('loss_goes_with_resemblance', 'L1', 'The better a model predicts the next token, the more it resembles readers.', 'Pearson r of resemblance with next-token loss', -1, -0.8752, 'Gao et al. 2023 (EMNLP Findings), Figure 5'),
        ('loss_goes_with_resemblance', 'L2', 'The better a model predicts the next token, the more it resembles readers.', 'Pearson r of resemblance with next-token loss', -1, -0.9171, 'Gao et al. 2023 (EMNLP Findings), Figure 5'),
        ('fmri_agrees_on_scale', 'L1', 'Larger models resemble brain activation more.', 'Pearson r of the region resemblance with the logarithm of parameters, mean over regions', 1, 0.9937, 'Gao et al. 2023 (EMNLP Findings), follows from Table 8'),
        ('fmri_agrees_on_scale', 'L2', 'Larger models resemble brain activation more.', 'Pearson r of the region resemblance with the logarithm of parameters, mean over regions', 1, 0.9932, 'Gao et al. 2023 (EMNLP Findings), follows from Table 8'),
        ('fmri_agrees_on_loss', 'L1', 'The better a model predicts the next token, the more it resembles brain activation.', 'Pearson r of the region resemblance with next-token loss, mean over regions', -1, -0.7773, 'Gao et al. 2023 (EMNLP Findings), Figure 13'),
        ('fmri_agrees_on_loss', 'L2', 'The better a model predicts the next token, the more it resembles brain activation.', 'Pearson r of the region resemblance with next-token loss, mean over regions', -1, -0.7965, 'Gao et al. 2023 (EMNLP Findings), Figure 13'),
        ('second_language_relies_on_patterns', 'all', 'L2 readers rely more on trivial patterns than L1 readers.', 'difference of the readers'' mean R2 on the patterns, L2 minus L1', 1, 0.0421, 'Gao et al. 2023 (EMNLP Findings), text'),
        ('scale_lowers_reliance', 'all', 'Larger models rely less on trivial patterns.', 'mean difference of reliance over quarters of layers, larger minus smaller', -1, NULL, 'Gao et al. 2023 (EMNLP Findings), Figures 8, 9'),
        ('tuning_raises_reliance', 'all', 'Instruction tuning raises reliance on trivial patterns.', 'mean difference of reliance over quarters of layers, tuned minus base', 1, NULL, 'Gao et al. 2023 (EMNLP Findings), Figure 11'),
        ('scale_changes_more_than_tuning', 'all', 'Scaling changes attention more than tuning does.', 'mean Jensen-Shannon divergence by scale minus by tuning, over quarters of layers, in nats', 1, NULL, 'Gao et al. 2023 (EMNLP Findings), Figures 2 to 4'),
        ('tuning_raises_sensitivity', 'all', 'Tuning raises the sensitivity to instructions in deep layers.', 'divergence of plain and prefixed text in the last quarter of layers, tuned minus base, in nats', 1, NULL, 'Gao et al. 2023 (EMNLP Findings), Figure 10')
    """,
)

DROP = (
    "DROP TABLE result.claim",
    "DROP TABLE result.published_resemblance",
    "DROP TABLE result.published_ceiling",
    "DROP TABLE model.published_loss",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
