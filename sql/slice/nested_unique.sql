-- What heads explain of each reader beyond a set of predictors, every article held out at the layer chosen on the others.
--
-- An article is the place of its layer among those chosen, and the same place among the gains of the chosen layer, which
-- are kept article after article: the gain of reader r of n on article a is number (a - 1) n + r.
--
-- Grain: one row per extraction, measure, reader, set of predictors and set of sentences left out on request.
-- Leaves out: models of whose chosen layers one has no values, or values of other articles; readers without variation.
-- Source: Cawley & Talbot 2010 (JMLR 11:2079): choosing inside the cross-validation.
-- Read by: nested_unique_variance, and the scores of readers and models.
CREATE VIEW slice.nested_unique AS
SELECT
    parts.extraction_id,
    parts.corpus_id,
    parts.measure_id,
    parts.language_group,
    parts.predictor_set,
    parts.leave_out,
    reader.subject_label,
    sum(gain.value ORDER BY chosen.article) FILTER (WHERE gain.value <> 'NaN') AS nested_unique_r2
FROM current.layer_choice
CROSS JOIN LATERAL unnest(layer_choice.chosen_layers) WITH ORDINALITY AS chosen (layer, article)
JOIN current.unique_variance AS parts
    ON
        parts.extraction_id = layer_choice.extraction_id
        AND parts.measure_id = layer_choice.measure_id
        AND parts.language_group = layer_choice.language_group
        AND parts.leave_out = layer_choice.leave_out
        AND parts.layer = chosen.layer
        AND parts.held_out = 'article'
        AND cardinality(parts.article_gains) = cardinality(layer_choice.chosen_layers) * cardinality(parts.subject_labels)
CROSS JOIN LATERAL unnest(parts.subject_labels) WITH ORDINALITY AS reader (subject_label, place)
CROSS JOIN
    LATERAL (
        SELECT parts.article_gains[(chosen.article - 1) * cardinality(parts.subject_labels) + reader.place] AS value
    ) AS gain
GROUP BY
    parts.extraction_id,
    parts.corpus_id,
    parts.measure_id,
    parts.language_group,
    parts.predictor_set,
    parts.leave_out,
    reader.subject_label,
    cardinality(layer_choice.chosen_layers)
HAVING count(*) = cardinality(layer_choice.chosen_layers) AND count(*) FILTER (WHERE gain.value <> 'NaN') > 0;
