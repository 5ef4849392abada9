-- In which sentences do model and readers disagree most?
--
-- Correlation, sentence by sentence, of the attention of one layer (mean over heads) with the looks back of a group
-- (mean over readers); words looking at themselves are left out, which both do anyway.
WITH model_look AS (
    SELECT sentence_id, from_word, to_word, avg(weight) AS weight
    FROM mart.attention_cell
    WHERE model = 'simulated-large' AND condition = 'plain' AND layer = 5 AND to_word < from_word
    GROUP BY sentence_id, from_word, to_word
),

reader_look AS (
    SELECT sentence_id, sentence_label, from_word, to_word, mean_saccade_count
    FROM mart.group_mean_saccade_default
    WHERE corpus = 'simulated' AND language_group = 'L2' AND to_word < from_word
)

SELECT
    reader_look.sentence_label,
    sentence.sentence_text,
    round(corr(model_look.weight, reader_look.mean_saccade_count)::numeric, 3) AS correlation
FROM model_look
JOIN reader_look USING (sentence_id, from_word, to_word)
JOIN mart.sentence USING (sentence_id)
GROUP BY reader_look.sentence_label, sentence.sentence_text
ORDER BY corr(model_look.weight, reader_look.mean_saccade_count)
LIMIT 5;
