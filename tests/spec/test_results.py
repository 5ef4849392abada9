"""Which results hold now, and what people read of them: `current`, `slice.layer_curve`, `mart`."""

import pytest


@pytest.fixture
def results(tables):
    """Two readers of L1 and one of L2; model toy-2 with two complete layers and a retired extraction.

    Run 1 is done, run 2 goes on, run 3 failed; unit 2 of run 1 is superseded by unit 3.
    """
    tables.given("human.subject", "subject_id | subject_label | language_group\n11 | a | L1\n12 | b | L1\n13 | c | L2")
    tables.given(
        "ops.run",
        """
        run_id | run_status | parameters
        1      | done       | {"leave_out": []}
        2      | running    | {"leave_out": []}
        3      | failed     | {"leave_out": []}
        4      | done       | {"leave_out": ["s.1.2"]}
        """,
    )
    tables.given(
        "ops.unit",
        """
        run_id | unit_id | unit_key | unit_state
        1      | 1       | one      | done
        1      | 2       | two      | superseded
        1      | 3       | three    | done
        2      | 4       | one      | done
        3      | 5       | one      | done
        4      | 6       | one      | done
        """,
    )
    tables.given("model.language_model", "language_model_id | model | stage\n1 | toy-2 | pretrained")
    tables.given(
        "model.extraction",
        """
        extraction_id | method | layers | extraction_status
        1             | raw    | {0,1}  | complete
        2             | raw    | {0,1}  | retired
        """,
    )
    return tables


def resemblance(tables, drawing):
    tables.given("result.human_resemblance", drawing)


def ceilings(tables, drawing):
    tables.given("result.noise_ceiling", drawing)


def test_results_of_runs_that_are_not_done_and_superseded_ones_are_not_seen(results):
    resemblance(
        results,
        """
        run_id | unit_id | extraction_id | layer | subject_id | r2    | adjusted_r2 | cv_r2
        1      | 1       | 1             | 0     | 11         | 0.5   | 0.25        | 0.125
        1      | 2       | 1             | 1     | 11         | 0.875 | 0.5         | 0.5
        2      | 4       | 1             | 0     | 11         | 0.75  | 0.5         | 0.5
        3      | 5       | 1             | 0     | 12         | 0.75  | 0.5         | 0.5
        1      | 3       | 2             | 0     | 11         | 0.625 | 0.5         | 0.5
        4      | 6       | 1             | 0     | 11         | 0.375 | 0.25        | 0.25
        """,
    )
    results.expect(
        "current.human_resemblance",
        """
        run_id | extraction_id | layer | subject_id | r2    | leave_out
        1      | 1             | 0     | 11         | 0.5   | []
        4      | 1             | 0     | 11         | 0.375 | ["s.1.2"]
        """,
    )
    results.expect(
        "mart.human_resemblance",
        """
        model | condition | corpus | measure                   | language_group | subject_label | r2    | leave_out
        toy-2 | plain     | toy    | saccade_count/consecutive | L1             | L1/a          | 0.5   | []
        """,
    )


def test_ceilings_of_runs_that_are_not_done_and_superseded_ones_are_not_seen(results):
    ceilings(
        results,
        """
        run_id | unit_id | language_group | ceiling_kind  | ceiling | standard_error | missing_because
        1      | 1       | L1             | group_mean    | 0.5     | 0.25           | -
        1      | 2       | L2             | group_mean    | 0.75    | 0.25           | -
        1      | 3       | L2             | leave_one_out | -       | -              | a lone reader has no group
        2      | 4       | L1             | group_mean    | 0.875   | 0.25           | -
        """,
    )
    expected = """
        language_group | ceiling_kind  | ceiling | missing_because
        L1             | group_mean    | 0.5     | -
        L2             | leave_one_out | -       | a lone reader has no group
        """
    results.expect("current.noise_ceiling", expected)
    results.expect("mart.noise_ceiling", expected)


@pytest.fixture
def curve(results):
    """Layer 1 is better than layer 0 for L1; L2 has one reader and no ceiling."""
    resemblance(
        results,
        """
        run_id | unit_id | extraction_id | layer | subject_id | r2    | adjusted_r2 | cv_r2
        1      | 1       | 1             | 0     | 11         | 0.125 | 0.125       | 0.125
        1      | 1       | 1             | 0     | 12         | 0.375 | 0.375       | 0
        1      | 1       | 1             | 0     | 13         | 0.5   | 0.5         | 0.5
        1      | 3       | 1             | 1     | 11         | 0.25  | 0.125       | -0.25
        1      | 3       | 1             | 1     | 12         | 0.5   | 0.375       | 0.5
        1      | 3       | 1             | 1     | 13         | -     | -           | -
        """,
    )
    ceilings(
        results,
        """
        run_id | unit_id | language_group | ceiling_kind  | ceiling
        1      | 1       | L1             | group_mean    | 0.5
        1      | 1       | L1             | leave_one_out | 0.25
        """,
    )
    return results


def test_a_curve_holds_means_over_readers_beside_both_ceilings(curve):
    curve.expect(
        "slice.layer_curve",
        """
        layer | language_group | r2    | adjusted_r2 | cv_r2  | ceiling | leave_one_out_ceiling | resemblance | adjusted_resemblance | cv_resemblance | subject_count
        0     | L1             | 0.25  | 0.25        | 0.0625 | 0.5     | 0.25                  | 0.5         | 0.5                  | 0.25           | 2
        1     | L1             | 0.375 | 0.25        | 0.125  | 0.5     | 0.25                  | 0.75        | 0.5                  | 0.5            | 2
        0     | L2             | 0.5   | 0.5         | 0.5    | -       | -                     | -           | -                    | -              | 1
        1     | L2             | -     | -           | -      | -       | -                     | -           | -                    | -              | 0
        """,  # noqa: E501
    )


def test_the_standard_error_is_over_readers(curve):
    curve.expect("slice.layer_curve", "layer | standard_error\n0 | 0.125\n1 | 0.125", where="language_group = 'L1'")
    curve.expect("slice.layer_curve", "layer | standard_error\n0 | -\n1 | -", where="language_group = 'L2'")


def test_a_ceiling_without_the_same_sentences_left_out_is_not_divided_by(curve):
    resemblance(
        curve,
        "run_id | unit_id | extraction_id | layer | subject_id | r2 | adjusted_r2\n4 | 6 | 1 | 0 | 11 | 0.5 | 0.5",
    )
    curve.expect(
        "slice.layer_curve",
        'r2 | ceiling | resemblance | leave_out\n0.5 | - | - | ["s.1.2"]',
        where="leave_out <> '[]'",
    )


def test_a_model_is_listed_once_though_sentences_were_left_out_and_their_effect_stands_elsewhere(curve):
    resemblance(
        curve,
        """
        run_id | unit_id | extraction_id | layer | subject_id | r2    | adjusted_r2 | cv_r2
        4      | 6       | 1             | 1     | 11         | 0.5   | 0.5         | 0.5
        4      | 6       | 1             | 1     | 12         | 0.375 | 0.375       | 0.5
        """,
    )
    ceilings(curve, "run_id | unit_id | language_group | ceiling_kind | ceiling\n4 | 6 | L1 | group_mean | 0.875")
    once = "language_group | leave_out\nL1 | []\nL2 | []"
    curve.expect("mart.model_summary", once)
    curve.expect("(SELECT DISTINCT language_group, leave_out FROM mart.layer_curve) AS curve", once)
    curve.expect("mart.noise_ceiling", "ceiling\n0.5\n0.25")
    curve.expect(
        "mart.leave_out_effect",
        """
        language_group | leave_out | best_layer | r2     | whole_r2 | resemblance | whole_resemblance | difference
        L1             | ["s.1.2"] | 1          | 0.4375 | 0.375    | 0.5         | 0.75              | -0.25
        """,
    )


def test_a_ceiling_of_zero_gives_no_ratio(results):
    resemblance(
        results,
        "run_id | unit_id | extraction_id | layer | subject_id | r2 | adjusted_r2\n1 | 1 | 1 | 0 | 11 | 0.5 | 0.5",
    )
    ceilings(results, "run_id | unit_id | language_group | ceiling_kind | ceiling\n1 | 1 | L1 | group_mean | 0")
    results.expect("mart.model_summary", "r2 | ceiling | resemblance\n0.5 | 0 | -")


def test_the_summary_shows_the_best_layer_by_r2_of_each_group(curve):
    curve.expect(
        "mart.model_summary",
        """
        model | language_group | best_layer | layer_total | r2    | resemblance | cv_resemblance | run_id
        toy-2 | L1             | 1          | 2           | 0.375 | 0.75        | 0.5            | 1
        toy-2 | L2             | 0          | 2           | 0.5   | -           | -              | 1
        """,
    )


def test_of_equal_layers_the_first_is_the_best(results):
    resemblance(
        results,
        """
        run_id | unit_id | extraction_id | layer | subject_id | r2  | adjusted_r2
        1      | 1       | 1             | 1     | 11         | 0.5 | 0.5
        1      | 1       | 1             | 0     | 11         | 0.5 | 0.5
        """,
    )
    results.expect("mart.model_summary", "best_layer | r2\n0 | 0.5")


def test_every_run_is_told_with_its_units_and_rejections(results):
    results.given("ops.rejection", "run_id | rejection_id | place\n1 | 1 | reader 3\n1 | 2 | reader 4")
    results.expect(
        "mart.run",
        """
        run_id | run_status | done_count | rejection_count
        1      | done       | 3          | 2
        2      | running    | 1          | 0
        3      | failed     | 1          | 0
        4      | done       | 1          | 0
        """,
    )


@pytest.fixture
def warnings(curve):
    """A warning on the complete extraction, one on the retired one, one on sentence 2, one on a region."""
    curve.given("human.region", "region_id | region\n5 | angular")
    curve.given(
        "ops.usage_warning_on",
        """
        usage_warning            | entity     | entity_id | reason
        not_word_aligned         | extraction | 1         | tokens
        partial_coverage         | extraction | 2         | two layers
        words_differ_from_screen | sentence   | 2         | other words
        ceiling_not_r2           | region     | 5         | Pearson r
        """,
    )
    return curve


@pytest.mark.parametrize(
    ("asked", "warned"),
    [
        pytest.param("1, 1, NULL, '[]'", ["not_word_aligned", "words_differ_from_screen"], id="extraction and corpus"),
        pytest.param("1, 1, NULL, '[\"s.1.2\"]'", ["not_word_aligned"], id="the sentence left out"),
        pytest.param("2, NULL, NULL, NULL", ["partial_coverage"], id="extraction alone"),
        pytest.param("NULL, 1, 5::smallint, '[]'", ["ceiling_not_r2", "words_differ_from_screen"], id="region"),
        pytest.param("NULL, NULL, NULL, NULL", [], id="nothing"),
    ],
)
def test_warnings_go_with_what_they_are_attached_to(warnings, asked, warned):
    assert warnings.run(f"SELECT ARRAY(SELECT warning FROM fn.usage_warnings({asked}) AS warning)") == [(warned,)]


@pytest.mark.parametrize(
    ("asked", "warned"),
    [
        pytest.param(
            "'{1,2}', 1, '[]'", ["not_word_aligned", "partial_coverage", "words_differ_from_screen"], id="all"
        ),
        pytest.param("'{1,2}', 1, '[\"s.1.2\"]'", ["not_word_aligned", "partial_coverage"], id="the sentence left out"),
        pytest.param("'{2}', NULL, NULL", ["partial_coverage"], id="one extraction"),
        pytest.param("NULL, 1, NULL", ["words_differ_from_screen"], id="the corpus alone"),
        pytest.param("'{}', NULL, '[]'", [], id="nothing"),
    ],
)
def test_joint_warnings_are_those_of_every_extraction_and_of_sentences_that_are_in(warnings, asked, warned):
    assert warnings.run(f"SELECT ARRAY(SELECT warning FROM fn.joint_usage_warnings({asked}) AS warning)") == [(warned,)]


def test_warnings_go_with_every_number_derived(warnings):
    shown = "model | usage_warnings\ntoy-2 | {not_word_aligned,words_differ_from_screen}"
    warnings.expect("mart.model_summary", shown, where="language_group = 'L1'")
    warnings.expect("mart.layer_curve", shown, where="language_group = 'L1' AND layer = 0")
    warnings.expect(
        "mart.noise_ceiling", "usage_warnings\n{words_differ_from_screen}", where="ceiling_kind = 'group_mean'"
    )


def test_warnings_are_listed_with_the_name_of_what_they_are_on(warnings):
    warnings.expect(
        "mart.usage_warning",
        """
        usage_warning            | entity     | entity_name | reason
        not_word_aligned         | extraction | toy-2       | tokens
        partial_coverage         | extraction | toy-2       | two layers
        words_differ_from_screen | sentence   | s.1.2       | other words
        ceiling_not_r2           | region     | angular     | Pearson r
        """,
    )
