-- The usage warnings that go with numbers from several extractions over one corpus.
--
-- Grain: one row per warning, sorted. Asked in FROM, it becomes part of the plan of whoever asks, with the policies of the
-- tables looked up once; called for each row, it would be planned and would look them up each time.
-- Leaves out: warnings on sentences that were left out (a JSON array of sentence labels).
-- Read by: the views of mart that compare extractions.
CREATE FUNCTION fn.joint_usage_warnings(extractions integer[], corpus integer, left_out jsonb) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT DISTINCT usage_warning_on.usage_warning
FROM ops.usage_warning_on
WHERE
    CASE usage_warning_on.entity
        WHEN 'extraction' THEN usage_warning_on.entity_id = ANY (extractions)
        -- as in fn.usage_warnings
        WHEN 'sentence' THEN (
            SELECT article.corpus_id = corpus AND NOT COALESCE(left_out, '[]') ? sentence.sentence_label
            FROM stimulus.sentence
            JOIN stimulus.article ON article.article_id = sentence.article_id
            WHERE sentence.sentence_id = usage_warning_on.entity_id
        )
    END
ORDER BY usage_warning_on.usage_warning
$$;
