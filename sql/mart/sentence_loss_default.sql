-- How well each model predicts each sentence: the default choice, one row per thing.
--
-- Grain: one row per model and sentence.
-- Key: extraction_id, sentence_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.sentence_loss leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.sentence_loss_default AS
SELECT sentence_loss.* -- noqa: AM04
FROM mart.sentence_loss
WHERE sentence_loss.is_default;
