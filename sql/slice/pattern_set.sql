-- The sets of trivial patterns that can be asked of each corpus.
--
-- Grain: one row per corpus and set of patterns.
-- Leaves out: sets without a pattern, and sets with a listed pattern (no rule) that has no cell in the corpus.
-- Read by: the plans of trivial_reliance, reader_reliance and reliance_difference.
CREATE VIEW slice.pattern_set AS
SELECT
    article.corpus_id,
    pattern_set_member.pattern_set
FROM stimulus.article
CROSS JOIN stimulus.pattern_set_member
JOIN stimulus.pattern ON pattern.pattern_id = pattern_set_member.pattern_id
LEFT JOIN (
    SELECT DISTINCT
        pattern_cell.pattern_id,
        sentence.article_id
    FROM stimulus.pattern_cell
    JOIN stimulus.sentence ON sentence.sentence_id = pattern_cell.sentence_id
) AS listed ON listed.pattern_id = pattern.pattern_id AND listed.article_id = article.article_id
GROUP BY article.corpus_id, pattern_set_member.pattern_set
HAVING
    count(DISTINCT pattern.pattern_id) FILTER (
        WHERE pattern.to_position IS NOT NULL OR pattern.words_back IS NOT NULL OR listed.pattern_id IS NOT NULL
    ) = count(DISTINCT pattern.pattern_id);
