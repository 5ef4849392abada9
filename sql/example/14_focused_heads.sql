-- Which heads are focused, and which spread their attention?
--
-- Entropy in nats of each row, divided by ln of the words it can see: 0 all on one word, 1 spread evenly.
WITH focus AS (
    SELECT
        head,
        sentence_id,
        from_word,
        -sum(CASE WHEN weight > 0 THEN weight * ln(weight::double precision) ELSE 0 END) / ln(from_word + 1) AS spread
    FROM mart.attention_cell
    WHERE model = 'simulated-large' AND condition = 'plain' AND layer = 5 AND is_causal AND from_word > 0
    GROUP BY head, sentence_id, from_word
)

SELECT
    head,
    round(avg(spread)::numeric, 3) AS spread
FROM focus
GROUP BY head
ORDER BY avg(spread), head;
