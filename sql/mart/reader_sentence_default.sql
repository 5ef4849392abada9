-- How each reader went through each sentence, the first time: the default choice, one row per thing.
--
-- Grain: one row per reader and sentence shown to the reader.
-- Key: subject_id, sentence_id
-- Leaves out: what is not of the default choice (is_default false), and what mart.reader_sentence leaves out. Its
-- caveats hold here too.
-- Read by: people and BI tools.
CREATE VIEW mart.reader_sentence_default AS
SELECT reader_sentence.* -- noqa: AM04
FROM mart.reader_sentence
WHERE reader_sentence.is_default;
