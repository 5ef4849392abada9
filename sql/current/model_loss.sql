-- The next-token loss of each extraction's model: computed here, or published where it was not.
--
-- Grain: one row per complete extraction whose model's loss is known; a computed loss is of the extraction's own corpus
-- and condition, a published one is of plain text and stands for no other condition.
-- Leaves out: extractions that are not complete, and models without a loss.
-- Source: Gao et al. 2023 (EMNLP Findings): mean over sentences of the token loss divided once more by the length.
-- Read by: the slice model_scores, mart.model_loss.
CREATE VIEW current.model_loss AS
WITH computed AS (
    SELECT
        sentence_loss.extraction_id,
        -- in one order: a sum of the same numbers in another order differs in its last digits
        avg(sentence_loss.loss_per_token_per_length ORDER BY sentence_loss.sentence_id) AS loss
    FROM model.sentence_loss
    GROUP BY sentence_loss.extraction_id
)

SELECT
    extraction.extraction_id,
    COALESCE(computed.loss, published_loss.loss) AS loss,
    CASE WHEN computed.loss IS NULL THEN published_loss.source ELSE 'computed here' END AS loss_source
FROM model.extraction
JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
LEFT JOIN computed ON computed.extraction_id = extraction.extraction_id
JOIN model.condition ON condition.condition_id = extraction.condition_id
LEFT JOIN model.published_loss ON published_loss.model = language_model.model AND condition.condition = 'plain'
WHERE fn.is_complete(extraction.extraction_status) AND COALESCE(computed.loss, published_loss.loss) IS NOT NULL;
