-- Names two models whose divergence others are tested against.
--
-- Grain: one pair a call; an unknown model or a pair that is there already is an error.
-- Source: Gao et al. 2023 (EMNLP Findings), section 4.1: Vicuna v0 and v1.1, which differ in their training text alone.
-- Read by: people, e.g. SELECT fn.add_reference_pair('vicuna-13b-v0', 'vicuna-13b-v1.1', 'two versions of one model').
CREATE FUNCTION fn.add_reference_pair(left_name text, right_name text, why text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    unknown text;
BEGIN
    SELECT string_agg(named.model, ', ')
    INTO unknown
    FROM unnest(ARRAY[left_name, right_name]) AS named (model)
    WHERE NOT EXISTS (SELECT 1 FROM model.language_model WHERE language_model.model = named.model);

    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'no such model: %; mart.model_summary and model.language_model list those there are', unknown;
    END IF;

    INSERT INTO model.reference_pair (left_model_id, right_model_id, reason)
    SELECT
        left_side.language_model_id,
        right_side.language_model_id,
        why
    FROM model.language_model AS left_side
    CROSS JOIN model.language_model AS right_side
    WHERE left_side.model = left_name AND right_side.model = right_name;
END
$$;
