"""What people see of attention, saccades and activation, cell by cell, and of readers, words and paths."""

import psycopg
import pytest


@pytest.fixture
def study(tables):
    """Sentence 1, "a b c", read by reader 1 and shown to an excluded reader 2; one model of two heads."""
    tables.given(
        "stimulus.word",
        """
        sentence_id | word_position | word_text
        1           | 0             | Mars,
        1           | 1             | isn't
        1           | 2             | far.
        """,
    )
    tables.given(
        "stimulus.word_pair",
        """
        sentence_id | from_word | to_word | pair_ordinal | is_causal
        1           | 0         | 0       | 0            | true
        1           | 1         | 0       | 1            | true
        1           | 1         | 1       | 2            | true
        1           | 0         | 1       | 3            | false
        """,
    )
    tables.given(
        "human.subject",
        "subject_id | corpus_id | language_group | subject_label\n1 | 1 | L1 | sub-1\n2 | 1 | L2 | sub-2",
    )
    tables.given("human.reading", "subject_id | sentence_id\n1 | 1\n2 | 1")
    tables.given(
        "human.fixation",
        """
        subject_id | sentence_id | fixation_ordinal | word_position | start_ms | duration_ms
        1          | 1           | 0                | 1             | 0        | 200
        1          | 1           | 1                | 0             | 210      | 180
        1          | 1           | 2                | -             | 400      | 90
        1          | 1           | 3                | 0             | 500      | 150
        """,
    )
    tables.run("SELECT fn.derive_saccades('{1,2}')")
    tables.given("human.exclusion", "subject_id | excluded_because\n2 | slept")
    return tables


@pytest.fixture
def attention(study):
    """A model of two heads taken twice: complete (1) and still loading (2); and one map instead of heads (3)."""
    study.given("ops.run", "run_id | run_status\n1 | done")
    study.given("model.language_model", "language_model_id | model | stage | head_count\n1 | toy | pretrained | 2")
    study.given(
        "model.extraction",
        """
        extraction_id | method       | layers | extraction_status
        1             | raw          | {0}    | complete
        2             | rollout      | {0}    | loading
        3             | value_zeroed | {0}    | complete
        """,
    )
    for extraction_id, weights in ((1, "{0.25,0.5}"), (2, "{0.1,0.2}"), (3, "{0.75}")):
        study.run(
            f"CREATE TABLE model.attention_{extraction_id} PARTITION OF model.attention FOR VALUES IN ({extraction_id})"
        )
        study.given(
            "model.attention",
            f"extraction_id | layer | sentence_id | from_word | to_word | weights\n{extraction_id}|0|1|1|0|{weights}",
        )
    return study


def test_a_cell_of_attention_is_one_head_with_the_words(attention):
    attention.expect(
        "mart.attention_cell",
        """
        model | method       | layer | head | sentence_label | from_word | to_word | from_text | to_text | weight
        toy   | raw          | 0     | 0    | s.1.1          | 1         | 0       | isn't     | Mars,   | 0.25
        toy   | raw          | 0     | 1    | s.1.1          | 1         | 0       | isn't     | Mars,   | 0.5
        toy   | value_zeroed | 0     | 0    | s.1.1          | 1         | 0       | isn't     | Mars,   | 0.75
        """,
    )


def test_a_cell_without_a_saccade_is_0_where_the_sentence_was_shown_and_who_is_excluded_is_left_out(study):
    study.expect(
        "mart.saccade_cell",
        """
        language_group | subject_label | from_word | to_word | saccade_count | landing_duration_ms
        L1             | L1/sub-1      | 0         | 0       | 0             | 0
        L1             | L1/sub-1      | 1         | 0       | 1             | 180
        L1             | L1/sub-1      | 1         | 1       | 0             | 0
        L1             | L1/sub-1      | 0         | 1       | 0             | 0
        """,
        where="saccade_rule = 'consecutive'",
    )


def test_who_is_excluded_for_one_rule_is_there_for_the_other(study):
    study.run("UPDATE human.exclusion SET saccade_rule_id = (SELECT saccade_rule_id FROM human.saccade_rule "
              "WHERE saccade_rule = 'first_three')")  # fmt: skip
    rows = study.run("SELECT DISTINCT saccade_rule FROM mart.saccade_cell WHERE subject_label = 'L2/sub-2'")
    assert rows == [("consecutive",)]


def test_activation_is_0_where_it_was_delivered_and_absent_where_not(study):
    study.given("human.region", "region_id | region\n1 | angular")
    study.given("human.roi_coverage", "subject_id | region_id | sentence_id\n1 | 1 | 1")
    study.given(
        "human.roi_value",
        "subject_id | region_id | sentence_id | from_word | to_word | roi_value\n1 | 1 | 1 | 1 | 0 | -0.5",
    )
    study.expect(
        "mart.roi_cell",
        """
        subject_label | region  | from_word | to_word | to_text | roi_value
        L1/sub-1      | angular | 0         | 0       | Mars,   | 0
        L1/sub-1      | angular | 1         | 0       | Mars,   | -0.5
        L1/sub-1      | angular | 1         | 1       | isn't   | 0
        L1/sub-1      | angular | 0         | 1       | isn't   | 0
        """,
    )


def test_a_sentence_of_a_reader_counts_looks_back_again_and_ahead(study):
    study.expect(
        "mart.reader_sentence",
        """
        saccade_rule | subject_label | sentence_label | regression_count | refixation_count | forward_count
        consecutive  | L1/sub-1      | s.1.1          | 1                | 0                | 0
        first_three  | L1/sub-1      | s.1.1          | 1                | 1                | 0
        """,
    )


def test_a_skipped_word_has_no_first_fixation(study):
    study.expect(
        "mart.word_reading",
        """
        subject_label | word_position | fixation_count | duration_ms | first_fixation_ms
        L1/sub-1      | 0             | 2              | 330         | 180
        L1/sub-1      | 1             | 1              | 200         | 200
        L1/sub-1      | 2             | 0              | 0           | -
        """,
    )


def test_a_word_has_a_bare_form_for_lists_of_words(study):
    study.expect("mart.word", "word_text | bare_text\nMars, | mars\nisn't | isn't\nfar. | far")


def test_readers_are_all_listed_and_who_is_excluded_has_the_reason(study):
    study.expect(
        "mart.reader",
        """
        subject_label | sentence_count | fixation_count | mean_fixation_ms | excluded_because
        L1/sub-1      | 1              | 4              | 155              | -
        L2/sub-2      | 1              | 0              | -                | slept
        """,
    )
    study.expect(
        "mart.exclusion", "subject_label | saccade_rule | sentence_label | excluded_because\nL2/sub-2|-|-|slept"
    )


def test_a_path_keeps_fixations_on_no_word(study):
    study.expect(
        "mart.fixation",
        """
        subject_label | fixation_ordinal | word_position | word_text
        L1/sub-1      | 0                | 1             | isn't
        L1/sub-1      | 1                | 0             | Mars,
        L1/sub-1      | 2                | -             | -
        L1/sub-1      | 3                | 0             | Mars,
        """,
    )


NAMESAKES = """
    SELECT count(*), count(DISTINCT one.subject_id) FROM mart.reader AS one JOIN mart.{view} AS other
    USING (corpus, subject_label)
"""


def test_readers_of_two_groups_have_one_name_each_in_every_view(study):
    study.run("UPDATE human.subject SET subject_label = 'sub-1'")  # as the two data sets of Reading Brain have it
    study.run("DELETE FROM human.exclusion")
    views = study.run("SELECT table_name FROM information_schema.columns "
                      "WHERE table_schema = 'mart' AND column_name = 'subject_label'")  # fmt: skip
    assert {"reader", "reader_sentence", "saccade_cell", "fixation", "human_resemblance"} <= {view for (view,) in views}
    for (view,) in views:
        ((joined, _),) = study.run(NAMESAKES.format(view=view))
        assert [(joined,)] == study.run(f"SELECT count(*) FROM mart.{view}"), view
    assert study.run("SELECT subject_label FROM mart.reader ORDER BY 1") == [("L1/sub-1",), ("L2/sub-1",)]


def test_two_readers_of_a_corpus_cannot_share_a_name(study):
    with pytest.raises(psycopg.errors.UniqueViolation, match="subject_name_key"):
        study.run("INSERT INTO human.language_group VALUES ('L1/a', 'a group whose name ends another')")
        study.run("UPDATE human.subject SET language_group = 'L1/a', subject_label = 'b' WHERE subject_id = 1")
        study.run("UPDATE human.subject SET language_group = 'L1', subject_label = 'a/b' WHERE subject_id = 2")
