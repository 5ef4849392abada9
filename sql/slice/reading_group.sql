-- The groups of readers whose fixations are known, by measure of reading times.
--
-- Grain: one row per corpus, group of readers and quantity.
-- Leaves out: groups without a reader; readers of whom only saccades or regions are known.
-- Read by: the plan of surprisal_fit.
CREATE VIEW slice.reading_group AS
SELECT
    corpus.corpus_id,
    corpus.corpus,
    reading_quantity.quantity,
    language_group.language_group
FROM stimulus.corpus
CROSS JOIN human.reading_quantity
CROSS JOIN human.language_group
WHERE
    EXISTS (
        SELECT 1
        FROM human.subject
        WHERE
            subject.corpus_id = corpus.corpus_id
            AND subject.language_group = language_group.language_group
            AND EXISTS (SELECT 1 FROM human.fixation WHERE fixation.subject_id = subject.subject_id)
    );
