-- Why a ratio to the noise ceiling of a brain region means nothing; null where it means something, and for saccades.
--
-- Grain: one text a call.
-- Source: 1. a model that predicts held-out articles worse than their mean explains no share of anything; 2. as many
-- random predictors explain k/(n - 1) of the variance in-sample, and a ceiling below that is not a ceiling.
-- Read by: mart.model_summary, mart.layer_curve, mart.corrected_resemblance, mart.region_summary.
CREATE FUNCTION fn.ratio_missing_because(
    roi smallint, cv_r2 double precision, ceiling double precision, predictor_count integer, cell_count integer
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE
    WHEN roi IS NULL THEN NULL
    WHEN cv_r2 < 0 THEN 'held-out R2 is below 0'
    WHEN ceiling < predictor_count::double precision / (cell_count - 1) THEN 'the ceiling is below what chance gives'
END;
$$;
