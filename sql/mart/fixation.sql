-- A reader's path over a sentence: every fixation in time order, with the word.
--
-- Grain: one row per fixation; choose one reading_ordinal where sentences were read again.
-- Leaves out: nothing; excluded readers are here too (mart.exclusion). word_position is null between words.
-- Read by: people, BI tools, the dashboard.
CREATE VIEW mart.fixation AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    sentence.sentence_label,
    fixation.reading_ordinal,
    fixation.fixation_ordinal,
    fixation.word_position,
    word.word_text,
    fixation.start_ms,
    fixation.duration_ms,
    fixation.subject_id,
    fixation.sentence_id
FROM human.fixation
JOIN human.subject ON subject.subject_id = fixation.subject_id
-- left joins on whole keys: the planner drops those whose columns are not asked for
LEFT JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = fixation.sentence_id
LEFT JOIN stimulus.word ON word.sentence_id = fixation.sentence_id AND word.word_position = fixation.word_position;
