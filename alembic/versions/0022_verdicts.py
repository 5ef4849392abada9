"""Verdicts that stand up: choices without the data, ceilings by reader, effect sizes, reflected intervals, codes."""

from alembic import op

revision = "0022"
down_revision = "0021"

CREATE = (
    "ALTER TABLE stimulus.corpus ADD COLUMN is_simulated BOOLEAN NOT NULL DEFAULT false",
    # the one source of the kind that there is names its corpus so
    """
    UPDATE stimulus.corpus SET is_simulated = true
    WHERE corpus = 'simulated' AND EXISTS (SELECT 1 FROM ops.run WHERE job = 'ingest simulated_readers')
    """,
    # intervals that are there were moved back by the bias, and contain their estimate; they are stale
    """
    ALTER TABLE result.resemblance_interval
        ADD COLUMN bias_corrected DOUBLE PRECISION,
        DROP CONSTRAINT resemblance_interval_contains_estimate_check,
        ADD CONSTRAINT resemblance_interval_contains_bias_corrected_check
            CHECK (bias_corrected BETWEEN interval_low AND interval_high)
    """,
    # scores by article are an analysis of their own now, which keeps the readers apart
    """
    UPDATE ops.unit SET row_count = unit.row_count - gone.row_count
    FROM (SELECT run_id, unit_id, count(*) AS row_count FROM result.article_score GROUP BY run_id, unit_id) AS gone
    WHERE gone.run_id = unit.run_id AND gone.unit_id = unit.unit_id
    """,
    "DELETE FROM result.article_score",
    """
    ALTER TABLE result.article_score
        ADD COLUMN reader_errors DOUBLE PRECISION[] NOT NULL,
        ADD COLUMN subject_labels TEXT[] NOT NULL,
        ADD CONSTRAINT article_score_subject_labels_check CHECK (cardinality(subject_labels) = cardinality(reader_errors))
    """,
    "ALTER TABLE result.tuning_test ADD COLUMN effect_size DOUBLE PRECISION, ADD COLUMN effect_low DOUBLE PRECISION, ADD COLUMN effect_high DOUBLE PRECISION",
    "ALTER TABLE result.group_test ADD COLUMN effect_size DOUBLE PRECISION, ADD COLUMN effect_low DOUBLE PRECISION, ADD COLUMN effect_high DOUBLE PRECISION",
    "ALTER TABLE result.divergence_test ADD COLUMN effect_size DOUBLE PRECISION, ADD COLUMN effect_low DOUBLE PRECISION, ADD COLUMN effect_high DOUBLE PRECISION",
    """
    ALTER TABLE result.reliance_test
        ADD COLUMN effect_size DOUBLE PRECISION, ADD COLUMN effect_low DOUBLE PRECISION, ADD COLUMN effect_high DOUBLE PRECISION,
        ADD COLUMN cv_r2_difference DOUBLE PRECISION,
        ADD COLUMN cv_p_greater DOUBLE PRECISION,
        ADD COLUMN cv_interval_low DOUBLE PRECISION,
        ADD COLUMN cv_interval_high DOUBLE PRECISION
    """,
    """
    ALTER TABLE result.reliance_difference
        ADD COLUMN effect_size DOUBLE PRECISION, ADD COLUMN effect_low DOUBLE PRECISION, ADD COLUMN effect_high DOUBLE PRECISION,
        ADD COLUMN cv_r2_difference DOUBLE PRECISION
    """,
    "ALTER TABLE result.model_fit ADD COLUMN r_low DOUBLE PRECISION, ADD COLUMN r_high DOUBLE PRECISION",
    """
    ALTER TABLE result.scale_prediction
        ADD COLUMN prediction_low DOUBLE PRECISION,
        ADD COLUMN prediction_high DOUBLE PRECISION
    """,
    """
    CREATE TABLE result.reader_ceiling (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        ceiling DOUBLE PRECISION,
        leave_one_out_ceiling DOUBLE PRECISION,
        cv_ceiling DOUBLE PRECISION,
        mean_r DOUBLE PRECISION,
        published_r DOUBLE PRECISION,
        CONSTRAINT reader_ceiling_pk PRIMARY KEY (run_id, measure_id, subject_id),
        CONSTRAINT reader_ceiling_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT reader_ceiling_ceiling_check CHECK (ceiling <= 1.000001),
        CONSTRAINT reader_ceiling_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT reader_ceiling_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id)
    )
    """,
    """
    CREATE TABLE result.layer_choice (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        chosen_layers SMALLINT[],
        nested_cv_r2 DOUBLE PRECISION,
        standard_error DOUBLE PRECISION,
        cv_ceiling DOUBLE PRECISION,
        nested_resemblance DOUBLE PRECISION,
        interval_low DOUBLE PRECISION,
        interval_high DOUBLE PRECISION,
        reader_nested_r2 DOUBLE PRECISION,
        subject_count INTEGER NOT NULL,
        resample_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT layer_choice_pk PRIMARY KEY (run_id, extraction_id, measure_id, language_group),
        CONSTRAINT layer_choice_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT layer_choice_nested_cv_r2_check CHECK (nested_cv_r2 <= 1.000001),
        CONSTRAINT layer_choice_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT layer_choice_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT layer_choice_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.nested_resemblance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        subject_id INTEGER NOT NULL,
        nested_cv_r2 DOUBLE PRECISION,
        CONSTRAINT nested_resemblance_pk PRIMARY KEY (run_id, extraction_id, measure_id, subject_id),
        CONSTRAINT nested_resemblance_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT nested_resemblance_nested_cv_r2_check CHECK (nested_cv_r2 <= 1.000001),
        CONSTRAINT nested_resemblance_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT nested_resemblance_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT nested_resemblance_subject_id_fk FOREIGN KEY(subject_id) REFERENCES human.subject (subject_id)
    )
    """,
    """
    CREATE TABLE result.group_difference (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        left_group TEXT NOT NULL,
        right_group TEXT NOT NULL,
        score_kind TEXT NOT NULL,
        left_value DOUBLE PRECISION,
        right_value DOUBLE PRECISION,
        difference DOUBLE PRECISION,
        interval_low DOUBLE PRECISION,
        interval_high DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_value DOUBLE PRECISION,
        effect_size DOUBLE PRECISION,
        effect_low DOUBLE PRECISION,
        effect_high DOUBLE PRECISION,
        p_greater DOUBLE PRECISION,
        left_count INTEGER NOT NULL,
        right_count INTEGER NOT NULL,
        resample_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT group_difference_pk PRIMARY KEY (run_id, extraction_id, measure_id, left_group, right_group, score_kind),
        CONSTRAINT group_difference_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT group_difference_p_value_check CHECK (p_value BETWEEN 0 AND 1),
        CONSTRAINT group_difference_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT group_difference_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT group_difference_left_group_fk FOREIGN KEY(left_group) REFERENCES human.language_group (language_group),
        CONSTRAINT group_difference_right_group_fk FOREIGN KEY(right_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.tuning_effect (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        corpus_id INTEGER NOT NULL,
        condition_id SMALLINT NOT NULL,
        method TEXT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        score_kind TEXT NOT NULL,
        tuned_model TEXT NOT NULL,
        difference DOUBLE PRECISION,
        interval_low DOUBLE PRECISION,
        interval_high DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_value DOUBLE PRECISION,
        effect_size DOUBLE PRECISION,
        effect_low DOUBLE PRECISION,
        effect_high DOUBLE PRECISION,
        p_equivalence DOUBLE PRECISION,
        equivalence_bound DOUBLE PRECISION NOT NULL,
        model_count INTEGER NOT NULL,
        subject_count INTEGER NOT NULL,
        resample_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT tuning_effect_pk PRIMARY KEY (run_id, corpus_id, condition_id, method, measure_id, language_group, score_kind, tuned_model),
        CONSTRAINT tuning_effect_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT tuning_effect_p_value_check CHECK (p_value BETWEEN 0 AND 1),
        CONSTRAINT tuning_effect_equivalence_bound_check CHECK (equivalence_bound > 0),
        CONSTRAINT tuning_effect_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT tuning_effect_condition_id_fk FOREIGN KEY(condition_id) REFERENCES model.condition (condition_id),
        CONSTRAINT tuning_effect_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT tuning_effect_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.verdict_reason (
        reason_code TEXT NOT NULL,
        verdict TEXT NOT NULL,
        description TEXT NOT NULL,
        CONSTRAINT verdict_reason_pk PRIMARY KEY (reason_code),
        CONSTRAINT verdict_reason_verdict_check CHECK (verdict IN ('holds', 'does not hold', 'cannot be said'))
    )
    """,
    """
    INSERT INTO result.verdict_reason (reason_code, verdict, description) VALUES
        ('all_agree', 'holds', 'both values have the claimed sign, both are significant, and the interval excludes 0'),
        ('contradicted', 'does not hold', 'corrected, the value is significant in the other direction'),
        ('little_effect', 'does not hold', 'corrected, the effect is shown to be within the bound of equivalence'),
        ('not_computed', 'cannot be said', 'nothing that it needs is computed on what people have read'),
        ('no_value', 'cannot be said', 'what it needs is computed, but gives no value'),
        ('misaligned_only', 'cannot be said', 'no model is aligned to words'),
        ('no_corrected_value', 'cannot be said', 'there is no corrected value'),
        ('one_model', 'cannot be said', 'there is one model only'),
        ('no_test', 'cannot be said', 'there is no test of it'),
        ('no_interval', 'cannot be said', 'the corrected value has no interval'),
        ('corrected_other_sign', 'cannot be said', 'corrected, the value has the other sign, and is not significant'),
        ('corrected_not_significant', 'cannot be said', 'corrected, the value is not significant'),
        ('interval_contains_0', 'cannot be said', 'the interval of the corrected value contains 0'),
        ('value_other_sign', 'cannot be said', 'the value here has the other sign, corrected it has not'),
        ('value_not_significant', 'cannot be said', 'the value here is not significant')
    """,
    """
    INSERT INTO ops.usage_warning (usage_warning, description) VALUES
        ('held_out_below_zero', 'Articles that were held out are predicted worse than by their mean: there is nothing to compare.')
    """,
    # the published values of regions are those of one region
    """
    UPDATE result.claim SET quantity_claimed = replace(quantity_claimed, 'mean over regions', 'region anterior')
    WHERE claim IN ('fmri_agrees_on_scale', 'fmri_agrees_on_loss')
    """,
    "UPDATE result.claim SET source = 'Gao et al. 2023 (EMNLP Findings), Figure 8' WHERE claim = 'scale_lowers_reliance'",
    "UPDATE result.claim SET source = 'Gao et al. 2023 (EMNLP Findings), Figure 9' WHERE claim = 'tuning_raises_reliance'",
)

DROP = (
    "UPDATE result.claim SET source = 'Gao et al. 2023 (EMNLP Findings), Figure 11' WHERE claim = 'tuning_raises_reliance'",
    "UPDATE result.claim SET source = 'Gao et al. 2023 (EMNLP Findings), Figures 8, 9' WHERE claim = 'scale_lowers_reliance'",
    """
    UPDATE result.claim SET quantity_claimed = replace(quantity_claimed, 'region anterior', 'mean over regions')
    WHERE claim IN ('fmri_agrees_on_scale', 'fmri_agrees_on_loss')
    """,
    "DELETE FROM ops.usage_warning_on WHERE usage_warning = 'held_out_below_zero'",
    "DELETE FROM ops.usage_warning WHERE usage_warning = 'held_out_below_zero'",
    "DROP TABLE result.verdict_reason",
    "DROP TABLE result.tuning_effect",
    "DROP TABLE result.group_difference",
    "DROP TABLE result.nested_resemblance",
    "DROP TABLE result.layer_choice",
    "DROP TABLE result.reader_ceiling",
    "ALTER TABLE result.scale_prediction DROP COLUMN prediction_low, DROP COLUMN prediction_high",
    "ALTER TABLE result.model_fit DROP COLUMN r_low, DROP COLUMN r_high",
    "ALTER TABLE result.reliance_difference DROP COLUMN effect_size, DROP COLUMN effect_low, DROP COLUMN effect_high, DROP COLUMN cv_r2_difference",
    """
    ALTER TABLE result.reliance_test
        DROP COLUMN effect_size, DROP COLUMN effect_low, DROP COLUMN effect_high,
        DROP COLUMN cv_r2_difference,
        DROP COLUMN cv_p_greater,
        DROP COLUMN cv_interval_low,
        DROP COLUMN cv_interval_high
    """,
    "ALTER TABLE result.divergence_test DROP COLUMN effect_size, DROP COLUMN effect_low, DROP COLUMN effect_high",
    "ALTER TABLE result.group_test DROP COLUMN effect_size, DROP COLUMN effect_low, DROP COLUMN effect_high",
    "ALTER TABLE result.tuning_test DROP COLUMN effect_size, DROP COLUMN effect_low, DROP COLUMN effect_high",
    "DELETE FROM result.article_score",
    "ALTER TABLE result.article_score DROP COLUMN reader_errors, DROP COLUMN subject_labels",
    # reflected intervals need not contain their estimate
    "DELETE FROM result.resemblance_interval",
    "DELETE FROM result.corrected_resemblance",
    """
    ALTER TABLE result.resemblance_interval
        DROP COLUMN bias_corrected,
        ADD CONSTRAINT resemblance_interval_contains_estimate_check
            CHECK (estimate BETWEEN interval_low AND interval_high)
    """,
    "ALTER TABLE stimulus.corpus DROP COLUMN is_simulated",
    # the ledger must not tell of rows that are gone
    """
    DELETE FROM ops.unit USING ops.run
    WHERE
        run.run_id = unit.run_id
        AND run.job IN (
            'compute corrected_resemblance', 'compute article_score', 'compute layer_choice', 'compute reader_ceiling',
            'compute group_difference', 'compute tuning_effect'
        )
    """,
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
