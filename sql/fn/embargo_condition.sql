-- The tables that tell of what can be under embargo, and the condition under which a row of them is seen.
--
-- A row is hidden by the first of these columns that its table has: unit_id, extraction_id, subject_id, sentence_id,
-- corpus_id, language_model_id, language_group; one that tells of an extraction and a reader, by either of the two. A table
-- with none of these columns tells nothing that can be under embargo. Runs'
-- inputs, rejections and leases name readers, files and models in words: they are seen by whom nothing is hidden from.
--
-- What is seen is looked up once a query and table (fn.visible_ids), and a row's id is a subscript of that, which has three
-- reasons. It is fast. It costs nothing in the planner's eyes, so that no condition of whoever asks, however cheap, is tried
-- on a row before this one is: one that waits or fails where a hidden row holds would tell of it. And what is not null is
-- expected of nearly all rows, as is right; of a mere truth value half of the rows would be.
--
-- Grain: one row per table.
-- Read by: fn.enforce_embargoes.
CREATE FUNCTION fn.embargo_condition() RETURNS TABLE (table_name regclass, seen text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
WITH
keyed (place, column_name, kind) AS (
    VALUES
        (1, 'unit_id', 'unit'),
        (2, 'extraction_id', 'extraction'),
        (3, 'subject_id', 'subject'),
        (4, 'sentence_id', 'sentence'),
        (5, 'corpus_id', 'corpus'),
        (6, 'language_model_id', 'language_model'),
        (7, 'language_group', 'language_group')
),

chosen AS (
    SELECT DISTINCT ON (pg_class.oid)
        pg_class.oid,
        CASE keyed.kind
            WHEN 'language_group'
                THEN '(SELECT jsonb_object_agg(id, true) FROM fn.visible(''language_group'', current_user) AS seen (id))[language_group] IS NOT NULL'
            WHEN 'extraction'
                THEN format(
                    'CASE WHEN (SELECT fn.visible_ids(''extraction'', current_user))[extraction_id] THEN %s END IS NOT NULL',
                    CASE
                        WHEN EXISTS (
                            SELECT FROM pg_attribute AS reader
                            WHERE reader.attrelid = pg_class.oid AND reader.attname = 'subject_id'
                        )
                            THEN 'CASE WHEN (SELECT fn.visible_ids(''subject'', current_user))[subject_id] THEN true END'
                        ELSE 'true'
                    END
                )
            ELSE format(
                'CASE WHEN (SELECT fn.visible_ids(%L, current_user))[%I] THEN true END IS NOT NULL', keyed.kind, keyed.column_name
            )
        END AS seen
    FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid
    JOIN keyed ON keyed.column_name = attname
    WHERE
        relnamespace IN (
            'ops'::regnamespace, 'stimulus'::regnamespace, 'human'::regnamespace,
            'model'::regnamespace, 'result'::regnamespace
        )
        AND relkind IN ('r', 'p')
        AND NOT relispartition
        AND relname !~ '^attention_\d+$'
    ORDER BY pg_class.oid, keyed.place
)

SELECT chosen.oid::regclass, chosen.seen FROM chosen WHERE chosen.oid <> 'ops.embargo'::regclass
UNION ALL
VALUES
    ('ops.run'::regclass, 'CASE WHEN (SELECT fn.visible_ids(''run'', current_user))[run_id] THEN true END IS NOT NULL'),
    ('ops.run_input'::regclass, '(SELECT count(*) FROM fn.visible(''everything'', current_user)) <> 0'),
    ('ops.rejection'::regclass, '(SELECT count(*) FROM fn.visible(''everything'', current_user)) <> 0'),
    ('ops.lease'::regclass, '(SELECT count(*) FROM fn.visible(''everything'', current_user)) <> 0'),
    (
        'ops.usage_warning_on'::regclass,
        '(
            SELECT jsonb_build_object(
                ''extraction'', (SELECT jsonb_object_agg(id, true) FROM fn.visible(''extraction'', current_user) AS seen (id)),
                ''sentence'', (SELECT jsonb_object_agg(id, true) FROM fn.visible(''sentence'', current_user) AS seen (id)),
                ''region'', (SELECT jsonb_object_agg(region_id, true) FROM human.region)
            )
        )[entity][entity_id] IS NOT NULL'
    ),
    (
        'model.reference_pair'::regclass,
        'CASE
            WHEN (SELECT fn.visible_ids(''language_model'', current_user))[left_model_id]
                THEN CASE WHEN (SELECT fn.visible_ids(''language_model'', current_user))[right_model_id] THEN true END
        END IS NOT NULL'
    )
$$;
