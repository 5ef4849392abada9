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
SELECT
    summary.corpus,
    summary.measure,
    score.panel,
    summary.language_group,
    concat_ws(', ', summary.model, NULLIF(summary.condition, 'plain')) AS label,
    summary.stage,
    model_loss.loss,
    score.percent,
    score.low,
    score.high,
    model_loss.loss_source,
    summary.run_id,
    summary.subject_count,
    summary.usage_warnings
FROM mart.model_loss
JOIN mart.model_summary AS summary ON summary.extraction_id = model_loss.extraction_id
CROSS JOIN
    LATERAL (
        VALUES
        (1, 'in-sample (paper)', 100 * summary.resemblance, 100 * summary.interval_low, 100 * summary.interval_high),
        (2, 'nested', 100 * summary.nested_resemblance, 100 * summary.nested_low, 100 * summary.nested_high)
    ) AS score (place, panel, percent, low, high)
WHERE summary.leave_out = '[]' AND score.percent IS NOT NULL
ORDER BY summary.corpus, summary.measure LIKE 'roi_value/%', summary.measure, score.place, summary.language_group, label;
