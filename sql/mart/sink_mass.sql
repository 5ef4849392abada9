-- How much of its attention each layer gives to no word of the sentence, above all to the start token, which is dropped.
--
-- Grain: one row per model, condition, method, corpus and layer.
-- Key: extraction_id, layer
-- Default: mart.sink_mass_default. Here condition and method differ from row to row: choose one of each before you
-- average.
-- Leaves out: extractions that are not complete; of encoders whose special tokens were not kept apart, everything.
-- Caveats: mass_source says where the numbers are from: tokens are those that were kept beside the attention; row sums are
-- what the rows of arrays as published lack of 1, where a row that vanished in float16 counts as all lost, and what went to
-- a prefix is not told from what went to the start token.
-- Source: Xiao et al. 2024 (ICLR, attention sinks).
-- Read by: people and BI tools.
CREATE VIEW mart.sink_mass AS
SELECT
    shown.*,
    fn.is_default(method => shown.method, condition => shown.condition) AS is_default,
    NULLIF(array_to_string(shown.usage_warnings, ', '), '') AS warnings
FROM (
    WITH by_head AS (
        SELECT
            layer_sink.extraction_id,
            layer_sink.layer,
            CASE WHEN given.sink IS NULL THEN 'row sums' ELSE 'tokens' END AS mass_source,
            COALESCE(
                given.sink / layer_sink.word_total,
                -- to six digits: weights are of single precision at most, and what is beyond depends on the order of summing
                round((1 - given.weight / layer_sink.word_total)::numeric, 6)::double precision
            ) AS sink,
            given.outside / layer_sink.word_total AS outside
        FROM model.layer_sink
        JOIN model.extraction ON extraction.extraction_id = layer_sink.extraction_id
        CROSS JOIN
            LATERAL unnest(layer_sink.weight_sums, layer_sink.sink_sums, layer_sink.outside_sums)
                AS given (weight, sink, outside)
        WHERE extraction.is_causal OR given.sink IS NOT NULL
    )

    SELECT
        language_model.model,
        language_model.parameter_count,
        condition.condition,
        extraction.method,
        corpus.corpus,
        by_head.layer,
        fn.relative_depth(by_head.layer, language_model.layer_count) AS relative_depth,
        by_head.mass_source,
        avg(by_head.sink) AS mean_sink_mass,
        min(by_head.sink) AS least_sink_mass,
        max(by_head.sink) AS most_sink_mass,
        avg(by_head.outside) AS mean_outside_mass,
        count(*)::integer AS head_count,
        ARRAY(SELECT warning FROM fn.usage_warnings(
            extraction.extraction_id, extraction.corpus_id, NULL, NULL
        ) AS warning) AS usage_warnings,
        extraction.extraction_id
    FROM by_head
    JOIN model.extraction ON extraction.extraction_id = by_head.extraction_id
    JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
    JOIN model.condition ON condition.condition_id = extraction.condition_id
    JOIN stimulus.corpus ON corpus.corpus_id = extraction.corpus_id
    WHERE extraction.extraction_status = 'complete'
    GROUP BY
        language_model.language_model_id,
        condition.condition_id,
        corpus.corpus_id,
        extraction.extraction_id,
        by_head.layer,
        by_head.mass_source
) AS shown;
