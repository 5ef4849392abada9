-- What attention and the baseline explain
--
-- Caption: Of what can be explained of readers (the leave-one-out ceiling, 100 %), by layer and with articles held out: what
-- position and word length alone explain (unique to baseline), what the heads explain as well (common), what only the
-- heads explain (unique to attention), and what neither does. A part below 0 is a loss and hangs open from the part below it:
-- held out, the heads then make the prediction worse. Bars are standard errors over readers, of what only the heads explain.
-- Grain: one row per model, layer, group of readers and part.
-- Leaves out: results without some sentences; regions whose ratio to the ceiling says nothing; layers that are not computed.
-- Compute: unique-variance
-- Figure: stack
-- Axes: x=layer, y=upper, low=lower, high=upper, error=error, series=part, panel=panel
-- Reference: 100=ceiling
-- Labels: x=Layer, y=Share of the ceiling [%]
-- Page: corpus, measure
-- Models: extraction_id
-- Read by: warehouse report.
WITH explained AS (
    SELECT
        parts.corpus,
        parts.measure,
        parts.model,
        concat_ws(', ', parts.language_group, parts.model, NULLIF(parts.condition, 'plain'), NULLIF(parts.method, 'raw')) AS panel,
        parts.layer,
        100 * parts.set_unique_r2 / curve.leave_one_out_ceiling AS of_baseline,
        100 * parts.common_r2 / curve.leave_one_out_ceiling AS in_common,
        100 * parts.unique_r2 / curve.leave_one_out_ceiling AS of_attention,
        100 * parts.unique_se / curve.leave_one_out_ceiling AS attention_error,
        parts.run_id,
        parts.extraction_id,
        parts.subject_count,
        parts.cell_count,
        parts.usage_warnings
    FROM mart.unique_variance AS parts
    JOIN mart.layer_curve AS curve
        ON
            curve.extraction_id = parts.extraction_id
            AND curve.layer = parts.layer
            AND curve.measure = parts.measure
            AND curve.language_group = parts.language_group
    WHERE
        parts.predictor_set = 'baseline47'
        AND parts.held_out = 'article'
        AND parts.joint_r2 IS NOT NULL
        AND curve.cv_resemblance IS NOT NULL
        AND curve.leave_one_out_ceiling > 0
)

SELECT
    explained.corpus,
    explained.measure,
    explained.panel,
    explained.model,
    stacked.part,
    explained.layer,
    stacked.lower,
    stacked.upper,
    stacked.error,
    explained.run_id,
    explained.extraction_id,
    explained.subject_count,
    explained.cell_count,
    explained.usage_warnings
FROM explained
CROSS JOIN
    LATERAL (
        VALUES
        (1, 'unique to baseline', 0, explained.of_baseline, NULL::double precision),
        (2, 'common', explained.of_baseline, explained.of_baseline + explained.in_common, NULL),
        (
            3,
            'unique to attention',
            explained.of_baseline + explained.in_common,
            explained.of_baseline + explained.in_common + explained.of_attention,
            explained.attention_error
        ),
        (4, 'unexplained', explained.of_baseline + explained.in_common + explained.of_attention, 100, NULL)
    ) AS stacked (place, part, lower, upper, error)
ORDER BY explained.corpus, explained.measure, explained.panel, explained.layer, stacked.place;
