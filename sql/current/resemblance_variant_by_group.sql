-- How well attention explains where a group of readers looks back in another way than by least squares on all heads, as it
-- holds now: means over its readers.
--
-- Grain: one row per extraction, layer, measure, group of readers, variant, set of predictors, what of set and heads is
-- fitted, and set of sentences left out on request; of runs that differ in their penalties, the latest.
-- Names the measure, so that who asks for one by its name has the others left out before means are taken.
-- Leaves out: runs that are not done, units that a later run superseded, extractions that are not complete.
-- Read by: mart.resemblance_variant, mart.resemblance_in_context.
--
-- Means are taken unit by unit, which is a layer with a group of readers: first, so that the latest run is looked for among
-- means, and with the unit's number before all else, in which order rows lie already.
CREATE VIEW current.resemblance_variant_by_group AS
SELECT DISTINCT ON (
    by_unit.extraction_id,
    by_unit.layer,
    by_unit.measure_id,
    by_unit.measure,
    by_unit.language_group,
    by_unit.variant,
    by_unit.predictor_set,
    by_unit.fitted,
    by_unit.leave_out
)
    by_unit.* -- noqa: AM04
FROM (
    SELECT
        resemblance_variant.run_id,
        extraction.extraction_id,
        extraction.corpus_id,
        resemblance_variant.layer,
        measure.measure_id,
        measure.measure,
        subject.language_group,
        resemblance_variant.variant,
        resemblance_variant.predictor_set,
        resemblance_variant.fitted,
        avg(resemblance_variant.r2 ORDER BY resemblance_variant.subject_id) AS r2,
        avg(resemblance_variant.cv_r2 ORDER BY resemblance_variant.subject_id) AS cv_r2,
        stddev_samp(resemblance_variant.cv_r2 ORDER BY resemblance_variant.subject_id)
        / sqrt(count(resemblance_variant.cv_r2)) AS standard_error,
        avg(resemblance_variant.pearson_r ORDER BY resemblance_variant.subject_id) AS pearson_r,
        exp(avg(ln(NULLIF(resemblance_variant.penalty, 0)))) AS penalty,
        sum(resemblance_variant.penalty_end_count)::integer AS penalty_end_count,
        count(resemblance_variant.r2)::integer AS subject_count,
        max(resemblance_variant.cell_count) AS cell_count,
        max(resemblance_variant.predictor_count) AS predictor_count,
        -- where there is no mean, why
        CASE WHEN count(resemblance_variant.cv_r2) = 0 THEN min(resemblance_variant.missing_because) END AS missing_because,
        active_unit.leave_out
    FROM result.resemblance_variant
    JOIN current.active_unit
        ON active_unit.run_id = resemblance_variant.run_id AND active_unit.unit_id = resemblance_variant.unit_id
    JOIN model.extraction ON extraction.extraction_id = resemblance_variant.extraction_id
    JOIN human.measure ON measure.measure_id = resemblance_variant.measure_id
    JOIN human.subject ON subject.subject_id = resemblance_variant.subject_id
    WHERE fn.is_complete(extraction.extraction_status)
    GROUP BY
        resemblance_variant.run_id,
        resemblance_variant.unit_id,
        extraction.extraction_id,
        resemblance_variant.layer,
        measure.measure_id,
        subject.language_group,
        resemblance_variant.variant,
        resemblance_variant.predictor_set,
        resemblance_variant.fitted,
        active_unit.leave_out
) AS by_unit
ORDER BY
    by_unit.extraction_id,
    by_unit.layer,
    by_unit.measure_id,
    by_unit.measure,
    by_unit.language_group,
    by_unit.variant,
    by_unit.predictor_set,
    by_unit.fitted,
    by_unit.leave_out,
    by_unit.run_id DESC;
