-- How well each model predicts each sentence.
--
-- Grain: one row per model, condition and sentence; raw attention of causal models only.
-- Key: extraction_id, sentence_id
-- Default: mart.sentence_loss_default. Here condition differs from row to row: choose one before you average.
-- Leaves out: extractions that are not complete, and those whose loss was not taken (attention arrays have none).
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.4, for loss_per_token_per_length.
-- Read by: people, BI tools.
CREATE VIEW mart.sentence_loss AS
SELECT
    shown.*,
    fn.is_default(condition => shown.condition) AS is_default
FROM (
    SELECT
        extraction.model,
        extraction.parameter_count,
        extraction.condition,
        extraction.corpus,
        sentence.sentence_label,
        sentence.word_count,
        sentence_loss.loss_sum_nats,
        sentence_loss.predicted_token_count,
        sentence_loss.token_count,
        sentence_loss.loss_mean_nats,
        sentence_loss.loss_per_token_per_length,
        sentence_loss.extraction_id,
        sentence_loss.sentence_id
    FROM model.sentence_loss
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = sentence_loss.extraction_id
    JOIN stimulus.sentence ON sentence.sentence_id = sentence_loss.sentence_id
) AS shown;
