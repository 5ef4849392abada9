-- Which layers did tuning move?
--
-- Divergence of the tuned model's attention from its base's, mean over heads and sentences, in nats.
SELECT
    left_model AS base,
    right_model AS tuned,
    depth AS layer,
    round(js_nats::numeric, 4) AS js_nats,
    round(js_standard_error_nats::numeric, 4) AS se
FROM mart.divergence_curve_default
WHERE corpus = 'simulated' AND comparison = 'tuning'
ORDER BY left_model, right_model, depth;
