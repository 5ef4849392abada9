-- At which words of a sentence does a head look elsewhere than readers do?
--
-- Jensen-Shannon divergence in nats between the row of the head and the looks back of a group from the same word: 0
-- where they agree, 0.693 where they never meet; empty where nobody looked back from the word.
WITH looks AS (
    SELECT
        sentence_id,
        from_word,
        to_word,
        sum(saccade_count) AS look_count
    FROM mart.saccade_cell_default
    WHERE corpus = 'simulated' AND sentence_label = 's.01.01' AND language_group = 'L2' AND to_word < from_word
    GROUP BY sentence_id, from_word, to_word
),

pair AS (
    SELECT
        from_word,
        array_agg(attention.weight ORDER BY to_word) AS weights,
        array_agg(looks.look_count::real ORDER BY to_word) AS look_counts,
        sum(looks.look_count) AS look_count,
        max(attention.from_text) AS from_text
    FROM mart.attention_cell AS attention
    JOIN looks USING (sentence_id, from_word, to_word)
    WHERE attention.model = 'simulated-large' AND attention.condition = 'plain' AND attention.layer = 5 AND attention.head = 3
    GROUP BY from_word
)

SELECT
    from_word,
    from_text,
    look_count AS looks_back,
    round(fn.js_divergence(weights, look_counts)::numeric, 3) AS js_nats
FROM pair
ORDER BY from_word;
