"""One row per thing: default marts, what stands beside each row, and means of groups."""

import pytest


@pytest.fixture
def readers(tables):
    """Sentence 2, "a b", read by 1 and 2 of L1 and, twice, by 3 of L2; reader 4 of L1 is excluded."""
    tables.given("stimulus.word", "sentence_id | word_position | word_text\n2 | 0 | a\n2 | 1 | b")
    tables.given(
        "stimulus.word_pair",
        """
        sentence_id | from_word | to_word | pair_ordinal | is_causal
        2           | 0         | 0       | 0            | true
        2           | 1         | 0       | 1            | true
        2           | 1         | 1       | 2            | true
        2           | 0         | 1       | 3            | false
        """,
    )
    tables.given(
        "human.subject",
        """
        subject_id | corpus_id | language_group | subject_label
        1          | 1         | L1             | one
        2          | 1         | L1             | two
        3          | 1         | L2             | one
        4          | 1         | L1             | four
        """,
    )
    tables.given(
        "human.reading",
        """
        subject_id | sentence_id | reading_ordinal | reading_time_ms | missing_because
        1          | 2           | 1               | 800             | -
        2          | 2           | 1               | -               | timed out
        3          | 2           | 1               | 600             | -
        3          | 2           | 2               | 200             | -
        4          | 2           | 1               | 100             | -
        """,
    )
    tables.given(
        "human.saccade",
        """
        subject_id | saccade_rule_id | sentence_id | from_word | to_word | saccade_count | landing_duration_ms | reading_ordinal
        1          | 1               | 2           | 1         | 0       | 3             | 300                 | 1
        2          | 1               | 2           | 0         | 1       | 1             | 90                  | 1
        3          | 1               | 2           | 1         | 0       | 1             | 50                  | 1
        3          | 1               | 2           | 1         | 0       | 4             | 70                  | 2
        4          | 1               | 2           | 1         | 0       | 9             | 900                 | 1
        """,  # noqa: E501
    )
    tables.given("human.exclusion", "subject_id | excluded_because\n4 | slept")
    tables.run("UPDATE human.saccade SET saccade_rule_id = (SELECT saccade_rule_id FROM human.saccade_rule "
               "WHERE saccade_rule = 'consecutive')")  # fmt: skip
    return tables


def test_a_reading_time_is_told_once_whatever_the_rule_and_who_is_excluded_is_marked(readers):
    readers.expect(
        "mart.reading",
        """
        reader  | subject_id | reading_ordinal | reading_time_ms | reading_time_per_word_ms | is_excluded | is_default | warnings
        L1/one  | 1          | 1               | 800             | 400                      | false       | true       | -
        L1/two  | 2          | 1               | -               | -                        | false       | true       | reading_time_missing
        L2/one  | 3          | 1               | 600             | 300                      | false       | true       | -
        L2/one  | 3          | 2               | 200             | 100                      | false       | false      | -
        L1/four | 4          | 1               | 100             | 50                       | true        | true       | -
        """,  # noqa: E501
    )


def test_a_sentence_that_is_excluded_for_a_reader_marks_its_reading_only(readers):
    readers.given("stimulus.word", "sentence_id | word_position | word_text\n1 | 0 | a")
    readers.given("human.reading", "subject_id | sentence_id | reading_ordinal\n1 | 1 | 1")
    readers.given("human.exclusion", "subject_id | sentence_id | excluded_because\n1 | 1 | sneezed")
    readers.expect(
        "mart.reading", "sentence_label | is_excluded\ns.1.1 | true\ns.1.2 | false", where="reader = 'L1/one'"
    )


def test_a_group_mean_is_over_the_readers_shown_the_sentence_who_count(readers):
    readers.expect(
        "mart.group_mean_saccade",
        """
        language_group | from_word | to_word | to_text | is_causal | mean_saccade_count | mean_landing_duration_ms | reader_share | subject_count
        L1             | 0         | 0       | a       | true      | 0                  | 0                        | 0            | 2
        L1             | 1         | 0       | a       | true      | 1.5                | 150                      | 0.5          | 2
        L1             | 1         | 1       | b       | true      | 0                  | 0                        | 0            | 2
        L1             | 0         | 1       | b       | false     | 0.5                | 45                       | 0.5          | 2
        L2             | 0         | 0       | a       | true      | 0                  | 0                        | 0            | 1
        L2             | 1         | 0       | a       | true      | 1                  | 50                       | 1            | 1
        L2             | 1         | 1       | b       | true      | 0                  | 0                        | 0            | 1
        L2             | 0         | 1       | b       | false     | 0                  | 0                        | 0            | 1
        """,  # noqa: E501
        where="is_default",
    )


def test_means_of_cells_and_of_groups_agree(readers):
    means = "corpus, measure, language_group, sentence_label, from_word, to_word, from_text, to_text, is_causal"
    differing = readers.run(f"""
        SELECT {means}, round(mean_saccade_count::numeric, 9), round(mean_landing_duration_ms::numeric, 9)
        FROM mart.group_mean_saccade
        EXCEPT ALL
        SELECT {means}, round(avg(saccade_count), 9), round(avg(landing_duration_ms), 9)
        FROM mart.saccade_cell GROUP BY {means}
    """)
    assert differing == []


def test_a_reader_who_looks_again_in_another_reading_counts_once(readers):
    """Reader 3 looked from b to a in both readings."""
    readers.run("SELECT fn.add_reading_measures()")
    readers.expect(
        "mart.group_mean_saccade",
        """
        measure                                | subject_count | reader_share
        saccade_count/consecutive              | 1             | 1
        saccade_count/consecutive/reading 2    | 1             | 1
        saccade_count/consecutive/all readings | 1             | 1
        """,
        where="language_group = 'L2' AND from_word = 1 AND to_word = 0 AND saccade_rule = 'consecutive'",
    )


def test_a_region_is_averaged_over_the_readers_it_was_delivered_for(readers):
    readers.given("human.region", "region_id | region\n1 | angular\n2 | other")
    readers.given(
        "human.measure",
        "measure_id | measure | quantity | saccade_rule_id | region_id | of_reading\n"
        "91 | roi_value/angular | roi_value | - | 1 | -\n92 | roi_value/other | roi_value | - | 2 | -",
    )
    readers.given(
        "human.roi_coverage", "subject_id | region_id | sentence_id\n1 | 1 | 2\n2 | 1 | 2\n4 | 1 | 2\n3 | 2 | 2"
    )
    readers.given(
        "human.roi_value",
        """
        subject_id | region_id | sentence_id | from_word | to_word | roi_value
        1          | 1         | 2           | 1         | 0       | -0.5
        4          | 1         | 2           | 1         | 0       | 9
        3          | 2         | 2           | 1         | 0       | 0.25
        """,
    )
    readers.expect(
        "mart.group_mean_region",
        """
        measure           | region  | language_group | mean_roi_value | reader_share | subject_count
        roi_value/angular | angular | L1             | -0.25          | 0.5          | 2
        roi_value/other   | other   | L2             | 0.25           | 1            | 1
        """,
        where="from_word = 1 AND to_word = 0",
    )


@pytest.fixture
def models(tables):
    """Two models of three layers, of L1 with ceiling 0.5; of the first also a prefix, another rule, and ridge."""
    tables.given("human.subject", "subject_id | subject_label | language_group\n11 | a | L1\n12 | b | L1")
    tables.given("ops.run", 'run_id | run_status | parameters\n1 | done | {"leave_out": []}')
    tables.given("ops.unit", "run_id | unit_id | unit_key | unit_state\n1 | 1 | one | done")
    tables.given(
        "model.language_model",
        "language_model_id | model | stage | layer_count\n1 | small | pretrained | 3\n2 | large | pretrained | 3",
    )
    tables.given("model.condition", "condition_id | condition\n91 | prefixed")
    plain = tables.run("SELECT condition_id FROM model.condition WHERE condition = 'plain'")[0][0]
    tables.given(
        "model.extraction",
        f"""
        extraction_id | language_model_id | condition_id | method | layers  | extraction_status
        1             | 1                 | {plain}      | raw    | {{0,1}} | complete
        2             | 2                 | {plain}      | raw    | {{0,1}} | complete
        3             | 1                 | 91           | raw    | {{0,1}} | complete
        """,
    )
    measures = dict(tables.run("SELECT measure, measure_id FROM human.measure"))
    counts, other = measures["saccade_count/consecutive"], measures["saccade_count/first_three"]
    tables.given(
        "result.human_resemblance",
        f"""
        run_id | unit_id | extraction_id | layer | measure_id | subject_id | r2    | adjusted_r2 | cv_r2
        1      | 1       | 1             | 0     | {counts}   | 11         | 0.125 | 0.125       | 0.125
        1      | 1       | 1             | 1     | {counts}   | 11         | 0.25  | 0.25        | 0.25
        1      | 1       | 2             | 0     | {counts}   | 11         | 0.375 | 0.25        | -0.25
        1      | 1       | 3             | 0     | {counts}   | 11         | 0.5   | 0.5         | 0.5
        1      | 1       | 1             | 0     | {other}    | 11         | 0.5   | 0.5         | 0.5
        """,
    )
    tables.given(
        "result.noise_ceiling",
        f"run_id | unit_id | measure_id | language_group | ceiling_kind | ceiling\n"
        f"1 | 1 | {counts} | L1 | group_mean | 0.5",
    )
    tables.given(
        "result.resemblance_interval",
        f"""
        run_id | unit_id | extraction_id | layer | measure_id | language_group | statistic   | cluster_kind        | interval_low | interval_high
        1      | 1       | 1             | 1     | {counts}   | L1             | r2          | reader and sentence | 0.125        | 0.375
        1      | 1       | 1             | 1     | {counts}   | L1             | resemblance | reader and sentence | 0.25         | 0.75
        1      | 1       | 1             | 1     | {counts}   | L1             | resemblance | reader              | 0.375        | 0.625
        """,  # noqa: E501
    )
    tables.given(
        "ops.usage_warning_on",
        "usage_warning | entity | entity_id | reason\n"
        "not_word_aligned | extraction | 2 | tokens\npartial_coverage | extraction | 2 | one layer",
    )
    return tables


def test_a_curve_carries_its_intervals_its_depth_and_its_warnings(models):
    models.expect(
        "mart.layer_curve",
        """
        model | layer | relative_depth | r2    | r2_low | r2_high | interval_low | interval_high | is_word_aligned | is_partial | warnings
        small | 0     | 0              | 0.125 | -      | -       | -            | -             | true            | false      | -
        small | 1     | 0.5            | 0.25  | 0.125  | 0.375   | 0.25         | 0.75          | true            | false      | -
        large | 0     | 0              | 0.375 | -      | -       | -            | -             | false           | true       | not_word_aligned, partial_coverage, held_out_below_zero
        """,  # noqa: E501
        where="is_default",
    )
    assert models.run("SELECT count(*), bool_and(is_whole_text) FROM mart.layer_curve") == [(5, True)]


def test_the_interval_of_a_curve_is_that_of_the_latest_run(models):
    (measure_id,) = models.run("SELECT measure_id FROM result.resemblance_interval LIMIT 1")[0]
    models.given(
        "ops.run", 'run_id | run_status | parameters\n8 | done | {"leave_out": []}\n9 | failed | {"leave_out": []}'
    )
    models.given("ops.unit", "run_id | unit_id | unit_key | unit_state\n8 | 1 | u | done\n9 | 1 | u | done")
    models.given(
        "result.resemblance_interval",
        f"""
        run_id | unit_id | extraction_id | layer | measure_id   | language_group | statistic | cluster_kind        | interval_low | interval_high
        8      | 1       | 1             | 1     | {measure_id} | L1             | r2        | reader and sentence | 0.0625       | 0.3125
        9      | 1       | 1             | 1     | {measure_id} | L1             | r2        | reader and sentence | 0.5          | 0.75
        """,  # noqa: E501
    )
    models.expect(
        "mart.layer_curve", "r2_low | r2_high\n0.0625 | 0.3125", where="is_default AND model = 'small' AND layer = 1"
    )


def test_the_leaderboard_has_a_model_once_and_places_it_by_held_out_values(models):
    once = """
        leaderboard_rank | model | best_layer | relative_depth | r2    | resemblance | interval_low
        1                | large | 0          | 0              | 0.375 | 0.75        | -
        2                | small | 1          | 0.5            | 0.25  | 0.5         | 0.25
        """
    models.expect("mart.resemblance_leaderboard", once)
    models.given(
        "result.layer_choice",
        "run_id | unit_id | extraction_id | measure_id | language_group | nested_resemblance\n"
        f"1 | 1 | 1 | {models.run('SELECT measure_id FROM human.measure ORDER BY 1')[0][0]} | L1 | 0.25",
    )
    models.expect(
        "mart.resemblance_leaderboard", "leaderboard_rank | model | nested_resemblance\n1 | small | 0.25\n2 | large | -"
    )
