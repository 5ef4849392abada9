-- How unexpected each word is to each model: the default choice, one row per thing.
--
-- Grain: one row per model and word that the model predicts.
-- Key: extraction_id, sentence_id, word_position
-- Leaves out: what is not of the default choice (is_default false), and what mart.word_surprisal leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.word_surprisal_default AS
SELECT word_surprisal.* -- noqa: AM04
FROM mart.word_surprisal
WHERE word_surprisal.is_default;
