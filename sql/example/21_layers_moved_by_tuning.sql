-- Which layers did tuning move?
--
-- Divergence of the tuned model's attention from its base's, mean over heads and sentences, in nats.
SELECT
    left_model AS base,
    right_model AS tuned,
    depth AS layer,
    round(js_nats::numeric, 4) AS js_nats,
    round(js_standard_error_nats::numeric, 4) AS se
FROM mart.divergence_curve
WHERE corpus = 'simulated' AND comparison = 'tuning' AND left_condition = 'plain' AND depth_kind = 'layer' AND leave_out = '[]'
ORDER BY left_model, right_model, depth;
