"""What predictors take from words and pairs, and which sets a corpus offers: `slice.predictor_word`, `_pair`, `_set`.

The sets that are always there: trivial3, position45, baseline47, frequency (of log10_frequency), surprisal (of gpt2).
"""

import pytest

OFFERED = "predictor_set NOT IN ('trivial3', 'position45', 'baseline47')"


@pytest.fixture
def text(tables):
    """The words of sentence 2."""
    tables.given("stimulus.word", "sentence_id | word_position | word_text\n2 | 0 | Look\n2 | 1 | up!")
    return tables


def test_position_and_length_can_be_asked_of_every_corpus(text):
    text.expect("slice.predictor_set", "corpus_id | predictor_set\n1 | baseline47\n1 | position45\n1 | trivial3")


def test_the_sets_have_the_columns_that_they_are_named_for(text):
    text.expect(
        "mart.predictor_set",
        """
        predictor_name | predictor_kind | level_low | level_high
        to position 0  | to_position    | 0         | 0
        words back 0   | words_back     | 0         | 0
        words back 1   | words_back     | 1         | 1
        """,
        "predictor_set = 'trivial3'",
    )
    up_to_15 = "SELECT count(*) FROM mart.predictor_set WHERE predictor_set = 'position45' AND level_high <= 15"
    assert text.run(up_to_15) == [(45,)]
    assert text.run("SELECT count(*) FROM mart.predictor_set WHERE predictor_kind = 'word_length'") == [(2,)]


def test_a_word_is_as_long_as_it_is_written(text):
    text.expect(
        "slice.predictor_word",
        "sentence_id | word_position | predictor_value\n2 | 0 | 4\n2 | 1 | 3",
        "predictor_id = (SELECT min(predictor_id) FROM stimulus.predictor WHERE predictor_kind = 'word_length')",
    )


def test_a_feature_makes_the_sets_that_wait_for_it(text):
    text.given("stimulus.feature", "feature_id | corpus_id | feature\n7 | 1 | log10_frequency")
    text.given("stimulus.word_feature", "feature_id | sentence_id | word_position | feature_value\n7 | 2 | 1 | -3.5")
    text.expect("slice.predictor_set", "predictor_set\nfrequency", OFFERED)
    text.expect(
        "slice.predictor_word",
        "word_position | predictor_value\n1 | -3.5",
        "predictor_id = (SELECT min(predictor_id) FROM stimulus.predictor WHERE feature = 'log10_frequency')",
    )


def test_a_first_word_has_no_surprisal_and_stands_with_0(text):
    text.given("ops.run", 'run_id | run_status | parameters\n1 | done | {"leave_out": []}')
    text.given("model.language_model", "language_model_id | model | stage\n1 | gpt2 | pretrained")
    text.given(
        "model.extraction",
        "extraction_id | language_model_id | condition_id | corpus_id | method | extraction_status\n"
        "1 | 1 | 1 | 1 | raw | complete",
    )
    text.expect("slice.predictor_set", "predictor_set", OFFERED)
    text.given("model.word_surprisal", "extraction_id | sentence_id | word_position | surprisal_bits\n1 | 2 | 1 | 9.5")
    text.expect("slice.predictor_set", "predictor_set\nsurprisal", OFFERED)
    text.expect(
        "slice.predictor_word",
        "word_position | predictor_value\n0 | 0\n1 | 9.5",
        "predictor_id = (SELECT min(predictor_id) FROM stimulus.predictor WHERE model = 'gpt2')",
    )


def test_pairs_have_the_values_that_were_given(text):
    text.given(
        "stimulus.predictor", "predictor_id | predictor_name | predictor_kind | feature\n900 | d | pair_feature | d"
    )
    text.given("stimulus.feature", "feature_id | corpus_id | feature\n7 | 1 | d")
    text.given(
        "stimulus.pair_feature", "feature_id | sentence_id | from_word | to_word | feature_value\n7 | 2 | 1 | 0 | 2"
    )
    text.expect("slice.predictor_pair", "predictor_id | from_word | to_word | predictor_value\n900 | 1 | 0 | 2")
