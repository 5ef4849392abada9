-- Which single heads did tuning move most?
--
-- Mean over sentences of the divergence between the head in the tuned model and the same head in its base.
SELECT
    right_model AS tuned,
    layer,
    head,
    round(js_nats::numeric, 4) AS js_nats
FROM mart.head_divergence_default
WHERE corpus = 'simulated' AND comparison = 'tuning'
ORDER BY head_divergence_default.js_nats DESC, layer, head
LIMIT 5;
