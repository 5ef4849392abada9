-- Next-token loss and resemblance
--
-- Paper: Figures 5 and 13.
-- Caption: Resemblance over the model's next-token loss: of the best layer in-sample, and with the layer chosen on
-- other articles (nested). Bars are intervals of 95 %; open points are tuned or untrained models. Losses that are not
-- computed here are the paper's, of plain text, and stand for no other condition. The correlations stand in the table
-- of fits.
-- Grain: one row per model, condition, group of readers and measure.
-- Leaves out: results without some sentences; models whose loss is not known.
-- Compute: loss-fit
-- Figure: fit
-- Axes: x=loss, y=percent, low=low, high=high, label=label, stage=stage, series=language_group, panel=panel
-- Labels: x=Loss per token and length [nats], y=R2 / ceiling [%]
-- Page: corpus, measure
-- Read by: warehouse report.
WITH score AS (
    SELECT
        *,
        1 AS place,
        'in-sample (paper)' AS panel,
        100 * resemblance AS percent,
        100 * interval_low AS low,
        100 * interval_high AS high
    FROM mart.model_summary
    UNION ALL
    SELECT
        *,
        2 AS place,
        'nested' AS panel,
        100 * nested_resemblance AS percent,
        100 * nested_low AS low,
        100 * nested_high AS high
    FROM mart.model_summary
)

SELECT
    score.corpus,
    score.measure,
    score.panel,
    score.language_group,
    concat_ws(', ', score.model, NULLIF(score.condition, 'plain')) AS label,
    score.stage,
    model_loss.loss,
    score.percent,
    score.low,
    score.high,
    model_loss.loss_source,
    score.run_id,
    score.subject_count,
    score.usage_warnings
FROM score
JOIN mart.model_loss ON model_loss.extraction_id = score.extraction_id
WHERE score.leave_out = '[]' AND score.percent IS NOT NULL
ORDER BY score.corpus, score.measure LIKE 'roi_value/%', score.measure, score.place, score.language_group, label;
