"""How a reader read each word: `mart.reading_measure`, drawn for one path and compared with a twin on random ones."""

import numpy as np
import pytest

from tests.reading_twin import compare


@pytest.fixture
def screen(tables):
    """One page of two sentences, 1 with three words and 2 with two, shown as one trial to reader 11."""
    tables.given("human.subject", "subject_id | subject_label | language_group\n11 | a | L1")
    tables.given(
        "stimulus.word",
        "sentence_id | word_position | word_text\n1 | 0 | He\n1 | 1 | reads\n1 | 2 | on.\n2 | 0 | So\n2 | 1 | what?",
    )
    tables.given(
        "human.reading",
        "subject_id | sentence_id | trial_position | presentation_order\n11 | 1 | 0 | 0\n11 | 2 | 0 | 1",
    )
    return tables


def look(screen, *path, reading=1):
    """Let the eye go over words as (sentence, word), or (sentence, None); None leaves a number out."""
    rows = [
        f"11 | {step[0]} | {reading} | {place} | {'-' if step[1] is None else step[1]} | {100 + 10 * place}"
        for place, step in enumerate(path)
        if step is not None
    ]
    head = "subject_id | sentence_id | reading_ordinal | fixation_ordinal | word_position | duration_ms"
    screen.given("human.fixation", "\n".join([head, *rows]))


HEAD = (
    "sentence_id | word_position | is_skipped | first_fixation_duration_ms | single_fixation_duration_ms | "
    "gaze_duration_ms | go_past_time_ms | second_pass_time_ms | total_reading_time_ms | fixation_count | "
    "has_first_pass_regression | has_regression_out | has_regression_in\n"
)


def test_first_pass_and_later_times_of_a_path_over_two_sentences(screen):
    look(screen, (1, 0), (1, 1), (1, 1), (1, 0), (2, 0), (1, 2), (2, 0))
    screen.expect(
        "mart.reading_measure",
        HEAD
        + """1 | 0 | false | 100 | 100 | 100 | 100 | 130 | 230 | 2 | false | false | true
        1 | 1 | false | 110 | -   | 230 | 360 | 0   | 230 | 2 | true  | true  | false
        1 | 2 | true  | -   | -   | -   | -   | 150 | 150 | 1 | -     | false | true
        2 | 0 | false | 140 | 140 | 140 | 450 | 160 | 300 | 2 | true  | true  | false
        2 | 1 | true  | -   | -   | -   | -   | 0   | 0   | 0 | -     | false | false""",
    )


def test_a_fixation_on_no_word_or_one_left_out_ends_the_run(screen):
    look(screen, (1, 0), (1, None), (1, 0), (1, 1), None, (1, 1), (1, 0))
    screen.expect(
        "mart.reading_measure",
        """
        word_position | gaze_duration_ms | go_past_time_ms | second_pass_time_ms | has_first_pass_regression
        0             | 100              | 220             | 280                 | false
        1             | 130              | 440             | 150                 | false
        """,
        where="sentence_id = 1 AND word_position < 2",
    )


def test_means_over_a_group_leave_out_who_skipped_the_word(screen):
    look(screen, (1, 0), (1, 2))
    screen.given("human.subject", "subject_id | subject_label | language_group\n12 | b | L1\n13 | c | L1")
    screen.given("human.exclusion", "subject_id\n13")
    screen.given("human.reading", "subject_id | sentence_id | trial_position\n12 | 1 | 0\n13 | 1 | 0")
    screen.given(
        "human.fixation",
        "subject_id | sentence_id | fixation_ordinal | word_position | duration_ms\n"
        "12 | 1 | 0 | 1 | 300\n12 | 1 | 1 | 0 | 0",
    )
    screen.expect(
        "mart.word_measure",
        """
        word_position | first_pass_regression_rate
        0             | 0
        1             | 1
        2             | 0
        """,
        where="sentence_id = 1",
    )
    screen.expect(
        "mart.word_measure",
        """
        word_position | subject_count | skipping_rate | mean_gaze_duration_ms | mean_total_reading_time_ms
        0             | 2             | 0.5           | 100                   | 50
        1             | 2             | 0.5           | 300                   | 150
        2             | 2             | 0.5           | 110                   | 55
        """,
        where="sentence_id = 1",
    )


@pytest.mark.parametrize("seed", range(20))
def test_random_paths_are_measured_as_their_definitions_say(screen, seed: int):
    rng = np.random.default_rng(seed)
    words = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (1, None), (2, None), None]
    screen.given(
        "human.reading",
        "subject_id | sentence_id | reading_ordinal | trial_position\n11 | 1 | 2 | 1\n11 | 2 | 2 | 1",
    )
    look(screen, *(words[i] for i in rng.integers(len(words), size=40)))
    look(screen, *(words[i] for i in rng.integers(len(words), size=25)), reading=2)
    assert compare(screen.run) == 10
