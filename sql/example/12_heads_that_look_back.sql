-- Which heads look back most?
--
-- Mean share of a word's attention that goes to earlier words, over all words but the first, which has none.
WITH look AS (
    SELECT
        layer,
        head,
        sentence_id,
        from_word,
        sum(weight) FILTER (WHERE to_word < from_word) AS back
    FROM mart.attention_cell
    WHERE model = 'simulated-large' AND condition = 'plain' AND is_causal AND from_word > 0
    GROUP BY layer, head, sentence_id, from_word
)

SELECT
    layer,
    head,
    round(avg(back)::numeric, 3) AS attention_back
FROM look
GROUP BY layer, head
ORDER BY avg(back) DESC
LIMIT 5;
