"""Which attention analyses see: `slice.extraction_layer`, `slice.layer_attention`."""

import pytest


@pytest.fixture
def models(tables):
    """One model taken three times: complete (1), still loading (2), and retired by the complete one (3)."""
    tables.given("ops.run", "run_id | run_status\n1 | done")
    tables.given("model.language_model", "language_model_id | model | stage\n1 | toy-2 | pretrained")
    tables.given(
        "model.extraction",
        """
        extraction_id | method | layers  | extraction_status
        1             | raw    | {0,1}   | complete
        2             | raw    | {0,1,2} | loading
        3             | raw    | {0}     | retired
        """,
    )
    for extraction_id in (1, 2, 3):
        tables.run(
            f"CREATE TABLE model.attention_{extraction_id} PARTITION OF model.attention FOR VALUES IN ({extraction_id})"
        )
        tables.given(
            "model.attention",
            f"""
            extraction_id   | layer | sentence_id | from_word | to_word | weights
            {extraction_id} | 0     | 1           | 0         | 0       | {{1,1}}
            {extraction_id} | 0     | 1           | 1         | 0       | {{0.25,0.5}}
            {extraction_id} | 0     | 1           | 0         | 1       | {{0.125,0}}
            """,
        )
    return tables


def test_only_layers_of_complete_extractions_can_be_asked_of(models):
    models.expect(
        "slice.extraction_layer",
        """
        extraction_id | model | condition | method | layer
        1             | toy-2 | plain     | raw    | 0
        1             | toy-2 | plain     | raw    | 1
        """,
    )


def test_only_attention_of_complete_extractions_and_to_earlier_words_is_seen(models):
    models.expect(
        "slice.layer_attention",
        """
        extraction_id | layer | sentence_id | from_word | to_word | weights
        1             | 0     | 1           | 0         | 0       | {1,1}
        1             | 0     | 1           | 1         | 0       | {0.25,0.5}
        """,
    )
