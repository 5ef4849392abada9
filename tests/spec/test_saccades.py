"""How fixations become saccades: `fn.derive_saccades` by the two rules, `fn.add_saccade_rule` for one's own."""

import psycopg
import pytest


@pytest.fixture
def path(tables):
    """Let a reader's eye go over the words of sentence 1; `None` is between words, `...` on another sentence.

    Fixations last 100, 200, ... ms.
    """

    def path(*words, subject_id=11, sentence_id=1):
        if not tables.run(f"SELECT 1 FROM human.subject WHERE subject_id = {subject_id}"):
            tables.given(
                "human.subject", f"subject_id | subject_label | language_group\n{subject_id} | s{subject_id} | L1"
            )
        rows = [
            f"{subject_id} | {sentence_id} | {place} | {'-' if word is None else word} | {100 * (place + 1)}"
            for place, word in enumerate(words)
            if word is not ...
        ]
        drawing = "\n".join(["subject_id | sentence_id | fixation_ordinal | word_position | duration_ms", *rows])
        tables.given("human.fixation", drawing)
        return tables.run(f"SELECT fn.derive_saccades('{{{subject_id}}}')")[0][0]

    return path


def by_rule(tables, rule, drawing):
    tables.expect("human.saccade JOIN human.saccade_rule USING (saccade_rule_id)", drawing, f"saccade_rule = '{rule}'")


def test_consecutive_fixations_make_a_saccade_that_lasts_as_the_one_arrived_at(tables, path):
    path(0, 1, 2, 0)
    for rule in ("consecutive", "first_three"):
        by_rule(
            tables,
            rule,
            """
            from_word | to_word | saccade_count | landing_duration_ms
            0         | 1       | 1             | 200
            1         | 2       | 1             | 300
            2         | 0       | 1             | 400
            """,
        )


def test_a_fixation_on_no_word_breaks_the_chain_of_consecutive_and_is_skipped_by_first_three(tables, path):
    path(1, None, 2, 0)
    by_rule(tables, "consecutive", "from_word | to_word | landing_duration_ms\n2 | 0 | 400")
    by_rule(tables, "first_three", "from_word | to_word | landing_duration_ms\n1 | 2 | 300\n2 | 0 | 400")


def test_no_saccade_joins_fixations_between_which_the_eye_was_on_another_sentence(tables, path):
    path(0, 1, ..., 2, 0)
    for rule in ("consecutive", "first_three"):
        by_rule(tables, rule, "from_word | to_word | landing_duration_ms\n0 | 1 | 200\n2 | 0 | 500")


def test_a_refixation_is_a_saccade_from_a_word_to_itself(tables, path):
    path(1, 1, 1)
    by_rule(tables, "consecutive", "from_word | to_word | saccade_count | landing_duration_ms\n1 | 1 | 2 | 500")


def test_only_the_first_three_fixations_on_a_word_count_by_first_three(tables, path):
    path(0, 0, 0, 0, 1)
    by_rule(tables, "consecutive", "from_word | to_word | saccade_count\n0 | 0 | 3\n0 | 1 | 1")
    by_rule(tables, "first_three", "from_word | to_word | saccade_count\n0 | 0 | 2\n0 | 1 | 1")


def test_the_three_are_counted_over_the_whole_sentence_not_in_a_row(tables, path):
    path(0, 1, 0, 1, 0, 1, 0, 2)
    by_rule(tables, "first_three", "from_word | to_word | saccade_count\n0 | 1 | 3\n1 | 0 | 2\n1 | 2 | 1")


def test_the_first_fixation_of_a_sentence_comes_from_nowhere(tables, path):
    assert path(0, 1, sentence_id=1) == path(2, sentence_id=2) == 2
    by_rule(tables, "consecutive", "sentence_id | from_word | to_word\n1 | 0 | 1")


def test_deriving_again_replaces_and_leaves_other_readers_alone(tables, path):
    path(0, 1)
    path(1, 0, subject_id=12)
    tables.run("UPDATE human.fixation SET word_position = 2 WHERE subject_id = 11 AND fixation_ordinal = 1")
    assert tables.run("SELECT fn.derive_saccades('{11}')") == [(2,)]
    by_rule(tables, "consecutive", "subject_id | from_word | to_word\n11 | 0 | 2\n12 | 1 | 0")


def test_a_rule_of_ones_own_is_a_row_with_two_measures_and_its_saccades(tables, path):
    path(0, None, 0, 1)
    tables.run("SELECT fn.add_saccade_rule('first_one', false, 1::smallint, 'first pass', 'this test')")
    by_rule(tables, "first_one", "from_word | to_word | saccade_count\n0 | 1 | 1")
    tables.expect(
        "human.measure",
        """
        measure                    | quantity         | measure_unit
        saccade_count/first_one    | saccade_count    | saccades
        saccade_duration/first_one | saccade_duration | ms
        """,
        where="measure LIKE '%/first_one'",
    )


def test_a_rule_that_breaks_and_counts_only_some_fixations_does_both(tables, path):
    path(0, 0, None, 0, 1, 2)
    tables.run("SELECT fn.add_saccade_rule('strict', true, 2::smallint, 'both', 'this test')")
    by_rule(tables, "strict", "from_word | to_word\n0 | 0\n1 | 2")


def test_a_rule_that_is_there_is_not_added_again(tables):
    with pytest.raises(psycopg.errors.UniqueViolation):
        tables.run("SELECT fn.add_saccade_rule('consecutive', true, NULL, 'again', 'this test')")


def test_a_second_reading_makes_saccades_of_its_own_and_measures_that_name_it(tables, path):
    path(0, 1)
    tables.given(
        "human.reading",
        "subject_id | sentence_id | reading_ordinal | presentation_order\n11 | 1 | 1 | 0\n11 | 1 | 2 | 1",
    )
    tables.given(
        "human.fixation",
        """
        subject_id | sentence_id | reading_ordinal | fixation_ordinal | word_position | duration_ms
        11         | 1           | 2               | 0                | 1             | 100
        11         | 1           | 2               | 1                | 0             | 150
        """,
    )
    tables.run("SELECT fn.derive_saccades('{11}')")
    by_rule(
        tables,
        "consecutive",
        """
        reading_ordinal | from_word | to_word | landing_duration_ms
        1               | 0         | 1       | 200
        2               | 1         | 0       | 150
        """,
    )
    tables.expect(
        "human.measure",
        """
        measure                                    | of_reading
        saccade_count/consecutive                  | 1
        saccade_count/consecutive/reading 2        | 2
        saccade_count/consecutive/all readings     | -
        """,
        where="measure LIKE 'saccade_count/consecutive%'",
    )
    tables.expect(
        "slice.reader_cell JOIN human.measure USING (measure_id)",
        """
        measure                                | from_word | to_word | cell_value
        saccade_count/consecutive/reading 2    | 1         | 0       | 1
        saccade_count/consecutive/all readings | 1         | 0       | 1
        """,
        where="measure LIKE 'saccade_count/consecutive%'",
    )


def test_fixations_without_a_start_make_saccades_by_their_order(tables, path):
    path(2, 0)
    tables.run("UPDATE human.fixation SET start_ms = NULL")
    tables.run("SELECT fn.derive_saccades('{11}')")
    by_rule(tables, "consecutive", "from_word | to_word | saccade_count\n2 | 0 | 1")
