-- Where each reader looks from each word, the first time: the default choice, one row per thing.
--
-- Grain: one row per reader and word pair of every sentence shown to the reader, full square.
-- Key: subject_id, sentence_id, from_word, to_word
-- Leaves out: what is not of the default choice (is_default false), and what mart.saccade_cell leaves out. Its caveats
-- hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.saccade_cell_default AS
SELECT saccade_cell.* -- noqa: AM04
FROM mart.saccade_cell
WHERE saccade_cell.is_default;
