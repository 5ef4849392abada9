"""When a claim holds, which layer is chosen without what it is scored on, and which loss a model has."""

import pytest


@pytest.fixture
def run(tables):
    """One run that is done, with one unit; two models with complete attention to plain text."""
    tables.given("ops.run", 'run_id | run_status | parameters\n1 | done | {"leave_out": []}')
    tables.given("ops.unit", "run_id | unit_id | unit_state\n1 | 1 | done")
    tables.given(
        "model.language_model",
        """
        language_model_id | model    | stage      | base_model_id
        1                 | llama-7b | pretrained | -
        2                 | mine     | tuned      | 1
        """,
    )
    tables.given(
        "model.extraction",
        """
        extraction_id | language_model_id | method | layers | extraction_status
        1             | 1                 | raw    | {0,1}  | complete
        2             | 2                 | raw    | {0,1}  | complete
        """,
    )
    return tables


def fits(tables, drawing):
    """Lines over models of saccade counts by the first rule."""
    ids = "run_id | unit_id | corpus_id | condition_id | method | measure_id"
    lines = drawing.strip().splitlines()
    rows = [f"1 | 1 | 1 | 1 | raw | 1 | {line.strip()}" for line in lines[1:]]
    tables.given("result.model_fit", "\n".join([f"{ids} | {lines[0].strip()}", *rows]))


def test_a_claim_holds_where_both_values_have_its_sign_and_are_significant(run):
    fits(
        run,
        """
        language_group | predictor | model_choice | score_kind     | pearson_r | p_value
        L1             | loss      | all          | resemblance    | -0.9      | 0.01
        L1             | loss      | word-aligned | cv_resemblance | -0.8      | 0.02
        L2             | loss      | all          | resemblance    | -0.9      | 0.01
        L2             | loss      | word-aligned | cv_resemblance | -0.5      | 0.25
        """,
    )
    run.expect(
        "mart.claim",
        """
        published_value | value_here | corrected_value | verdict        | reason
        -0.8752         | -0.9       | -0.8            | holds          | both values have the claimed sign
        -0.9171         | -0.9 | -0.5 | cannot be said | corrected, the value is not significant (p = 0.250)
        """,
        "claim = 'loss_goes_with_resemblance'",
    )


def test_a_claim_does_not_hold_where_one_value_has_the_other_sign(run):
    fits(
        run,
        """
        language_group | predictor           | model_choice | score_kind     | pearson_r | p_value
        L1             | log_parameter_count | all          | resemblance    | -0.2      | 0.8
        L1             | log_parameter_count | word-aligned | cv_resemblance | 0.9       | 0.01
        L2             | log_parameter_count | all          | resemblance    | 0.9       | 0.01
        L2             | log_parameter_count | word-aligned | cv_resemblance | -0.1      | 0.9
        """,
    )
    run.expect(
        "mart.claim",
        """
        language_group | verdict        | reason
        L1             | does not hold  | the value here has the other sign
        L2             | does not hold  | corrected, the value has the other sign
        """,
        "claim = 'resemblance_rises_with_scale'",
    )


def test_of_what_is_not_computed_nothing_can_be_said(run):
    run.expect(
        "(SELECT DISTINCT verdict, reason, corpus FROM mart.claim) AS told",
        "verdict | reason | corpus\ncannot be said | nothing that it needs is computed | -",
    )


def test_each_article_chooses_its_layer_from_the_others_and_the_errors_add_up(run):
    run.given("human.subject", "subject_id | subject_label | language_group\n11 | a | L1\n12 | b | L1\n13 | c | L1")
    run.given(
        "result.human_resemblance",
        """
        run_id | unit_id | extraction_id | measure_id | layer | subject_id | r2    | adjusted_r2 | cv_r2
        1      | 1       | 1             | 1          | 0     | 11         | 0.5   | 0           | 0
        1      | 1       | 1             | 1          | 0     | 12         | 0.125 | 0           | 0
        1      | 1       | 1             | 1          | 0     | 13         | 0.125 | 0           | 0
        1      | 1       | 1             | 1          | 1     | 11         | 0.25  | 0           | 0
        1      | 1       | 1             | 1          | 1     | 12         | 0.25  | 0           | 0
        1      | 1       | 1             | 1          | 1     | 13         | 0.125 | 0           | 0
        """,
    )
    run.given(
        "result.article_score",
        """
        extraction_id | measure_id | language_group | layer | article_position | choice_r2 | held_out_error
        1             | 1          | L1             | 0     | 0                | 0.1       | 0.25
        1             | 1          | L1             | 0     | 1                | 0.2       | 0.25
        1             | 1          | L1             | 1     | 0                | 0.2       | 0.5
        1             | 1          | L1             | 1     | 1                | 0.1       | 0.125
        """,
    )
    # the first article takes layer 1, the second layer 0: 1 - 0.5 - 0.25
    # reader a takes layer 1, where the others have 0.375 against 0.25; b and c take layer 0
    run.expect(
        "mart.layer_choice",
        """
        model    | best_layer | r2   | nested_cv_r2 | reader_nested_r2    | chosen_layers
        llama-7b | 0          | 0.25 | 0.25         | 0.16666666666666666 | {1,0}
        """,
    )


def test_layers_count_as_higher_or_lower_by_the_corrected_p(run):
    run.given(
        "result.tuning_test",
        """
        left_extraction_id | right_extraction_id | language_group | layer | alternative | p_bonferroni | test_count
        1                  | 2                   | L1             | 0     | higher      | 0.04         | 8
        1                  | 2                   | L1             | 0     | lower       | 1            | 8
        1                  | 2                   | L1             | 1     | higher      | 1            | 8
        1                  | 2                   | L1             | 1     | lower       | 0.06         | 8
        """,
    )
    run.expect(
        "mart.tuning_summary",
        """
        base_model | model | higher_count | lower_count | higher_layers | lower_layers | layer_total
        llama-7b   | mine  | 1            | 0           | {0}           | -            | 2
        """,
    )


def test_a_loss_computed_here_comes_before_a_published_one(run):
    run.expect("mart.model_loss", "model | loss\nllama-7b | 0.2408")
    run.given(
        "model.sentence_loss",
        """
        extraction_id | sentence_id | loss_per_token_per_length | predicted_token_count | token_count
        1             | 1           | 0.25                      | 4                     | 5
        1             | 2           | 0.5                       | 4                     | 5
        """,
    )
    run.expect("mart.model_loss", "model | loss | loss_source\nllama-7b | 0.375 | computed here")


def test_the_published_constants_of_regions_carry_their_warning(run):
    run.given("human.region", "region_id | region\n1 | angular")
    run.given(
        "human.measure",
        "measure_id | measure | quantity | saccade_rule_id | region_id\n99 | roi_value/angular | roi_value | - | 1",
    )
    run.given(
        "result.noise_ceiling",
        """
        run_id | unit_id | measure_id | language_group | ceiling_kind  | ceiling  | missing_because
        1      | 1       | 99         | L1             | group_mean    | 0.03125  | -
        1      | 1       | 99         | L1             | leave_one_out | 0.015625 | -
        """,
    )
    run.expect(
        "mart.region_summary",
        """
        region  | ceiling | leave_one_out_ceiling | published_ceiling | ceiling_unit | model | usage_warnings
        angular | 0.03125 | 0.015625              | 0.15382562        | Pearson r    | -     | {ceiling_not_r2}
        """,
    )
