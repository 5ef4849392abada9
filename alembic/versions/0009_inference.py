"""What resemblance is worth: corrections, bootstrap intervals, choices of the layer, tests and fits."""

from alembic import op

revision = "0009"
down_revision = "0008"

CREATE = (
    """
    CREATE TABLE result.corrected_resemblance (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        r2 DOUBLE PRECISION,
        random_r2 DOUBLE PRECISION NOT NULL,
        sentence_cv_r2 DOUBLE PRECISION,
        matched_head_count SMALLINT NOT NULL,
        matched_r2 DOUBLE PRECISION,
        matched_r2_sd DOUBLE PRECISION,
        component_r2 DOUBLE PRECISION,
        subject_count INTEGER NOT NULL,
        cell_count INTEGER NOT NULL,
        predictor_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT corrected_resemblance_pk PRIMARY KEY (run_id, extraction_id, layer, measure_id, language_group),
        CONSTRAINT corrected_resemblance_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT corrected_resemblance_r2_check CHECK (r2 <= 1.000001),
        CONSTRAINT corrected_resemblance_matched_head_count_check CHECK (matched_head_count > 0),
        CONSTRAINT corrected_resemblance_cell_count_check CHECK (cell_count > 0),
        CONSTRAINT corrected_resemblance_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT corrected_resemblance_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT corrected_resemblance_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.resemblance_interval (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        statistic TEXT NOT NULL,
        cluster_kind TEXT NOT NULL,
        estimate DOUBLE PRECISION,
        interval_low DOUBLE PRECISION,
        interval_high DOUBLE PRECISION,
        bootstrap_bias DOUBLE PRECISION,
        resample_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT resemblance_interval_pk PRIMARY KEY (run_id, extraction_id, layer, measure_id, language_group, statistic, cluster_kind),
        CONSTRAINT resemblance_interval_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT resemblance_interval_statistic_check CHECK (statistic IN ('r2', 'resemblance')),
        CONSTRAINT resemblance_interval_contains_estimate_check CHECK (estimate BETWEEN interval_low AND interval_high),
        CONSTRAINT resemblance_interval_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT resemblance_interval_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT resemblance_interval_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.article_score (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        layer SMALLINT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        article_position SMALLINT NOT NULL,
        choice_r2 DOUBLE PRECISION,
        held_out_error DOUBLE PRECISION,
        CONSTRAINT article_score_pk PRIMARY KEY (run_id, extraction_id, layer, measure_id, language_group, article_position),
        CONSTRAINT article_score_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT article_score_held_out_error_check CHECK (held_out_error >= -0.000001),
        CONSTRAINT article_score_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT article_score_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT article_score_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.tuning_test (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        left_extraction_id INTEGER NOT NULL,
        right_extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        layer SMALLINT NOT NULL,
        alternative TEXT NOT NULL,
        subject_count INTEGER NOT NULL,
        r2_difference DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_one_sided DOUBLE PRECISION,
        p_bonferroni DOUBLE PRECISION,
        p_holm DOUBLE PRECISION,
        p_benjamini_hochberg DOUBLE PRECISION,
        test_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT tuning_test_pk PRIMARY KEY (run_id, left_extraction_id, right_extraction_id, measure_id, language_group, layer, alternative),
        CONSTRAINT tuning_test_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT tuning_test_p_one_sided_check CHECK (p_one_sided BETWEEN 0 AND 1),
        CONSTRAINT tuning_test_test_count_check CHECK (test_count > 0),
        CONSTRAINT tuning_test_alternative_check CHECK (alternative IN ('higher', 'lower')),
        CONSTRAINT tuning_test_left_extraction_id_fk FOREIGN KEY(left_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT tuning_test_right_extraction_id_fk FOREIGN KEY(right_extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT tuning_test_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT tuning_test_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.group_test (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        extraction_id INTEGER NOT NULL,
        measure_id SMALLINT NOT NULL,
        left_group TEXT NOT NULL,
        right_group TEXT NOT NULL,
        layer SMALLINT NOT NULL,
        left_count INTEGER NOT NULL,
        right_count INTEGER NOT NULL,
        r2_difference DOUBLE PRECISION,
        t_statistic DOUBLE PRECISION,
        degrees_of_freedom INTEGER,
        p_one_sided DOUBLE PRECISION,
        p_bonferroni DOUBLE PRECISION,
        p_holm DOUBLE PRECISION,
        p_benjamini_hochberg DOUBLE PRECISION,
        test_count INTEGER NOT NULL,
        missing_because TEXT,
        CONSTRAINT group_test_pk PRIMARY KEY (run_id, extraction_id, measure_id, left_group, right_group, layer),
        CONSTRAINT group_test_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT group_test_p_one_sided_check CHECK (p_one_sided BETWEEN 0 AND 1),
        CONSTRAINT group_test_test_count_check CHECK (test_count > 0),
        CONSTRAINT group_test_extraction_id_fk FOREIGN KEY(extraction_id) REFERENCES model.extraction (extraction_id),
        CONSTRAINT group_test_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT group_test_left_group_fk FOREIGN KEY(left_group) REFERENCES human.language_group (language_group),
        CONSTRAINT group_test_right_group_fk FOREIGN KEY(right_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.model_fit (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        corpus_id INTEGER NOT NULL,
        condition_id SMALLINT NOT NULL,
        method TEXT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        model_choice TEXT NOT NULL,
        score_kind TEXT NOT NULL,
        predictor TEXT NOT NULL,
        model_count INTEGER NOT NULL,
        slope DOUBLE PRECISION,
        intercept DOUBLE PRECISION,
        pearson_r DOUBLE PRECISION,
        p_value DOUBLE PRECISION,
        residual_sd DOUBLE PRECISION,
        missing_because TEXT,
        CONSTRAINT model_fit_pk PRIMARY KEY (run_id, corpus_id, condition_id, method, measure_id, language_group, model_choice, score_kind, predictor),
        CONSTRAINT model_fit_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT model_fit_predictor_check CHECK (predictor IN ('loss', 'log_parameter_count')),
        CONSTRAINT model_fit_model_count_check CHECK (model_count >= 0),
        CONSTRAINT model_fit_pearson_r_check CHECK (pearson_r BETWEEN -1.000001 AND 1.000001),
        CONSTRAINT model_fit_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT model_fit_condition_id_fk FOREIGN KEY(condition_id) REFERENCES model.condition (condition_id),
        CONSTRAINT model_fit_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT model_fit_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    CREATE TABLE result.scale_prediction (
        run_id INTEGER NOT NULL,
        unit_id INTEGER NOT NULL,
        corpus_id INTEGER NOT NULL,
        condition_id SMALLINT NOT NULL,
        method TEXT NOT NULL,
        measure_id SMALLINT NOT NULL,
        language_group TEXT NOT NULL,
        model_choice TEXT NOT NULL,
        score_kind TEXT NOT NULL,
        parameter_count BIGINT NOT NULL,
        predicted DOUBLE PRECISION NOT NULL,
        band_low DOUBLE PRECISION,
        band_high DOUBLE PRECISION,
        is_extrapolation BOOLEAN NOT NULL,
        CONSTRAINT scale_prediction_pk PRIMARY KEY (run_id, corpus_id, condition_id, method, measure_id, language_group, model_choice, score_kind, parameter_count),
        CONSTRAINT scale_prediction_run_id_unit_id_fk FOREIGN KEY(run_id, unit_id) REFERENCES ops.unit (run_id, unit_id),
        CONSTRAINT scale_prediction_parameter_count_check CHECK (parameter_count > 0),
        CONSTRAINT scale_prediction_band_check CHECK (predicted BETWEEN band_low AND band_high),
        CONSTRAINT scale_prediction_corpus_id_fk FOREIGN KEY(corpus_id) REFERENCES stimulus.corpus (corpus_id),
        CONSTRAINT scale_prediction_condition_id_fk FOREIGN KEY(condition_id) REFERENCES model.condition (condition_id),
        CONSTRAINT scale_prediction_measure_id_fk FOREIGN KEY(measure_id) REFERENCES human.measure (measure_id),
        CONSTRAINT scale_prediction_language_group_fk FOREIGN KEY(language_group) REFERENCES human.language_group (language_group)
    )
    """,
    """
    INSERT INTO result.ceiling_kind (ceiling_kind, description) VALUES
        ('split_half', 'R2 of predicting each reader by the mean of a random half of the group that the reader is not in')
    """,
)

DROP = (
    """
    DELETE FROM result.noise_ceiling USING result.noise_ceiling AS half
    WHERE
        half.ceiling_kind = 'split_half' AND half.run_id = noise_ceiling.run_id AND half.unit_id = noise_ceiling.unit_id
    """,
    "DELETE FROM result.ceiling_kind WHERE ceiling_kind = 'split_half'",
    "DROP TABLE result.scale_prediction",
    "DROP TABLE result.model_fit",
    "DROP TABLE result.group_test",
    "DROP TABLE result.tuning_test",
    "DROP TABLE result.article_score",
    "DROP TABLE result.resemblance_interval",
    "DROP TABLE result.corrected_resemblance",
    # the ledger must not tell of rows that are gone
    """
    DELETE FROM ops.unit USING ops.run
    WHERE
        run.run_id = unit.run_id
        AND (
            run.job IN (
                'compute corrected_resemblance', 'compute tuning_test', 'compute group_test', 'compute loss_fit',
                'compute scale_fit'
            )
            OR run.job = 'compute noise_ceiling'
            AND NOT EXISTS (
                SELECT 1 FROM result.noise_ceiling AS kept
                WHERE kept.run_id = unit.run_id AND kept.unit_id = unit.unit_id
            )
        )
    """,
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP:
        op.execute(statement)
