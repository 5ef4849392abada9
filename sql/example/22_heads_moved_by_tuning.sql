-- Which single heads did tuning move most?
--
-- Mean over sentences of the divergence between the head in the tuned model and the same head in its base.
SELECT
    right_model AS tuned,
    layer,
    head,
    round(js_nats::numeric, 4) AS js_nats
FROM mart.head_divergence
WHERE corpus = 'simulated' AND comparison = 'tuning' AND left_condition = 'plain' AND leave_out = '[]'
ORDER BY head_divergence.js_nats DESC, layer, head
LIMIT 5;
