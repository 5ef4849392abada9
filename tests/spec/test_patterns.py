"""Which word pairs belong to a trivial pattern, and which sets can be asked: `slice.pattern_cell`, `slice.pattern_set`.

The patterns that are always there: 1 first word, 2 previous word, 3 the word itself; together they are the set trivial.
"""

import pytest
from psycopg import errors


@pytest.fixture
def sentence(tables):
    """The word pairs of sentence 1, of three words, above the diagonal too."""
    pairs = [(a, b) for a in range(3) for b in range(3)]
    drawn = "\n".join(f"1 | {a} | {b} | {str(b <= a).lower()}" for a, b in pairs)
    tables.given("stimulus.word_pair", f"sentence_id | from_word | to_word | is_causal\n{drawn}")
    return tables


def test_rules_are_spelled_out_over_the_lower_triangle(sentence):
    sentence.expect(
        "slice.pattern_cell",
        """
        pattern_id | sentence_id | from_word | to_word
        1          | 1           | 0         | 0
        1          | 1           | 1         | 0
        1          | 1           | 2         | 0
        2          | 1           | 1         | 0
        2          | 1           | 2         | 1
        3          | 1           | 0         | 0
        3          | 1           | 1         | 1
        3          | 1           | 2         | 2
        """,
    )


def test_a_rule_more_is_a_row_more(sentence):
    sentence.given(
        "stimulus.pattern",
        """
        pattern_id | pattern        | to_position | words_back
        21         | two_words_back | -           | 2
        22         | second_word    | 1           | -
        """,
    )
    sentence.expect(
        "slice.pattern_cell",
        """
        pattern_id | from_word | to_word
        21         | 2         | 0
        22         | 1         | 1
        22         | 2         | 1
        """,
        where="pattern_id > 20",
    )


def test_a_pattern_that_no_rule_describes_is_listed(sentence):
    sentence.given("stimulus.pattern", "pattern_id | pattern\n23 | content_word")
    sentence.given("stimulus.pattern_cell", "pattern_id | sentence_id | from_word | to_word\n23 | 1 | 2 | 1")
    sentence.expect(
        "slice.pattern_cell",
        "pattern_id | sentence_id | from_word | to_word\n23 | 1 | 2 | 1",
        where="pattern_id = 23",
    )


def test_a_set_can_be_asked_where_all_its_patterns_have_cells(tables):
    tables.given("stimulus.corpus", "corpus_id | corpus\n2 | other")
    tables.given("stimulus.article", "article_id | corpus_id | article_position\n3 | 2 | 0")
    tables.given("stimulus.pattern", "pattern_id | pattern\n23 | content_word")
    tables.given("stimulus.pattern_set", "pattern_set\ncontent\nempty")
    tables.given("stimulus.pattern_set_member", "pattern_set | pattern_id\ncontent | 1\ncontent | 23")
    tables.expect("slice.pattern_set", "corpus_id | pattern_set\n1 | trivial\n2 | trivial")
    tables.given("stimulus.pattern_cell", "pattern_id | sentence_id | from_word | to_word\n23 | 3 | 2 | 1")
    tables.expect("slice.pattern_set", "corpus_id | pattern_set\n1 | trivial\n1 | content\n2 | trivial")


@pytest.mark.parametrize(
    ("table", "drawing"),
    [
        pytest.param("pattern", "pattern | to_position | words_back\nboth | 0 | 1", id="two rules"),
        pytest.param("pattern", "pattern | words_back\nforward | -1", id="forward"),
        pytest.param(
            "pattern_cell", "pattern_id | sentence_id | from_word | to_word\n1 | 1 | 0 | 1", id="above the diagonal"
        ),
    ],
)
def test_what_no_pattern_can_be_is_refused(tables, table, drawing):
    with pytest.raises(errors.CheckViolation):
        tables.given(f"stimulus.{table}", drawing)
