-- Who sees which rows: owners and writers all, everyone else those that no embargo hides; the owners of tables included.
--
-- A row is hidden by the first of these columns that its table has: unit_id, extraction_id, subject_id, sentence_id,
-- corpus_id, language_model_id, language_group. A table with none of them tells nothing that can be under embargo. What is
-- seen is asked once a query and table, and whether that is everything comes first. Views ask as whoever reads them.
--
-- Runs' inputs, rejections and leases name readers, files and models in words: they are seen by whom nothing is hidden from.
--
-- Read by: warehouse db upgrade, whenever anything was installed.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
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
                format(
                    '%I IN (SELECT fn.visible(%L, current_user)::%s)',
                    keyed.column_name, keyed.kind, format_type(atttypid, NULL)
                ) AS condition
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
        ),

        special (oid, condition) AS (
            VALUES
                ('ops.run'::regclass, 'run_id IN (SELECT fn.visible(''run'', current_user)::integer)'),
                ('ops.run_input'::regclass, 'false'),
                ('ops.rejection'::regclass, 'false'),
                ('ops.lease'::regclass, 'false'),
                (
                    'ops.usage_warning_on'::regclass,
                    'CASE entity
                        WHEN ''extraction''
                            THEN entity_id IN (SELECT fn.visible(''extraction'', current_user)::integer)
                        WHEN ''sentence''
                            THEN entity_id IN (SELECT fn.visible(''sentence'', current_user)::integer)
                        ELSE true
                    END'
                ),
                (
                    'model.reference_pair'::regclass,
                    'left_model_id IN (SELECT fn.visible(''language_model'', current_user)::integer)
                    AND right_model_id IN (SELECT fn.visible(''language_model'', current_user)::integer)'
                )
        )

        SELECT chosen.oid::regclass AS name, chosen.condition
        FROM chosen
        WHERE chosen.oid <> 'ops.embargo'::regclass
        UNION ALL
        SELECT special.oid, special.condition
        FROM special
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS insiders ON %s', made.name);
        EXECUTE format('DROP POLICY IF EXISTS embargo ON %s', made.name);
        EXECUTE format(
            'CREATE POLICY insiders ON %s TO warehouse_owner, warehouse_writer USING (true) WITH CHECK (true)', made.name
        );
        EXECUTE format(
            'CREATE POLICY embargo ON %s FOR SELECT USING (
                (SELECT EXISTS (SELECT fn.visible(''everything'', current_user))) OR %s
            )',
            made.name, made.condition
        );
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.name);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', made.name);
    END LOOP;
END
$$;
