-- Which ten heads of a model attend most to the previous word?
--
-- Seconds for the largest models: it asks all layers. Give `layer` for an answer in milliseconds.
SELECT
    layer,
    head,
    round(avg(weight)::numeric, 3) AS to_previous_word
FROM mart.attention_cell
WHERE model = 'simulated-large' AND condition = 'plain' AND to_word = from_word - 1
GROUP BY layer, head
ORDER BY avg(weight) DESC
LIMIT 10;
