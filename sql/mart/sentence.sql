-- What was read: the sentences of each corpus, in the order of their articles.
--
-- Grain: one row per sentence.
-- Key: sentence_id
-- Leaves out: nothing.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.sentence AS
SELECT
    shown.*,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    SELECT
        corpus.corpus,
        article.article_position,
        sentence.sentence_position,
        sentence.sentence_label,
        sentence.sentence_text,
        sentence.word_count,
        ARRAY(
            SELECT usage_warning_on.usage_warning
            FROM ops.usage_warning_on
            WHERE usage_warning_on.entity = 'sentence' AND usage_warning_on.entity_id = sentence.sentence_id
            ORDER BY usage_warning_on.usage_warning
        ) AS usage_warnings,
        sentence.sentence_id
    FROM stimulus.sentence
    JOIN stimulus.article ON article.article_id = sentence.article_id
    JOIN stimulus.corpus ON corpus.corpus_id = article.corpus_id
) AS shown;
