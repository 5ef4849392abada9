-- Which heads of a layer go with where one reader looks back?
--
-- Correlation over all word pairs of the sentences that the reader saw; pairs not looked at are 0 in the view.
SELECT
    attention.head,
    count(*) AS word_pairs,
    round(corr(attention.weight, saccade.saccade_count)::numeric, 3) AS correlation
FROM mart.attention_cell AS attention
JOIN mart.saccade_cell_default AS saccade USING (sentence_id, from_word, to_word)
WHERE
    attention.model = 'simulated-large' AND attention.condition = 'plain' AND attention.layer = 5
    AND saccade.reader = 'L2/sim-02'
GROUP BY attention.head
ORDER BY correlation DESC, attention.head;
