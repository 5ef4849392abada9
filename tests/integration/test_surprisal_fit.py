"""Reading times and surprisal through the warehouse: planted surprisal of two models, on the simulated study."""

import re
from pathlib import Path

from tests.asking import rows
from tests.integration.test_alternatives import compute
from warehouse.compute import agenda
from warehouse.database.connection import Database
from warehouse.report.exhibits import exhibits
from warehouse.report.filling import fill

PLANTED = """
INSERT INTO model.word_surprisal (extraction_id, sentence_id, word_position, surprisal_bits, uncorrected_surprisal_bits)
SELECT
    extraction.extraction_id,
    word.sentence_id,
    word.word_position,
    CASE
        WHEN extraction.model = 'simulated-small' THEN length(word.word_text) ^ 2 * random.part
        ELSE 10 * random.part
    END,
    0
FROM mart.extraction AS extraction
CROSS JOIN stimulus.word
CROSS JOIN LATERAL (
    SELECT abs(hashtext(word.sentence_id || '/' || word.word_position)) / 2147483648.0 AS part
) AS random
WHERE extraction.model IN ('simulated-small', 'simulated-large')
"""


def test_models_with_surprisal_are_fitted_and_set_side_by_side(study: Database) -> None:
    assert compute(study, "surprisal_fit", {}).inserted == 0  # no model has surprisal
    with study.connect() as connection:
        connection.execute(PLANTED)
    assert compute(study, "surprisal_fit", {"quantity": ["gaze_duration"]}).inserted == 2 * 2
    assert compute(study, "surprisal_fit", {}).inserted == 3 * 2 * 2
    found = rows(
        study,
        """
        SELECT quantity, count(*), count(delta_log_likelihood), min(subject_count), bool_or(has_frequency)
        FROM mart.surprisal_fit GROUP BY quantity ORDER BY quantity
        """,
    )
    assert found == [
        (name, 4, 4, 3, False)
        for name in ("first_fixation_duration", "gaze_duration", "go_past_time", "total_reading_time")
    ]
    sized = rows(
        study,
        """
        SELECT by_size.model_count, by_size.pearson_r, smallest_model, largest_model,
            smallest_delta = fit.delta_log_likelihood, fits_worse_with_size = (largest_delta < smallest_delta)
        FROM mart.surprisal_fit_by_size AS by_size
        JOIN mart.surprisal_fit AS fit USING (corpus, quantity, language_group, condition, method)
        WHERE fit.model = 'simulated-small'
        """,
    )
    assert sized == [(2, None, "simulated-small", "simulated-large", True, True)] * 8
    (exhibit,) = [one for one in exhibits() if one.name == "surprisal_fit"]
    with study.connect(read_only=True) as connection:
        (page,) = fill(connection, exhibit).pages
    assert {row["label"] for row in page.rows} == {"simulated-small", "simulated-large"}
    drawn = {(row["quantity"], row["language_group"]) for row in page.rows}
    assert len(drawn) == 4 * 2 and len(page.rows) == 2 * len(drawn)
    assert compute(study, "surprisal_fit", {}).inserted == 0
    ((times,),) = rows(
        study,
        """
        SELECT count(*) FROM mart.reading_measure AS measure
        WHERE language_group = 'L2' AND gaze_duration_ms IS NOT NULL AND word_position > 0
        """,
    )
    fitted = "SELECT max(reading_time_count) FROM mart.surprisal_fit WHERE quantity = 'gaze_duration'"
    assert rows(study, f"{fitted} AND language_group = 'L2'") == [(times,)]


def test_everything_for_counts_leaves_reading_times_alone(study: Database) -> None:
    counts = [due.plan.analysis.name for due in agenda.agenda(study, {"quantity": ["saccade_count"]})]
    times = [due.plan.analysis.name for due in agenda.agenda(study, {"quantity": ["go_past_time"]})]
    assert "surprisal_fit" not in counts and "surprisal_fit" in times


def test_the_query_for_a_mixed_model_is_answered(study: Database) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/surprisal.md").read_text(encoding="utf-8")
    (query,) = re.findall(r'dbGetQuery\(.*?, "\n(.*?)"\)', page, flags=re.DOTALL)
    with study.connect() as connection:
        connection.execute(PLANTED)
        connection.execute("UPDATE model.language_model SET model = 'gpt2-large' WHERE model = 'simulated-large'")
    assert len(rows(study, query)[0]) == 6
