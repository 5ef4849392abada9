-- How unexpected each word is to each model.
--
-- Grain: one row per model, condition and word that the model predicts; raw attention of causal models only.
-- Key: extraction_id, sentence_id, word_position
-- Default: mart.word_surprisal_default. Here condition differs from row to row: choose one before you average.
-- Leaves out: extractions that are not complete, those whose loss was not taken, and a first word that nothing precedes.
-- Source: Pimentel & Meister 2024 for surprisal_bits; uncorrected_surprisal_bits sums the word's tokens alone.
-- Read by: people, BI tools.
CREATE VIEW mart.word_surprisal AS
SELECT
    shown.*,
    fn.is_default(condition => shown.condition) AS is_default
FROM (
    SELECT
        extraction.model,
        extraction.condition,
        extraction.corpus,
        sentence.sentence_label,
        word_surprisal.word_position,
        word.word_text,
        word_surprisal.surprisal_bits,
        word_surprisal.uncorrected_surprisal_bits,
        word_surprisal.extraction_id,
        word_surprisal.sentence_id
    FROM model.word_surprisal
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = word_surprisal.extraction_id
    JOIN stimulus.sentence ON sentence.sentence_id = word_surprisal.sentence_id
    JOIN stimulus.word
        ON word.sentence_id = word_surprisal.sentence_id AND word.word_position = word_surprisal.word_position
) AS shown;
