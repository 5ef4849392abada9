-- Who or what is left out of analyses, and why.
--
-- Grain: one row per thing left out: a reader, or a reader for one saccade rule, region or sentence (null: for all).
-- Key: subject_id, saccade_rule, region, sentence_label
-- Leaves out: sentences that somebody left out of one computation on request (leave_out of each result).
-- Read by: people, BI tools.
CREATE VIEW mart.exclusion AS
SELECT
    corpus.corpus,
    subject.language_group,
    subject.language_group || '/' || subject.subject_label AS subject_label,
    subject.language_group || '/' || subject.subject_label AS reader,
    saccade_rule.saccade_rule,
    region.region,
    sentence.sentence_label,
    exclusion.excluded_because,
    exclusion.source,
    exclusion.subject_id
FROM human.exclusion
JOIN human.subject ON subject.subject_id = exclusion.subject_id
JOIN stimulus.corpus ON corpus.corpus_id = subject.corpus_id
LEFT JOIN human.saccade_rule ON saccade_rule.saccade_rule_id = exclusion.saccade_rule_id
LEFT JOIN human.region ON region.region_id = exclusion.region_id
LEFT JOIN stimulus.sentence ON sentence.sentence_id = exclusion.sentence_id;
