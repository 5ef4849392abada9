-- What embargoes leave a role to see: the ids (of groups the names) of corpora, groups, readers, extractions, results.
--
-- Kinds: everything gives one row where nothing is hidden, else none; corpus, language_group, subject, sentence,
-- extraction, language_model, unit, run. A model is seen with any of its extractions, or where it has none. A unit of work
-- is seen unless anything that it is about (ops.unit.about) is hidden, or, while anything is, that is not known. A run is
-- seen with any of its units, unless it failed, was asked for by the name of something hidden, or loaded something hidden.
--
-- Grain: one row per thing seen. It tells what is seen and not what is hidden: whoever asks policies may ask it too.
-- Leaves out: embargoes that have run out by the date of UTC (a reader may set the time zone), and those that name the
-- role or a role it belongs to.
-- Read by: the policies of sql/role/row_security.sql, as the owner: a role cannot read what decides.
CREATE FUNCTION fn.visible(kind text, viewer name) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    corpora integer[];
    groups text[];
    extractions integer[];
    keys text[];
    names text[];
BEGIN
    IF NOT pg_has_role(session_user, viewer, 'MEMBER') THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied to ask what %s sees', viewer);
    END IF;

    SELECT
        COALESCE(array_agg(embargo.corpus_id) FILTER (WHERE embargo.corpus_id IS NOT NULL), '{}'),
        COALESCE(array_agg(embargo.language_group) FILTER (WHERE embargo.language_group IS NOT NULL), '{}'),
        COALESCE(array_agg(embargo.extraction_id) FILTER (WHERE embargo.extraction_id IS NOT NULL), '{}')
    INTO corpora, groups, extractions
    FROM ops.embargo
    WHERE
        -- today in UTC: a session may set a time zone that means something else by that name
        DATE '1970-01-01' + floor(EXTRACT(EPOCH FROM now()) / 86400)::integer < embargo.embargoed_until
        AND NOT EXISTS (
            SELECT 1
            FROM pg_roles
            WHERE pg_roles.rolname = ANY (embargo.visible_to) AND pg_has_role(viewer, pg_roles.oid, 'USAGE')
        );

    IF kind = 'everything' THEN
        IF cardinality(corpora) + cardinality(groups) + cardinality(extractions) = 0 THEN
            RETURN NEXT kind;
        END IF;
        RETURN;
    ELSIF kind = 'corpus' THEN
        RETURN QUERY SELECT corpus.corpus_id::text FROM stimulus.corpus WHERE corpus.corpus_id <> ALL (corpora);
        RETURN;
    ELSIF kind = 'language_group' THEN
        RETURN QUERY
        SELECT language_group.language_group
        FROM human.language_group
        WHERE language_group.language_group <> ALL (groups);
        RETURN;
    ELSIF kind = 'subject' THEN
        RETURN QUERY
        SELECT subject.subject_id::text
        FROM human.subject
        WHERE subject.corpus_id <> ALL (corpora) AND subject.language_group <> ALL (groups);
        RETURN;
    ELSIF kind = 'sentence' THEN
        RETURN QUERY
        SELECT sentence.sentence_id::text
        FROM stimulus.sentence
        JOIN stimulus.article ON article.article_id = sentence.article_id
        WHERE article.corpus_id <> ALL (corpora);
        RETURN;
    END IF;

    -- what is taken anew of the same model, condition, corpus and method is hidden as the one before
    extractions := ARRAY(
        SELECT extraction.extraction_id
        FROM model.extraction
        WHERE
            extraction.corpus_id = ANY (corpora)
            OR (extraction.language_model_id, extraction.condition_id, extraction.corpus_id, extraction.method) IN (
                SELECT named.language_model_id, named.condition_id, named.corpus_id, named.method
                FROM model.extraction AS named
                WHERE named.extraction_id = ANY (extractions)
            )
    );

    IF kind = 'extraction' THEN
        RETURN QUERY
        SELECT extraction.extraction_id::text
        FROM model.extraction
        WHERE extraction.extraction_id <> ALL (extractions);
        RETURN;
    ELSIF kind = 'language_model' THEN
        RETURN QUERY
        SELECT language_model.language_model_id::text
        FROM model.language_model
        LEFT JOIN model.extraction ON extraction.language_model_id = language_model.language_model_id
        GROUP BY language_model.language_model_id
        HAVING bool_or(extraction.extraction_id IS NULL OR extraction.extraction_id <> ALL (extractions));
        RETURN;
    END IF;

    keys := ARRAY(SELECT 'corpus ' || unnest(corpora))
        || ARRAY(SELECT 'group ' || unnest(groups))
        || ARRAY(SELECT 'extraction ' || unnest(extractions));

    IF kind = 'unit' THEN
        RETURN QUERY
        SELECT unit.unit_id::text FROM ops.unit WHERE keys = '{}' OR NOT COALESCE(unit.about && keys, true);
        RETURN;
    END IF;

    names := groups
        || ARRAY(SELECT corpus.corpus FROM stimulus.corpus WHERE corpus.corpus_id = ANY (corpora))
        || ARRAY(
            SELECT language_model.model
            FROM model.language_model
            JOIN model.extraction ON extraction.language_model_id = language_model.language_model_id
            WHERE extraction.extraction_id = ANY (extractions)
        );
    RETURN QUERY
    SELECT run.run_id::text
    FROM ops.run
    LEFT JOIN ops.unit ON unit.run_id = run.run_id
    GROUP BY run.run_id
    HAVING
        keys = '{}'
        OR run.error IS NULL
        AND NOT bool_and(COALESCE(unit.about && keys, true))
        AND NOT (run.job LIKE 'ingest %' AND bool_or(COALESCE(unit.about && keys, true)))
        AND NOT EXISTS (
            SELECT 1
            FROM jsonb_path_query(run.parameters, '$.selection.*[*]') AS chosen (value)
            WHERE chosen.value #>> '{}' = ANY (names)
        );
END
$$;
