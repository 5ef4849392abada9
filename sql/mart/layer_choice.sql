-- The best layer chosen in-sample, as the paper does, beside choices that do not see what they are scored on.
--
-- By article: the layer with the best cross-validated R2 on the other articles is scored on the article that is left.
-- By reader: the layer with the best mean r2 of the other readers is scored on the reader that is left.
--
-- Grain: one row per model, condition, method, measure, group of readers, seed and set of sentences left out.
-- Leaves out: runs that are not done, superseded units, extractions that are not complete, excluded readers. Fewer
-- than three articles or two readers give no choice (null).
-- Source: Cawley & Talbot 2010 (JMLR 11:2079): choosing inside the cross-validation.
-- Read by: people, BI tools.
CREATE VIEW mart.layer_choice AS
WITH
-- the layer chosen without each article
chosen_by_article AS (
    SELECT DISTINCT ON (extraction_id, measure_id, language_group, leave_out, seed, article_position)
        article_score.*
    FROM current.article_score
    WHERE choice_r2 IS NOT NULL
    ORDER BY
        extraction_id, measure_id, language_group, leave_out, seed, article_position, choice_r2 DESC, layer
),

by_article AS (
    SELECT
        extraction_id,
        measure_id,
        language_group,
        leave_out,
        seed,
        max(run_id) AS run_id,
        1 - sum(held_out_error ORDER BY article_position) AS nested_cv_r2,
        array_agg(layer ORDER BY article_position) AS chosen_layers
    FROM chosen_by_article
    GROUP BY extraction_id, measure_id, language_group, leave_out, seed
),

-- each reader's r2 beside the mean of the other readers, layer by layer
beside_others AS (
    SELECT
        human_resemblance.extraction_id,
        human_resemblance.corpus_id,
        human_resemblance.measure_id,
        subject.language_group,
        human_resemblance.leave_out,
        human_resemblance.subject_id,
        human_resemblance.layer,
        human_resemblance.r2,
        sum(human_resemblance.r2) OVER whole_layer - human_resemblance.r2 AS others_r2,
        count(human_resemblance.r2) OVER whole_layer AS reader_total
    FROM current.human_resemblance
    JOIN human.subject ON subject.subject_id = human_resemblance.subject_id
    WHERE human_resemblance.r2 IS NOT NULL
    WINDOW whole_layer AS (
        PARTITION BY
            human_resemblance.extraction_id, human_resemblance.layer, human_resemblance.measure_id,
            subject.language_group, human_resemblance.leave_out
    )
),

chosen_by_reader AS (
    SELECT DISTINCT ON (extraction_id, measure_id, language_group, leave_out, subject_id)
        beside_others.*
    FROM beside_others
    WHERE reader_total > 1
    ORDER BY extraction_id, measure_id, language_group, leave_out, subject_id, others_r2 DESC, layer
),

by_reader AS (
    SELECT
        extraction_id,
        measure_id,
        language_group,
        leave_out,
        avg(r2 ORDER BY subject_id) AS reader_nested_r2
    FROM chosen_by_reader
    GROUP BY extraction_id, measure_id, language_group, leave_out
),

in_sample AS (
    SELECT DISTINCT ON (extraction_id, measure_id, language_group, leave_out)
        layer_curve.*
    FROM slice.layer_curve
    ORDER BY extraction_id, measure_id, language_group, leave_out, r2 DESC NULLS LAST, layer
)

SELECT
    language_model.model,
    condition.condition,
    extraction.method,
    corpus.corpus,
    measure.measure,
    in_sample.language_group,
    in_sample.leave_out,
    in_sample.layer AS best_layer,
    in_sample.r2,
    in_sample.cv_r2,
    by_article.nested_cv_r2,
    by_reader.reader_nested_r2,
    by_article.chosen_layers,
    in_sample.ceiling,
    in_sample.leave_one_out_ceiling,
    in_sample.resemblance,
    in_sample.cv_resemblance,
    by_article.nested_cv_r2 / NULLIF(in_sample.leave_one_out_ceiling, 0) AS nested_resemblance,
    by_article.seed,
    fn.usage_warnings(in_sample.extraction_id, in_sample.corpus_id, measure.region_id, in_sample.leave_out) AS usage_warnings,
    in_sample.run_id,
    in_sample.extraction_id
FROM in_sample
LEFT JOIN by_article
    ON
        by_article.extraction_id = in_sample.extraction_id
        AND by_article.measure_id = in_sample.measure_id
        AND by_article.language_group = in_sample.language_group
        AND by_article.leave_out = in_sample.leave_out
LEFT JOIN by_reader
    ON
        by_reader.extraction_id = in_sample.extraction_id
        AND by_reader.measure_id = in_sample.measure_id
        AND by_reader.language_group = in_sample.language_group
        AND by_reader.leave_out = in_sample.leave_out
JOIN model.extraction ON extraction.extraction_id = in_sample.extraction_id
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
JOIN stimulus.corpus ON corpus.corpus_id = in_sample.corpus_id
JOIN human.measure ON measure.measure_id = in_sample.measure_id;
