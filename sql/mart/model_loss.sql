-- How well each model predicts the next token, and where that figure is from.
--
-- Grain: one row per model, condition, method and corpus.
-- Key: extraction_id
-- Default: mart.model_loss_default. Here condition and method differ from row to row: choose one of each before you
-- average.
-- Leaves out: extractions that are not complete, models without a loss.
-- Caveats: published and computed losses are of different texts unless the corpus is the same.
-- Read by: people.
CREATE VIEW mart.model_loss AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.condition) AS is_default
FROM (
    SELECT
        extraction.model,
        extraction.parameter_count,
        extraction.condition,
        extraction.method,
        extraction.corpus,
        model_loss.loss,
        model_loss.loss_source,
        extraction.extraction_id
    FROM current.model_loss
    JOIN current.named_extraction AS extraction ON extraction.extraction_id = model_loss.extraction_id
) AS shown;
