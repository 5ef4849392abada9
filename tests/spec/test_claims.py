"""When a claim holds, which layer is chosen without what it is scored on, and which loss a model has."""

import re

import pytest

from tests.dashboard.asking import assert_downloaded_in_every_form
from warehouse.dashboard.claim_view import claim_view


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


def verdict(tables, claim, group="L1"):
    question = f"SELECT verdict, reason_code FROM mart.claim WHERE claim = '{claim}' AND language_group = '{group}'"
    ((found, code),) = tables.run(question)
    return found, code


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.1, 0.7, NULL, 5, 4", "all_agree", id="all agree"),
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.1, 0.7, NULL, NULL, NULL", "all_agree", id="not about models"),
        pytest.param("NULL, NULL, 0.4, 0.02, 0.1, 0.7, NULL, 5, 4", "no_value", id="no value"),
        pytest.param("0.5, 0.01, NULL, NULL, NULL, NULL, NULL, 5, 4", "no_corrected_value", id="nothing corrected"),
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.1, 0.7, NULL, 5, 0", "misaligned_only", id="tokens only"),
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.1, 0.7, NULL, 1, 1", "one_model", id="one model"),
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.1, 0.7, NULL, 2, 1", "one_model", id="one model aligned to words"),
        pytest.param("0.5, NULL, 0.4, 0.02, 0.1, 0.7, NULL, 5, 4", "no_test", id="no test of the value"),
        pytest.param("0.5, 0.01, 0.4, NULL, 0.1, 0.7, NULL, 5, 4", "no_test", id="no test of the corrected value"),
        pytest.param("0.5, 0.01, 0.4, 0.02, NULL, NULL, NULL, 5, 4", "no_interval", id="no interval"),
        pytest.param("0.5, 0.01, -0.4, 0.02, -0.7, -0.1, NULL, 5, 4", "contradicted", id="the other way"),
        pytest.param("0.5, 0.01, -0.4, 0.2, -0.7, 0.1, NULL, 5, 4", "corrected_other_sign", id="perhaps the other way"),
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.1, 0.7, 0.01, 5, 4", "little_effect", id="shown to be little"),
        pytest.param("0.5, 0.01, 0.4, 0.05, 0.1, 0.7, NULL, 5, 4", "corrected_not_significant", id="p of 0.05"),
        pytest.param("0.5, 0.01, 0.4, 0.02, 0.0, 0.7, NULL, 5, 4", "interval_contains_0", id="an interval from 0"),
        pytest.param("-0.5, 0.01, 0.4, 0.02, 0.1, 0.7, NULL, 5, 4", "value_other_sign", id="the values disagree"),
        pytest.param("0.5, 0.05, 0.4, 0.02, 0.1, 0.7, NULL, 5, 4", "value_not_significant", id="p here of 0.05"),
    ],
)
def test_a_verdict_follows_from_values_tests_interval_and_models(tables, evidence, expected):
    assert tables.run(f"SELECT fn.verdict_reason(1::smallint, {evidence})") == [(expected,)]


def test_of_a_claim_that_something_falls_the_rule_is_the_mirror_image(tables):
    asked = "SELECT fn.verdict_reason(-1::smallint, {}, 0.01, {}, 0.02, {}, {}, NULL, 5, 4)"
    assert tables.run(asked.format(-0.5, -0.4, -0.7, -0.1)) == [("all_agree",)]
    assert tables.run(asked.format(-0.5, 0.4, 0.1, 0.7)) == [("contradicted",)]


def test_every_code_of_the_rule_has_its_verdict_and_its_words(tables):
    found = dict(tables.run("SELECT reason_code, verdict FROM result.verdict_reason"))
    (source,) = tables.run("SELECT prosrc FROM pg_proc WHERE oid = 'fn.verdict_reason'::regproc")[0]
    assert set(re.findall(r"'(\w+)'", source)) | {"not_computed"} == set(found)
    assert {code for code, verdict in found.items() if verdict == "holds"} == {"all_agree"}
    assert {code for code, verdict in found.items() if verdict == "does not hold"} == {"contradicted", "little_effect"}


def test_a_claim_about_lines_holds_where_both_are_significant_as_a_family(run):
    run.run("UPDATE model.extraction SET alignment = 'word'")
    fits(
        run,
        """
        language_group | predictor | model_choice | score_kind         | model_count | pearson_r | p_value | r_low | r_high
        L1             | loss      | all          | resemblance        | 9           | -0.9      | 0.01    | -1    | -0.6
        L1             | loss      | word-aligned | nested_resemblance | 8           | -0.8      | 0.02    | -0.96 | -0.2
        L2             | loss      | all          | resemblance        | 9           | -0.9      | 0.01    | -1    | -0.6
        L2             | loss      | word-aligned | nested_resemblance | 8           | -0.7      | 0.03    | -0.94 | -0.1
        """,  # noqa: E501
    )
    run.expect(
        "mart.claim",
        """
        language_group | published_value | value_here | corrected_value | corrected_p | corrected_low | test_count | verdict        | reason_code
        L1             | -0.8752         | -0.9       | -0.8            | 0.04        | -0.96         | 2          | holds          | all_agree
        L2             | -0.9171         | -0.9       | -0.7            | 0.06        | -0.94         | 2          | cannot be said | corrected_not_significant
        """,  # noqa: E501
        "claim = 'loss_goes_with_resemblance'",
    )


def test_the_evidence_of_a_claim_is_downloaded_in_every_form(run, spec_connection):
    fits(
        run,
        """
        language_group | predictor | model_choice | score_kind         | pearson_r | r_low | r_high
        L1             | loss      | all          | resemblance        | -0.9      | -1    | -0.6
        L1             | loss      | word-aligned | nested_resemblance | -0.8      | -0.96 | -0.2
        """,
    )
    (evidence,) = claim_view(spec_connection, {}).drawings()
    told = {(row["evidence"], row["value"], row["low"]) for row in evidence.rows if row["readers"].startswith("L1")}
    assert told == {("published", -0.8752, None), ("here", -0.9, None), ("corrected", -0.8, -0.96)}
    assert_downloaded_in_every_form(spec_connection, "/claims", {}, evidence)


def test_what_is_left_beyond_the_baseline_has_a_verdict_of_its_own(run):
    run.run("UPDATE model.extraction SET alignment = 'word'")
    fits(
        run,
        """
        language_group | predictor | model_choice | score_kind         | model_count | pearson_r | p_value | r_low | r_high
        L1             | loss      | all          | resemblance        | 9           | -0.9      | 0.01    | -1    | -0.6
        L1             | loss      | word-aligned | nested_resemblance | 8           | -0.8      | 0.02    | -0.96 | -0.2
        L1             | loss      | word-aligned | unique_resemblance | 8           | -0.3      | 0.3     | -0.8  | 0.4
        """,  # noqa: E501
    )
    run.expect(
        "mart.claim",
        """
        verdict | beyond_value | beyond_p | beyond_low | beyond_high | beyond_verdict | beyond_reason_code
        holds   | -0.3         | 0.6      | -0.8       | 0.4         | cannot be said | corrected_not_significant
        """,
        "claim = 'loss_goes_with_resemblance' AND language_group = 'L1'",
    )


def test_of_models_that_are_tokens_alone_nothing_can_be_said(run):
    fits(
        run,
        """
        language_group | predictor           | model_choice | score_kind         | model_count | pearson_r | p_value
        L1             | log_parameter_count | all          | resemblance        | 5           | 0.9       | 0.01
        L1             | log_parameter_count | word-aligned | nested_resemblance | 0           | -         | -
        """,
    )
    assert verdict(run, "resemblance_rises_with_scale") == ("cannot be said", "misaligned_only")


def test_of_what_is_not_computed_nothing_can_be_said(run):
    run.expect(
        "(SELECT DISTINCT verdict, reason_code, corpus, usage_warnings, run_ids FROM mart.claim) AS told",
        "verdict | reason_code | corpus | usage_warnings | run_ids\ncannot be said | not_computed | - | {} | -",
    )


def test_a_claim_without_a_corrected_value_cannot_be_said(run):
    run.given(
        "result.reliance_difference",
        """
        run_id | unit_id | left_extraction_id | right_extraction_id | comparison | pattern_set | r2_difference
        1      | 1       | 1                  | 2                   | tuning     | trivial     | 0.2
        """,
    )
    run.run("UPDATE model.extraction SET alignment = 'word'")
    run.expect(
        "mart.claim",
        """
        value_here | corrected_value | model_count | verdict        | reason_code        | reason
        0.2        | -               | 1           | cannot be said | no_corrected_value | there is no corrected value
        """,
        "claim = 'tuning_raises_reliance'",
    )


def tuned(tables, drawing):
    ids = "corpus_id | condition_id | method | measure_id | language_group"
    lines = drawing.strip().splitlines()
    rows = [f"1 | 1 | raw | 1 | L1 | {line.strip()}" for line in lines[1:]]
    tables.given("result.tuning_effect", "\n".join([f"{ids} | {lines[0].strip()}", *rows]))


def test_a_switch_of_layers_is_no_effect_of_tuning(run):
    """In-sample two models switch layers and differ by -7.8 points; at layers chosen without the data they do not."""
    tuned(
        run,
        """
        score_kind         | tuned_model  | difference | interval_low | interval_high | p_value | p_equivalence | model_count
        resemblance        | all          | -0.078     | -0.09        | -0.06         | 0.001   | 1             | 2
        nested_resemblance | word-aligned | -0.002     | -0.006       | 0.002         | 0.3     | 0.02          | 2
        """,  # noqa: E501
    )
    run.expect(
        "mart.claim",
        """
        value_here | corrected_value | corrected_low | p_equivalence | verdict       | reason_code
        -7.8       | -0.2            | -0.6          | 0.02          | does not hold | little_effect
        """,
        "claim = 'resemblance_falls_with_tuning' AND language_group = 'L1'",
    )


def test_one_tuned_model_says_nothing_of_tuning(run):
    tuned(
        run,
        """
        score_kind         | tuned_model  | difference | interval_low | interval_high | p_value | model_count
        resemblance        | all          | -0.078     | -0.09        | -0.06         | 0.001   | 1
        nested_resemblance | word-aligned | -0.02      | -0.03        | -0.01         | 0.001   | 1
        """,
    )
    assert verdict(run, "resemblance_falls_with_tuning") == ("cannot be said", "one_model")


def groups(tables, drawing):
    ids = "run_id | unit_id | measure_id | left_group | right_group"
    lines = drawing.strip().splitlines()
    rows = [f"1 | 1 | 1 | L1 | L2 | {line.strip()}" for line in lines[1:]]
    tables.given("result.group_difference", "\n".join([f"{ids} | {lines[0].strip()}", *rows]))


def test_every_model_is_closer_where_the_least_certain_one_is(run):
    run.run("UPDATE model.extraction SET alignment = 'word'")
    groups(
        run,
        """
        extraction_id | score_kind         | difference | interval_low | interval_high | p_greater | p_value
        1             | resemblance        | 0.05       | 0.01         | 0.09          | 0.001     | 0.002
        2             | resemblance        | 0.04       | 0.01         | 0.08          | 0.01      | 0.02
        1             | nested_resemblance | 0.03       | -0.02        | 0.08          | 0.1       | 0.2
        2             | nested_resemblance | 0.06       | 0.02         | 0.1           | 0.005     | 0.01
        1             | unique_resemblance | 0.02       | 0.01         | 0.03          | 0.01      | 0.02
        2             | unique_resemblance | 0.05       | 0.01         | 0.09          | 0.005     | 0.01
        """,
    )
    run.expect(
        "mart.claim",
        """
        value_here | value_p | corrected_value | corrected_p | corrected_low | corrected_high | model_count | verdict        | beyond_value | beyond_p | beyond_low | beyond_verdict
        4          | 0.01    | 3               | 0.2         | -2            | 8              | 2           | cannot be said | 2            | 0.02     | 1          | holds
        """,  # noqa: E501
        "claim = 'closer_to_second_language'",
    )


@pytest.mark.parametrize(("p_value", "expected"), [(0.01, "contradicted"), (0.03, "corrected_other_sign")])
def test_one_model_that_is_farther_for_certain_contradicts_that_every_one_is_closer(run, p_value, expected):
    """Two models are looked at, so that the p of the one that is farther counts twice."""
    run.run("UPDATE model.extraction SET alignment = 'word'")
    groups(
        run,
        f"""
        extraction_id | score_kind         | difference | interval_low | interval_high | p_greater       | p_value
        1             | resemblance        | 0.05       | 0.01         | 0.09          | 0.001           | 0.002
        2             | resemblance        | 0.04       | 0.01         | 0.08          | 0.01            | 0.02
        1             | nested_resemblance | -0.03      | -0.05        | -0.01         | {1 - p_value / 2} | {p_value}
        2             | nested_resemblance | 0.06       | 0.02         | 0.1           | 0.005           | 0.01
        """,
    )
    assert verdict(run, "closer_to_second_language", "all")[1] == expected
    ((corrected_p,),) = run.run("SELECT corrected_p FROM mart.claim WHERE claim = 'closer_to_second_language'")
    assert corrected_p == pytest.approx(2 * p_value)


@pytest.mark.parametrize(
    ("p_greater", "interval", "expected"),
    [
        (0.999, (-0.3, -0.1), "contradicted"),
        (0.001, (0.1, 0.3), "all_agree"),
        (0.9, (-0.3, 0.1), "corrected_other_sign"),
    ],
)
def test_a_claim_about_patterns_can_be_contradicted(run, p_greater, interval, expected):
    low, high = interval
    run.given(
        "result.reliance_test",
        f"""
        run_id | unit_id | measure_id | left_group | right_group | pattern_set | r2_difference | p_greater | cv_r2_difference | cv_p_greater | cv_interval_low | cv_interval_high
        1      | 1       | 1          | L1         | L2          | trivial     | 0.2           | 0.001     | {low + high}     | {p_greater}  | {low}           | {high}
        """,  # noqa: E501
    )
    assert verdict(run, "second_language_relies_on_patterns", "all")[1] == expected


def test_an_untrained_model_answers_no_claim(run):
    run.run("UPDATE model.extraction SET alignment = 'word'")
    run.given("model.language_model", "language_model_id | model | stage\n3 | random | untrained")
    run.given(
        "model.extraction",
        "extraction_id | language_model_id | method | alignment | layers | extraction_status\n"
        "3 | 3 | raw | word | {0} | complete",
    )
    groups(
        run,
        """
        extraction_id | score_kind         | difference | interval_low | interval_high | p_greater
        1             | resemblance        | 0.05       | 0.01         | 0.09          | 0.001
        3             | resemblance        | -0.5       | -0.6         | -0.4          | 1
        1             | nested_resemblance | 0.03       | 0.02         | 0.08          | 0.01
        3             | nested_resemblance | -0.5       | -0.6         | -0.4          | 1
        """,
    )
    run.expect(
        "mart.claim",
        "value_here | corrected_value | model_count\n5 | 3 | 1",
        "claim = 'closer_to_second_language'",
    )


def test_claims_about_brain_regions_are_about_the_paper_s_region(run):
    run.run("UPDATE model.extraction SET alignment = 'word'")
    run.given("human.region", "region_id | region\n1 | angular\n2 | anterior")
    run.given(
        "human.measure",
        """
        measure_id | measure            | quantity  | saccade_rule_id | region_id
        98         | roi_value/anterior | roi_value | -               | 2
        99         | roi_value/angular  | roi_value | -               | 1
        """,
    )
    for measure in (98, 99):
        run.given(
            "result.model_fit",
            f"""
            run_id | unit_id | condition_id | method | measure_id | language_group | predictor | model_choice | score_kind         | pearson_r
            1      | 1       | 1            | raw    | {measure}  | L1             | loss      | all          | resemblance        | -0.8
            1      | 1       | 1            | raw    | {measure}  | L1             | loss      | word-aligned | nested_resemblance | -0.7
            """,  # noqa: E501
        )
    run.expect(
        "mart.claim",
        """
        measure            | published_value | value_here | quantity_claimed
        roi_value/anterior | -0.7773         | -0.8       | Pearson r of the region resemblance with next-token loss, region anterior
        """,  # noqa: E501
        "claim = 'fmri_agrees_on_loss' AND language_group = 'L1'",
    )


@pytest.mark.parametrize(("p_value", "corrected_p"), [(None, None), (0.02, 0.04), (0.7, 1.0)])
def test_what_was_not_tested_has_no_p_in_its_family_either(run, p_value, corrected_p):
    run.run("UPDATE model.extraction SET alignment = 'word'")
    shown = "-" if p_value is None else p_value
    fits(
        run,
        f"""
        language_group | predictor | model_choice | score_kind         | pearson_r | p_value
        L1             | loss      | all          | resemblance        | -0.8      | 0.01
        L1             | loss      | word-aligned | nested_resemblance | -0.7      | {shown}
        """,
    )
    ((found,),) = run.run(
        "SELECT corrected_p FROM mart.claim "
        "WHERE claim = 'loss_goes_with_resemblance' AND language_group = 'L1' AND value_here IS NOT NULL"
    )
    assert found == (None if corrected_p is None else pytest.approx(corrected_p))


def test_a_simulated_corpus_answers_no_claim(run):
    run.run("UPDATE stimulus.corpus SET is_simulated = true")
    run.run("UPDATE model.extraction SET alignment = 'word'")
    groups(
        run,
        """
        extraction_id | score_kind         | difference | interval_low | interval_high | p_greater | p_value
        1             | resemblance        | 0.05       | 0.01         | 0.09          | 0.001     | 0.002
        2             | resemblance        | 0.05       | 0.01         | 0.09          | 0.001     | 0.002
        1             | nested_resemblance | 0.03       | 0.02         | 0.08          | 0.01      | 0.02
        2             | nested_resemblance | 0.03       | 0.02         | 0.08          | 0.01      | 0.02
        """,
    )
    run.expect(
        "mart.claim",
        "corpus | value_here | verdict | reason_code\n- | - | cannot be said | not_computed",
        "claim = 'closer_to_second_language'",
    )
    run.run("UPDATE stimulus.corpus SET is_simulated = false")
    assert verdict(run, "closer_to_second_language", "all") == ("holds", "all_agree")


def test_a_row_says_what_it_is_made_of(run):
    run.run("UPDATE model.extraction SET alignment = 'word' WHERE extraction_id = 2")
    run.given(
        "ops.usage_warning_on",
        "usage_warning | entity | entity_id | reason\nnot_word_aligned | extraction | 1 | tokens",
    )
    groups(
        run,
        """
        extraction_id | score_kind         | difference | left_count | right_count
        1             | resemblance        | 0.05       | 51         | 55
        2             | resemblance        | 0.05       | 51         | 55
        2             | nested_resemblance | 0.03       | 51         | 55
        """,
    )
    run.expect(
        "mart.claim",
        "corpus | subject_count | run_ids | usage_warnings\ntoy | 106 | {1} | {not_word_aligned}",
        "claim = 'closer_to_second_language'",
    )


def test_a_choice_stands_beside_the_layer_chosen_in_sample_and_both_ceilings(run):
    run.given("human.subject", "subject_id | subject_label | language_group\n11 | a | L1\n12 | b | L1")
    run.given(
        "result.human_resemblance",
        """
        extraction_id | measure_id | layer | subject_id | r2    | adjusted_r2 | cv_r2
        1             | 1          | 0     | 11         | 0.5   | 0           | 0.25
        1             | 1          | 0     | 12         | 0.25  | 0           | 0.25
        1             | 1          | 1     | 11         | 0.25  | 0           | 0
        1             | 1          | 1     | 12         | 0.25  | 0           | 0
        """,
    )
    run.given(
        "result.noise_ceiling",
        """
        measure_id | language_group | ceiling_kind  | ceiling
        1          | L1             | group_mean    | 0.75
        1          | L1             | leave_one_out | 0.5
        """,
    )
    run.given(
        "result.layer_choice",
        """
        extraction_id | measure_id | language_group | chosen_layers | nested_cv_r2 | cv_ceiling | nested_resemblance | interval_low | interval_high
        1             | 1          | L1             | {0,0,1}       | 0.125        | 0.25       | 0.5                | 0.4          | 0.6
        """,  # noqa: E501
    )
    run.given(
        "result.resemblance_interval",
        """
        extraction_id | measure_id | layer | language_group | statistic   | cluster_kind        | interval_low | interval_high
        1             | 1          | 0     | L1             | resemblance | reader              | 0.45         | 0.55
        1             | 1          | 0     | L1             | resemblance | reader and sentence | 0.35         | 0.65
        """,  # noqa: E501
    )
    run.expect("mart.model_summary", "interval_low | interval_high\n0.35 | 0.65")
    run.expect(
        "mart.layer_choice",
        """
        model    | best_layer | r2    | nested_cv_r2 | chosen_layers | cv_resemblance | nested_resemblance | nested_loo_resemblance
        llama-7b | 0          | 0.375 | 0.125        | {0,0,1}       | 0.5            | 0.5                | 0.25
        """,  # noqa: E501
    )
    run.expect(
        "mart.model_summary",
        """
        best_layer | resemblance | cv_resemblance | nested_resemblance | nested_low | nested_high | leave_one_out_ceiling | cv_ceiling
        0          | 0.5         | 0.5            | 0.5                | 0.4        | 0.6         | 0.5                   | 0.25
        """,  # noqa: E501
    )


def test_of_several_seeds_the_latest_is_shown(run):
    run.given("ops.run", 'run_id | run_status | parameters | seed\n2 | done | {"leave_out": []} | 7')
    run.given("ops.unit", "run_id | unit_id | unit_state\n2 | 2 | done")
    for number in (1, 2):
        run.given(
            "result.layer_choice",
            f"""
            run_id   | unit_id  | extraction_id | measure_id | language_group | nested_cv_r2
            {number} | {number} | 1             | 1          | L1             | 0.{number}
            """,
        )
        run.given(
            "result.corrected_resemblance",
            f"""
            run_id   | unit_id  | extraction_id | measure_id | layer | language_group | r2
            {number} | {number} | 1             | 1          | 0     | L1             | 0.{number}
            """,
        )
        run.given(
            "result.resemblance_interval",
            f"""
            run_id   | unit_id  | extraction_id | measure_id | layer | language_group | statistic   | cluster_kind | estimate
            {number} | {number} | 1             | 1          | 0     | L1             | resemblance | reader       | 0.{number}
            """,  # noqa: E501
        )
        run.given(
            "result.tuning_test",
            f"""
            run_id   | unit_id  | left_extraction_id | right_extraction_id | measure_id | layer | language_group | alternative | test_count
            {number} | {number} | 1                  | 2                   | 1          | 0     | L1             | higher      | {number}
            """,  # noqa: E501
        )
    run.expect("mart.layer_choice", "nested_cv_r2 | seed\n0.2 | 7")
    run.expect("mart.corrected_resemblance", "r2 | seed\n0.2 | 7")
    run.expect("mart.resemblance_interval", "estimate | seed\n0.2 | 7")
    run.expect("mart.tuning_test", "test_count\n2")
    run.run("UPDATE ops.run SET run_status = 'running' WHERE run_id = 2")
    run.expect("mart.corrected_resemblance", "r2\n0.1")
    run.expect("mart.tuning_summary", "test_count\n1")


def test_a_test_against_a_retired_model_is_not_seen(run):
    run.given(
        "result.tuning_test",
        "left_extraction_id | right_extraction_id | measure_id | layer | language_group | alternative\n"
        "1 | 2 | 1 | 0 | L1 | higher",
    )
    run.expect("current.tuning_test", "layer\n0")
    run.run("UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_id = 2")
    run.expect("current.tuning_test", "layer")
    run.run("UPDATE model.extraction SET extraction_status = 'complete' WHERE extraction_id = 2")
    run.run("UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_id = 1")
    run.expect("current.tuning_test", "layer")


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


def test_a_published_loss_is_of_plain_text(run):
    run.given("model.condition", "condition_id | condition | prefix\n50 | mine | Please")
    run.given(
        "model.extraction",
        "extraction_id | language_model_id | condition_id | method | layers | extraction_status\n"
        "7 | 1 | 50 | raw | {0} | complete",
    )
    run.expect("mart.model_loss", "model | condition | loss\nllama-7b | plain | 0.2408")
    run.given(
        "model.sentence_loss",
        """
        extraction_id | sentence_id | loss_per_token_per_length | predicted_token_count | token_count
        7             | 1           | 0.25                      | 4                     | 5
        """,
    )
    run.expect("mart.model_loss", "condition | loss\nplain | 0.2408\nmine | 0.25")


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


@pytest.fixture
def region(run):
    """A region that a model explains a little of in-sample; each case says what of it is held out."""
    run.given("human.subject", "subject_id | subject_label | language_group\n11 | a | L1\n12 | b | L1")
    run.given("human.region", "region_id | region\n1 | angular")
    run.given(
        "human.measure",
        "measure_id | measure | quantity | saccade_rule_id | region_id\n99 | roi_value/angular | roi_value | - | 1",
    )
    run.given(
        "result.noise_ceiling",
        """
        measure_id | language_group | ceiling_kind  | ceiling
        99         | L1             | group_mean    | 0.125
        99         | L1             | leave_one_out | 0.0625
        """,
    )
    run.given(
        "result.reader_ceiling",
        """
        measure_id | subject_id | mean_r | published_r
        99         | 11         | 0.25   | 1
        99         | 12         | 0.125  | 0.125
        """,
    )
    return run


def test_a_ceiling_is_compared_with_what_as_many_random_predictors_explain(tables):
    reason = "SELECT fn.ratio_missing_because(1::smallint, 0.1, {}, 10, 101)"
    assert tables.run(reason.format(0.0999)) == [("the ceiling is below what chance gives",)]
    assert tables.run(reason.format(0.1)) == [(None,)]


@pytest.mark.parametrize(
    ("cv_r2", "heads", "resemblance", "because", "warned"),
    [
        pytest.param(0.03125, 20, "0.25", "-", "{}", id="both sound"),
        pytest.param(-0.5, 20, "-", "held-out R2 is below 0", "{held_out_below_zero}", id="worse than the mean"),
        pytest.param(0.03125, 125, "-", "the ceiling is below what chance gives", "{}", id="no ceiling"),
    ],
)
def test_a_region_has_a_ratio_to_its_ceiling_where_it_means_something(
    region, cv_r2, heads, resemblance, because, warned
):
    for subject in (11, 12):
        region.given(
            "result.human_resemblance",
            f"""
            extraction_id | measure_id | layer | subject_id | r2      | adjusted_r2 | cv_r2   | cell_count | predictor_count
            1             | 99         | 0     | {subject}  | 0.03125 | 0           | {cv_r2} | 1001       | {heads}
            """,  # noqa: E501
        )
    both = "resemblance | ratio_missing_because\n" + f"{resemblance} | {because}"
    region.expect("mart.model_summary", both)
    region.expect("mart.layer_curve", both)
    region.expect("mart.region_summary", both)
    region.expect("mart.region_summary", "mean_r | published_r\n0.1875 | 0.5625")
    region.expect("mart.model_summary", f"usage_warnings\n{warned}")
