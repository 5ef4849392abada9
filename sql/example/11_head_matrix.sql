-- What does the matrix of one head look like in one sentence?
--
-- One line a word that looks, the words looked at from left to right.
SELECT
    from_word,
    from_text,
    string_agg(to_char(weight, '0.00'), ' ' ORDER BY to_word) AS weights
FROM mart.attention_cell
WHERE model = 'simulated-large' AND condition = 'plain' AND layer = 5 AND head = 1 AND sentence_label = 's.01.01'
GROUP BY from_word, from_text
ORDER BY from_word;
