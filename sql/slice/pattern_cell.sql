-- The cells of each trivial pattern: rules spelled out, and cells that a user listed.
--
-- Grain: one row per pattern and word pair of the lower triangles with diagonal that belongs to it.
-- Leaves out: pairs that do not belong to the pattern; they count as 0.
-- Source: Gao et al. 2023 (EMNLP Findings) for the three patterns of the set `trivial`.
-- Read by: trivial_reliance, reader_reliance.
CREATE VIEW slice.pattern_cell AS
SELECT
    pattern.pattern_id,
    word_pair.sentence_id,
    word_pair.from_word,
    word_pair.to_word
FROM stimulus.pattern
JOIN stimulus.word_pair
    ON word_pair.to_word = COALESCE(pattern.to_position, word_pair.from_word - pattern.words_back)
WHERE word_pair.is_causal
UNION
SELECT
    pattern_cell.pattern_id,
    pattern_cell.sentence_id,
    pattern_cell.from_word,
    pattern_cell.to_word
FROM stimulus.pattern_cell;
