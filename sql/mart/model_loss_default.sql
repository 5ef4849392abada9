-- How well each model predicts the next token: the default choice, one row per thing.
--
-- Grain: one row per model and corpus.
-- Key: extraction_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.model_loss leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.model_loss_default AS
SELECT model_loss.* -- noqa: AM04
FROM mart.model_loss
WHERE model_loss.is_default;
