"""Whose data count, for which measure and sentence: `slice.reader`, `slice.reader_sentence`, `slice.reader_cell`.

The measures that are always there: 1 and 2 are count and duration by rule `consecutive` (1), 3 and 4 by `first_three`
(2). Measure 9 is a brain region's.
"""

import pytest

from warehouse.slices import Reading
from warehouse.slices import readers as slice_of_readers


@pytest.fixture
def readers(tables):
    """Three readers; a region has values of 11 for both sentences, of 12 for one."""
    tables.given(
        "human.subject",
        """
        subject_id | subject_label | language_group
        11         | a             | L1
        12         | b             | L1
        13         | c             | L2
        """,
    )
    tables.given(
        "human.reading",
        """
        subject_id | sentence_id
        11         | 1
        11         | 2
        12         | 1
        12         | 2
        13         | 1
        """,
    )
    tables.given("human.region", "region_id | region\n5 | angular")
    tables.given("human.measure", "measure_id | measure | quantity | region_id\n9 | roi_value/angular | roi_value | 5")
    tables.given("human.roi_coverage", "subject_id | region_id | sentence_id\n11 | 5 | 1\n11 | 5 | 2\n12 | 5 | 1")
    return tables


def test_every_reader_counts_for_every_measure_with_data(readers):
    readers.expect(
        "slice.reader",
        """
        measure_id | subject_id | language_group
        1          | 11         | L1
        1          | 12         | L1
        1          | 13         | L2
        9          | 11         | L1
        9          | 12         | L1
        """,
        where="measure_id IN (1, 9)",
    )


def test_an_excluded_reader_is_left_out(readers):
    readers.given("human.exclusion", "subject_id | excluded_because\n11 | slept")
    readers.expect("slice.reader", "measure_id | subject_id\n1 | 12\n1 | 13", where="measure_id = 1")
    readers.expect("slice.reader", "measure_id | subject_id\n9 | 12", where="measure_id = 9")


def test_a_reader_excluded_for_one_rule_counts_by_the_other(readers):
    readers.given("human.exclusion", "subject_id | saccade_rule_id\n12 | 2")
    readers.expect(
        "slice.reader",
        """
        measure_id | subject_id
        1          | 12
        2          | 12
        9          | 12
        """,
        where="subject_id = 12",
    )


def test_a_reader_excluded_for_a_region_still_counts_for_saccades(readers):
    readers.given("human.exclusion", "subject_id | region_id\n12 | 5")
    readers.expect("slice.reader", "measure_id\n1\n2\n3\n4", where="subject_id = 12")


def test_a_sentence_excluded_for_a_reader_leaves_the_reader_and_drops_the_sentence(readers):
    readers.given("human.exclusion", "subject_id | sentence_id\n12 | 2")
    readers.expect("slice.reader", "subject_id\n12", where="subject_id = 12 AND measure_id = 1")
    readers.expect(
        "slice.reader_sentence",
        """
        subject_id | sentence_id
        11         | 1
        11         | 2
        12         | 1
        13         | 1
        """,
        where="measure_id = 1",
    )


def test_a_sentence_excluded_by_one_rule_stays_by_the_other(readers):
    readers.given("human.exclusion", "subject_id | sentence_id | saccade_rule_id\n12 | 2 | 2")
    readers.expect(
        "slice.reader_sentence",
        """
        measure_id | sentence_id
        1          | 1
        1          | 2
        3          | 1
        9          | 1
        """,
        where="subject_id = 12 AND measure_id IN (1, 3, 9)",
    )


def test_a_sentence_that_was_not_shown_or_not_delivered_is_missing_not_zero(readers):
    readers.expect(
        "slice.reader_sentence",
        """
        measure_id | subject_id | sentence_id
        1          | 13         | 1
        9          | 11         | 1
        9          | 11         | 2
        9          | 12         | 1
        """,
        where="measure_id = 9 OR measure_id = 1 AND subject_id = 13",
    )


def test_a_sentence_read_again_counts_once_for_the_first_reading_and_for_all(readers):
    readers.given("human.reading", "subject_id | sentence_id | reading_ordinal\n11 | 1 | 2\n13 | 2 | 2")
    readers.run("SELECT setval(pg_get_serial_sequence('human.measure', 'measure_id'), 100)")  # 9 is drawn above
    readers.run("SELECT fn.add_reading_measures()")
    readers.expect(
        "slice.reader_sentence JOIN human.measure USING (measure_id)",
        """
        measure                                | subject_id | sentence_id
        saccade_count/consecutive              | 11         | 1
        saccade_count/consecutive              | 11         | 2
        saccade_count/consecutive              | 13         | 1
        saccade_count/consecutive/reading 2    | 11         | 1
        saccade_count/consecutive/reading 2    | 13         | 2
        saccade_count/consecutive/all readings | 11         | 1
        saccade_count/consecutive/all readings | 11         | 2
        saccade_count/consecutive/all readings | 13         | 1
        saccade_count/consecutive/all readings | 13         | 2
        """,
        where="measure LIKE 'saccade_count/consecutive%' AND subject_id <> 12",
    )
    readers.expect(
        "slice.reader_group",
        """
        measure                             | reading | language_group
        saccade_count/consecutive           | 1       | L1
        saccade_count/consecutive           | 1       | L2
        saccade_count/consecutive/reading 2 | 2       | L1
        saccade_count/consecutive/reading 2 | 2       | L2
        """,
        where="measure LIKE 'saccade_count/consecutive%' AND reading <> 'all'",
    )


def test_a_cell_looks_back_or_at_the_same_word_and_never_forward(readers):
    readers.given(
        "human.saccade",
        """
        subject_id | saccade_rule_id | sentence_id | from_word | to_word | saccade_count | landing_duration_ms
        11         | 1               | 1           | 0         | 1       | 7             | 700
        11         | 1               | 1           | 1         | 1       | 2             | 310
        11         | 1               | 1           | 2         | 0       | 1             | 200
        11         | 2               | 1           | 2         | 0       | 3             | 600
        """,
    )
    readers.expect(
        "slice.reader_cell",
        """
        measure_id | from_word | to_word | cell_value
        1          | 1         | 1       | 2
        1          | 2         | 0       | 1
        2          | 1         | 1       | 310
        2          | 2         | 0       | 200
        3          | 2         | 0       | 3
        4          | 2         | 0       | 600
        """,
    )


def test_a_regions_values_keep_their_sign_and_those_at_the_same_word_count(readers):
    readers.given(
        "human.roi_value",
        """
        subject_id | region_id | sentence_id | from_word | to_word | roi_value
        11         | 5         | 1           | 2         | 0       | -0.5
        11         | 5         | 1           | 0         | 2       | 0.125
        11         | 5         | 1           | 1         | 1       | 0.25
        """,
    )
    readers.expect(
        "slice.reader_cell",
        """
        measure_id | from_word | to_word | cell_value
        9          | 2         | 0       | -0.5
        9          | 1         | 1       | 0.25
        """,
    )


def test_groups_can_be_asked_of_where_somebody_has_data(readers):
    readers.expect(
        "slice.reader_group",
        """
        measure                     | quantity         | saccade_rule | region  | language_group
        saccade_count/consecutive   | saccade_count    | consecutive  | -       | L1
        saccade_count/consecutive   | saccade_count    | consecutive  | -       | L2
        roi_value/angular           | roi_value        | -            | angular | L1
        """,
        where="measure IN ('saccade_count/consecutive', 'roi_value/angular')",
    )


def test_sentences_know_their_article(tables):
    tables.expect(
        "slice.sentence",
        """
        sentence_label | article_position | word_count
        s.1.1          | 0                | 3
        s.1.2          | 0                | 2
        s.2.1          | 1                | 4
        """,
    )


WORK = {"measure_id": 1, "corpus_id": 1, "language_group": "L1"}


@pytest.fixture
def digest(readers, spec_connection):
    """What the plan compares of two readers' values: each has a saccade at the same place of the same sentence."""
    readers.given(
        "human.saccade",
        """
        subject_id | saccade_rule_id | sentence_id | from_word | to_word | saccade_count | landing_duration_ms
        11         | 1               | 1           | 2         | 0       | 1             | 200
        12         | 1               | 1           | 2         | 0       | 3             | 600
        13         | 1               | 1           | 2         | 0       | 1             | 200
        """,
    )
    return lambda: slice_of_readers.inputs(Reading(spec_connection), WORK)["readers"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE human.saccade SET saccade_count = 2 WHERE subject_id = 11", id="a value"),
        pytest.param("UPDATE human.saccade SET to_word = 1 WHERE subject_id = 11", id="its place"),
        pytest.param("UPDATE human.saccade SET sentence_id = 2 WHERE subject_id = 11", id="its sentence"),
        pytest.param(
            "UPDATE human.saccade SET saccade_count = 4 - saccade_count WHERE subject_id < 13",
            id="two readers' values exchanged",
        ),
        pytest.param("DELETE FROM human.saccade WHERE subject_id = 12", id="no value"),
        pytest.param("DELETE FROM human.reading WHERE subject_id = 12 AND sentence_id = 2", id="a sentence not read"),
        pytest.param("UPDATE human.subject SET subject_label = 'd' WHERE subject_id = 12", id="a name"),
    ],
)
def test_results_are_stale_when_something_of_a_reader_changes(readers, digest, change):
    before = digest()
    readers.run(change)
    assert digest() != before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE human.saccade SET landing_duration_ms = 1", id="another measure"),
        pytest.param("UPDATE human.saccade SET saccade_count = 2 WHERE subject_id = 13", id="another group"),
        pytest.param("INSERT INTO human.saccade VALUES (11, 1, 1, 0, 2, 1, 9)", id="a saccade forward"),
    ],
)
def test_results_stand_when_something_else_changes(readers, digest, change):
    before = digest()
    readers.run(change)
    assert digest() == before
