-- Which heads look back most?
--
-- Mean share of a word's attention that goes to earlier words, over all words but the first, which has none: every word has
-- one cell with itself, so that these count the words.
SELECT
    layer,
    head,
    round((
        sum(weight) FILTER (WHERE to_word < from_word) / count(*) FILTER (WHERE to_word = from_word)
    )::numeric, 3) AS attention_back
FROM mart.attention_cell
WHERE model = 'simulated-large' AND condition = 'plain' AND is_causal AND from_word > 0
GROUP BY layer, head
ORDER BY attention_back DESC, layer, head
LIMIT 5;
