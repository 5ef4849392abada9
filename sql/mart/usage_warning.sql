-- Usage warnings, and what each is about.
--
-- Grain: one row per warning and thing that it is attached to.
-- Key: usage_warning, entity, entity_id
-- Leaves out: nothing.
-- Read by: people.
CREATE VIEW mart.usage_warning AS
SELECT
    usage_warning.usage_warning,
    usage_warning.description,
    usage_warning_on.entity,
    usage_warning_on.entity_id,
    COALESCE(sentence.sentence_label, region.region, language_model.model) AS entity_name,
    usage_warning_on.reason
FROM ops.usage_warning_on
JOIN ops.usage_warning ON usage_warning.usage_warning = usage_warning_on.usage_warning
LEFT JOIN stimulus.sentence
    ON usage_warning_on.entity = 'sentence' AND sentence.sentence_id = usage_warning_on.entity_id
LEFT JOIN human.region
    ON usage_warning_on.entity = 'region' AND region.region_id = usage_warning_on.entity_id
LEFT JOIN model.extraction
    ON usage_warning_on.entity = 'extraction' AND extraction.extraction_id = usage_warning_on.entity_id
LEFT JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
UNION ALL
-- of readers: told by the readings themselves
SELECT
    usage_warning.usage_warning,
    usage_warning.description,
    'reader' AS entity,
    subject.subject_id AS entity_id,
    subject.language_group || '/' || subject.subject_label AS entity_name,
    concat(count(*) - count(reading.reading_time_ms), ' of ', count(*), ' reading times are not known') AS reason
FROM human.reading
JOIN human.subject ON subject.subject_id = reading.subject_id
JOIN ops.usage_warning ON usage_warning.usage_warning = 'reading_time_missing'
GROUP BY usage_warning.usage_warning, subject.subject_id
HAVING count(*) > count(reading.reading_time_ms);
