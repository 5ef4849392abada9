-- The sets of predictors that can be asked of each corpus.
--
-- Grain: one row per corpus and set of predictors.
-- Leaves out: sets with a feature that the corpus does not have, or with the surprisal of a model that has not read it.
-- Read by: slice.predictor_set, slice.design.
CREATE VIEW current.predictor_set AS
SELECT
    corpus.corpus_id,
    predictor_set_member.predictor_set
FROM stimulus.corpus
CROSS JOIN stimulus.predictor_set_member
JOIN stimulus.predictor ON predictor.predictor_id = predictor_set_member.predictor_id
GROUP BY corpus.corpus_id, predictor_set_member.predictor_set
HAVING
    bool_and(
        predictor.predictor_kind NOT IN ('word_feature', 'pair_feature')
        OR EXISTS (
            SELECT 1
            FROM stimulus.feature
            WHERE feature.corpus_id = corpus.corpus_id AND feature.feature = predictor.feature
        )
    )
    AND bool_and(
        predictor.predictor_kind <> 'surprisal'
        OR EXISTS (
            SELECT 1
            FROM model.extraction
            JOIN model.language_model ON language_model.language_model_id = extraction.language_model_id
            JOIN model.condition ON condition.condition_id = extraction.condition_id
            WHERE
                extraction.corpus_id = corpus.corpus_id
                AND language_model.model = predictor.model
                AND condition.condition = 'plain'
                AND extraction.method = 'raw'
                AND extraction.extraction_status = 'complete'
                AND EXISTS (
                    SELECT 1 FROM model.word_surprisal WHERE word_surprisal.extraction_id = extraction.extraction_id
                )
        )
    );
