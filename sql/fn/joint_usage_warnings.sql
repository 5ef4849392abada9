-- The usage warnings that go with numbers from several extractions over one corpus.
--
-- Grain: one array a call, sorted, without repeats; empty where there is nothing to beware of.
-- Leaves out: warnings on sentences that were left out (a JSON array of sentence labels).
-- Read by: the views of mart that compare extractions.
CREATE FUNCTION fn.joint_usage_warnings(extractions integer[], corpus integer, left_out jsonb) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT COALESCE(array_agg(DISTINCT usage_warning_on.usage_warning ORDER BY usage_warning_on.usage_warning), '{}')
FROM ops.usage_warning_on
LEFT JOIN stimulus.sentence
    ON usage_warning_on.entity = 'sentence' AND sentence.sentence_id = usage_warning_on.entity_id
LEFT JOIN stimulus.article ON article.article_id = sentence.article_id
WHERE
    usage_warning_on.entity = 'extraction' AND usage_warning_on.entity_id = ANY (extractions)
    OR article.corpus_id = corpus AND NOT COALESCE(left_out, '[]') ? sentence.sentence_label;
$$;
