"""Other fits and nulls through the warehouse, on the simulated study: what is written, and what people see of it."""

from typing import Any

import pytest

from tests.asking import rows
from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.compute import agenda
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.load.tally import Tally
from warehouse.progress import Progress

ONE_MODEL = {**STUDY, "model": ["simulated-small"]}


def compute(database: Database, name: str, selection: Any = ONE_MODEL, **given: Any) -> Tally:
    return pipeline.compute(database, name, selection, progress=Progress(quiet=True), **given)[name]


def test_other_fits_stand_beside_resemblance_with_their_ceilings(study: Database) -> None:
    for name in ("head_averaged_resemblance", "head_averaged_ridge"):
        assert compute(study, name).inserted > 0
    # nearly no penalty is least squares; of two runs the later one is shown
    compute(study, "ridge_resemblance", penalties=(0.0,))
    compute(study, "ridge_resemblance", penalties=(0.0, 1e9))
    found = rows(
        study,
        """
        SELECT
            variant,
            min(variant.cv_resemblance - variant.cv_r2 / curve.leave_one_out_ceiling),
            max(variant.predictor_count),
            bool_and(variant.cv_r2 > curve.cv_r2 - 0.0001),
            max(penalty_end_count) > 0,
            max(variant.usage_warnings::text)
        FROM mart.resemblance_variant AS variant
        JOIN slice.layer_curve AS curve USING (extraction_id, layer, measure, language_group)
        WHERE curve.leave_out = '[]'
        GROUP BY variant ORDER BY variant
        """,
    )
    assert [row[0] for row in found] == ["head_averaged", "head_averaged_ridge", "ridge"]
    assert [row[1] for row in found] == [0.0, 0.0, 0.0]
    assert [row[2] for row in found][:2] == [1, 1]
    assert found[2][3:] == (True, True, "{penalty_at_end}")
    ((least_squares, again),) = rows(
        study,
        """
        SELECT max(abs(variant.cv_r2 - plain.cv_r2)), count(*) = count(variant.cv_r2)
        FROM mart.reader_variant AS variant
        JOIN mart.human_resemblance AS plain USING (extraction_id, layer, measure, language_group, subject_label)
        WHERE variant = 'ridge' AND penalty = 0
        """,
    )
    assert least_squares < 1e-9 and again
    assert compute(study, "ridge_resemblance", penalties=(0.0, 1e9)).inserted == 0


def test_the_null_of_a_layer_stands_beside_its_resemblance(study: Database) -> None:
    assert compute(study, "exchanged_null", exchanges=20).inserted == 4 * 2
    found = rows(
        study,
        """
        SELECT
            count(*),
            max(abs(exchanged.r2 - curve.r2)),
            max(abs(exchanged.cv_r2 - curve.cv_r2)),
            min(draw_count),
            bool_and(exchanged_r2 BETWEEN 0 AND exchanged_r2_most),
            bool_and(exchanged_share < 1)
        FROM mart.exchanged_null AS exchanged
        JOIN slice.layer_curve AS curve USING (extraction_id, layer, measure, language_group)
        """,
    )
    ((count, r2, cv_r2, draws, is_ordered, is_less),) = found
    assert (count, draws, is_ordered, is_less) == (8, 20, True, True)
    assert max(r2, cv_r2) < 1e-12
    assert compute(study, "exchanged_null", exchanges=20).inserted == 0
    assert compute(study, "exchanged_null", exchanges=10).inserted == 8
    assert rows(study, "SELECT DISTINCT draw_count, seed FROM mart.exchanged_null") == [(10, 20231206)]


def test_counts_are_fitted_on_request_and_nothing_else_is(study: Database) -> None:
    assert compute(study, "count_model", penalties=(1.0, 100.0)).inserted == 4 * 7
    found = rows(
        study,
        """
        SELECT language_group, count(*), max(subject_count), bool_and(cv_d2 < d2), bool_and(penalty BETWEEN 1 AND 100),
            bool_and('penalty_at_end' = ANY (usage_warnings))
        FROM mart.count_model GROUP BY language_group ORDER BY language_group
        """,
    )
    assert found == [("L1", 4, 3, True, True, True), ("L2", 4, 4, True, True, True)]
    for quantities in (["saccade_duration"], ["saccade_count", "saccade_duration"]):
        with pytest.raises(BadInput, match="is for saccade_count, and cannot be asked of saccade_duration"):
            compute(study, "count_model", {"quantity": quantities})
    assert len(rows(study, "SELECT 1 FROM ops.run WHERE job = 'compute count_model'")) == 1
    assert "count_model" not in [due.plan.analysis.name for due in agenda.agenda(study, STUDY)]


def test_what_a_layer_gives_to_no_word_is_told_and_renormalised_away(study: Database) -> None:
    assert compute(study, "renormalised_resemblance").inserted > 0
    question = """
        SELECT layer, mass_source, mean_sink_mass, least_sink_mass, most_sink_mass, mean_outside_mass, head_count
        FROM mart.sink_mass WHERE model = 'simulated-small' ORDER BY layer
    """
    found = rows(study, question)
    assert [row[:2] for row in found] == [(layer, "row sums") for layer in range(4)]
    expected = rows(
        study,
        """
        SELECT 1 - avg(row_sum) FROM (
            SELECT sum(weight) AS row_sum
            FROM model.attention CROSS JOIN LATERAL unnest(weights) WITH ORDINALITY AS of_head (weight, head)
            WHERE layer = 2 AND extraction_id = (
                SELECT extraction_id FROM mart.extraction WHERE model = 'simulated-small' AND condition = 'plain'
            )
            GROUP BY sentence_id, from_word, head
        ) AS summed
        """,
    )
    assert found[2][2] == pytest.approx(expected[0][0], abs=1e-6)
    assert all(least <= mean <= most and outside is None for _, _, mean, least, most, outside, _ in found)
    assert {row[-1] for row in found} == {4}
    with (
        study.connect() as connection
    ):  # tokens that are no word, kept beside the attention, take the place of row sums
        connection.execute(
            """
            UPDATE model.layer_sink
            SET sink_sums = ARRAY[0.5 * word_total, 0.25 * word_total, 0, 0],
                outside_sums = ARRAY[0, 0.25 * word_total, 0.5 * word_total, 0.5 * word_total]
            """
        )
    assert rows(study, question)[0][1:] == ("tokens", 0.1875, 0.0, 0.5, 0.3125, 4)
