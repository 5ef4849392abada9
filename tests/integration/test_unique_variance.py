"""Sets of predictors from files, and what attention explains beyond them, from the command line to the views."""

import csv
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from psycopg.rows import dict_row
from scipy.stats import ttest_1samp

from analytics._stats.multiplicity import corrected
from tests.asking import rows
from tests.command_line import said
from tests.conftest import cloned
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.report.exhibits import exhibits
from warehouse.schema import migrations

CHOSEN = ("--measure", "count", "--rule", "consecutive", "--model", "simulated-small")


@pytest.fixture(scope="module")
def study(cluster: EmbeddedServer, study_template: str) -> Iterator[Database]:
    with cloned(cluster, study_template) as database:
        yield database


def words(database: Database) -> list[tuple]:
    question = """
        SELECT sentence_label, word_position, word_text FROM stimulus.word JOIN stimulus.sentence USING (sentence_id)
        ORDER BY sentence_id, word_position
    """
    return rows(database, question)


def written(path: Path, header: list[str], lines: list[list]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *lines])
    return str(path)


def command(database: Database, *words: str) -> str:
    done = said("--dsn", database.dsn, *words)
    assert done.code == 0, done.err
    return done.out + done.err


@pytest.fixture(scope="module")
def computed(study: Database) -> Database:
    command(study, "compute", "unique-variance", *CHOSEN, "--predictors", "trivial3", "--predictors", "baseline47")
    return study


def test_one_row_is_there_for_each_layer_group_set_and_what_was_held_out(computed: Database) -> None:
    found = rows(
        computed, "SELECT predictor_set, held_out, count(*) FROM mart.unique_variance GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert found == [(name, held_out, 8) for name in ("baseline47", "trivial3")
                     for held_out in ("article", "nothing", "sentence")]  # fmt: skip


def test_the_heads_alone_are_human_resemblance(computed: Database) -> None:
    question = """
        SELECT heads_r2 - r2, cv_heads - cv_r2 FROM mart.layer_curve
        JOIN (SELECT extraction_id, layer, language_group,
                max(heads_r2) FILTER (WHERE held_out = 'nothing') AS heads_r2,
                max(heads_r2) FILTER (WHERE held_out = 'article') AS cv_heads
            FROM mart.unique_variance WHERE predictor_set = 'baseline47' GROUP BY 1, 2, 3) AS found
        USING (extraction_id, layer, language_group) WHERE measure = 'saccade_count/consecutive'
    """
    np.testing.assert_allclose(rows(computed, question), 0, atol=1e-10)


def test_p_values_are_corrected_over_the_layers_of_a_model(computed: Database) -> None:
    question = """
        SELECT p_one_sided, p_bonferroni, p_holm, p_benjamini_hochberg FROM mart.unique_variance
        WHERE predictor_set = 'baseline47' AND held_out = 'sentence' AND language_group = 'L1' ORDER BY layer
    """
    p, *found = zip(*rows(computed, question), strict=True)
    assert len(p) == 4
    for values, expected in zip(found, corrected(p).values(), strict=True):
        assert values == pytest.approx(expected.tolist())


def test_the_mean_over_readers_is_that_of_their_own_view(computed: Database) -> None:
    question = """
        SELECT max(abs(found.unique_r2 - mean)), min(count) FROM mart.unique_variance AS found
        JOIN (SELECT extraction_id, layer, language_group, predictor_set, held_out, avg(unique_r2) AS mean, count(*)
            FROM mart.reader_unique_variance GROUP BY 1, 2, 3, 4, 5) AS readers
        USING (extraction_id, layer, language_group, predictor_set, held_out)
    """
    ((difference, count),) = rows(computed, question)
    assert difference < 1e-12
    assert count == 3


def test_baseline47_is_computed_where_no_set_is_chosen(computed: Database) -> None:
    assert "nothing to do; 0 inserted, 8 unchanged" in command(computed, "compute", "unique-variance", *CHOSEN)


def test_a_file_of_word_features_becomes_a_set(computed: Database, tmp_path: Path) -> None:
    rng, listed = np.random.default_rng(0), words(computed)
    lines = [[label, place, text, number, 3, 2 * number] for (label, place, text), number in
             zip(listed, rng.normal(size=len(listed)).tolist(), strict=True)]  # fmt: skip
    lines[4][3] = lines[4][5] = ""
    lines.append(["t.99.01", 0, "else", 1, 3, 2])
    file = written(tmp_path / "norms.csv", ["sentence", "word", "text", "norm", "same", "double"], lines)
    told = command(computed, "ingest", "word-features", file, "--corpus", "simulated")
    assert "4 rejected" in told
    reasons = [reason for (reason,) in rows(computed, "SELECT reason FROM ops.rejection ORDER BY place")]
    assert sorted(reasons) == [
        "1 of 40 sentences lack values and are left out with it: " + lines[4][0],
        "is a sum of the columns before it, so that it adds nothing to them",
        "is constant where all features have a value, so that it explains nothing",
        "simulated has no sentence 't.99.01'",
    ]
    command(computed, "ingest", "predictor-set", "norms_and_more", "--of", "norms", "--of", "baseline47")
    command(computed, "compute", "unique-variance", *CHOSEN, "--group", "L1",
              "--predictors", "norms", "--predictors", "norms_and_more")  # fmt: skip
    question = """
        SELECT predictor_set, max(set_rank), max(cell_count) FROM mart.unique_variance
        WHERE predictor_set LIKE 'norms%' GROUP BY 1 ORDER BY 1
    """
    ((_, two, cells), (_, more, _)) = rows(computed, question)
    ((everything,),) = rows(
        computed, "SELECT max(cell_count) FROM mart.unique_variance WHERE predictor_set = 'trivial3'"
    )
    ((baseline,),) = rows(computed, "SELECT max(set_rank) FROM mart.unique_variance WHERE predictor_set = 'baseline47'")
    assert (two, more) == (2, 2 + baseline)
    left_out = sum(label == lines[4][0] for label, *_ in listed)
    assert cells == everything - left_out * (left_out + 1) // 2


def test_pair_features_predict_pairs(computed: Database, tmp_path: Path) -> None:
    counts: dict[str, int] = {}
    for label, *_ in words(computed):
        counts[label] = counts.get(label, 0) + 1
    lines = [[label, i, j, (i - j) ** 2] for label, n in counts.items() for i in range(n) for j in range(i + 1)]
    file = written(tmp_path / "distance.csv", ["sentence", "from", "to", "squared"], [*lines, [lines[0][0], 0, 1, 1]])
    told = command(computed, "ingest", "pair-features", file, "--corpus", "simulated", "--name", "squares")
    assert "1 rejected" in told
    command(computed, "compute", "unique-variance", *CHOSEN, "--group", "L1", "--predictors", "squares")
    ((rank, r2),) = rows(
        computed,
        "SELECT set_rank, max(set_r2) FROM mart.unique_variance WHERE predictor_set = 'squares' "
        "AND held_out = 'nothing' GROUP BY 1",
    )
    assert rank == 1
    assert r2 > 0.001


@pytest.mark.parametrize(
    ("header", "line", "because"),
    [
        pytest.param(["sentence", "word", "x"], ["other.1", 0, 1], "none of its 1 rows is of simulated",
                     id="another corpus"),
        pytest.param(["sentence", "place", "x"], ["s", 0, 1], "has no column 'word'", id="no place"),
        pytest.param(["sentence", "word"], ["s", 0], "has no column of a feature", id="no feature"),
        pytest.param(["sentence", "word", "x"], ["FIRST", "one", 1], "is not a place", id="a word for its place"),
        pytest.param(["sentence", "word", "x"], ["FIRST", 0, "low"], "'low' is not a number", id="no number"),
        pytest.param(["sentence", "word", "x"], ["FIRST", 0, "nan"], "'nan' is not a number", id="not a number"),
        pytest.param(["sentence", "word", "x"], ["FIRST", 0, 1e300], "'1e+300' is not a number up to 1e+100",
                     id="huge"),
        pytest.param(["sentence", "word", "x", "x"], ["FIRST", 0, 1, 2], "has the column 'x' twice", id="twice"),
        pytest.param(["sentence", "word", "x"], ["FIRST", 0, 2], "no column is left", id="constant"),
        pytest.param(["sentence", "word", "text", "x"], ["FIRST", 0, "?", 2], "none of its 1 rows is of simulated",
                     id="other words"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_leaves_no_trace(
    study: Database, tmp_path: Path, header: list[str], line: list, because: str
) -> None:
    first = words(study)[0][0]
    file = written(tmp_path / "bad.csv", header, [[first if value == "FIRST" else value for value in line]])
    done = said("--dsn", study.dsn, "ingest", "word-features", file, "--corpus", "simulated")
    assert done.code == 3
    assert because in done.err
    assert rows(study, "SELECT 1 FROM stimulus.predictor_set WHERE predictor_set = 'bad'") == []


def test_a_file_in_utf_16_is_refused(study: Database, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("sentence,word,x\n", encoding="utf-16")
    done = said("--dsn", study.dsn, "ingest", "word-features", str(file), "--corpus", "simulated")
    assert (done.code, "wide.csv: cannot be read as a table" in done.err) == (3, True)


def test_a_combination_of_what_is_not_there_names_what_is(study: Database) -> None:
    for of, because in (("baseline74", "did you mean 'baseline47'"), ("surprisal:none", "no such model")):
        done = said("--dsn", study.dsn, "ingest", "predictor-set", "mine", "--of", of)
        assert done.code == 3
        assert because in done.err


@pytest.fixture(scope="module")
def surprised(computed: Database) -> Database:
    """Where a model's surprisal of each word is its length."""
    with computed.connect() as connection:
        connection.execute("""
            INSERT INTO model.word_surprisal
                (extraction_id, sentence_id, word_position, surprisal_bits, uncorrected_surprisal_bits)
            SELECT extraction_id, sentence_id, word_position, length(word_text), length(word_text)
            FROM stimulus.word CROSS JOIN model.extraction JOIN model.language_model USING (language_model_id)
            WHERE model = 'simulated-small' AND word_position > 0
        """)
    return computed


def test_surprisal_under_a_model_is_a_set_where_the_model_has_read_the_corpus(surprised: Database) -> None:
    command(surprised, "ingest", "predictor-set", "surprising", "--of", "surprisal:simulated-small")
    offered = rows(surprised, "SELECT DISTINCT predictor_set FROM mart.predictor_set")
    assert ("surprising",) in offered
    assert ("surprisal",) not in offered
    command(surprised, "compute", "unique-variance", *CHOSEN, "--group", "L1", "--predictors", "surprising")
    question = "SELECT DISTINCT set_rank FROM mart.unique_variance WHERE predictor_set = 'surprising'"
    assert rows(surprised, question) == [(4,)]


@pytest.mark.parametrize("name", ["unique-variance", "ridge-resemblance"])
def test_a_set_that_no_corpus_has_anything_for_is_refused(computed: Database, name: str) -> None:
    done = said("--dsn", computed.dsn, "compute", name, *CHOSEN, "--predictors", "surprisal")
    assert done.code == 3
    assert "surprisal: is made of features, or of a model's surprisal, that no corpus has" in done.err
    assert "choose one that a corpus has (baseline47, " in done.err


def test_frequencies_of_a_corpus_make_the_set_that_waits_for_them(computed: Database) -> None:
    pytest.importorskip("wordfreq", reason="the extra [baselines] is not installed")
    offered = "SELECT count(*) FROM mart.predictor_set WHERE predictor_set = 'frequency'"
    assert rows(computed, offered) == [(0,)]
    command(computed, "ingest", "word-frequency", "--corpus", "simulated")
    assert rows(computed, offered) == [(2,)]
    question = """
        SELECT max(feature_value) FILTER (WHERE lower(word_text) = 'the'), min(feature_value),
            count(*) = count(word_text)
        FROM stimulus.word JOIN stimulus.word_feature USING (sentence_id, word_position)
        JOIN stimulus.feature USING (feature_id) WHERE feature = 'log10_frequency'
    """
    ((most, least, is_whole),) = rows(computed, question)
    assert most == pytest.approx(-1.27, abs=0.01)
    assert -9 <= least < -4
    assert is_whole
    done = said("--dsn", computed.dsn, "ingest", "word-frequency", "--corpus", "simulated", "--language", "xx")
    assert done.code == 3
    assert "wordfreq has no list of this language" in done.err


def test_the_query_for_mixed_models_runs_as_documented(surprised: Database) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/what-resemblance-is-worth.md").read_text(encoding="utf-8")
    (query,) = [block for block in re.findall(r"```sql\n(.*?)```", page, re.DOTALL) if "reading_measure" in block]
    found = rows(surprised, query.replace("llama-7b", "simulated-small"))
    assert len(found) > 100
    assert all(surprisal == characters for *_, characters, surprisal in found)


def test_results_are_shown_beyond_the_set_that_is_asked_for(computed: Database) -> None:
    shown = command(computed, "show", "unique-variance", "--layers", *CHOSEN, "--predictors", "trivial3", "--csv")
    assert "trivial3" in shown
    assert "baseline47" not in shown
    assert "baseline47" in command(computed, "show", "unique-variance", *CHOSEN)


def test_the_best_layer_of_each_model_stands_in_context(computed: Database) -> None:
    question = """
        SELECT found.r2 - summary.r2, found.baseline_r2 - parts.set_r2, found.unique_r2 - parts.unique_r2,
            found.p_bonferroni - parts.p_bonferroni, found.unique_low < found.corrected_unique_r2,
            found.resemblance - summary.resemblance
        FROM mart.resemblance_in_context AS found
        JOIN mart.model_summary AS summary USING (extraction_id, measure, language_group)
        JOIN mart.unique_variance AS parts USING (extraction_id, measure, language_group)
        WHERE parts.layer = summary.best_layer AND parts.held_out = 'article' AND parts.predictor_set = 'baseline47'
    """
    assert rows(computed, question) == [(0, 0, 0, 0, True, 0)] * 2
    ((count, alone),) = rows(
        computed,
        "SELECT count(*), count(baseline_r2) FROM mart.resemblance_in_context WHERE measure LIKE '%consecutive'",
    )
    assert (count, alone) == (8, 2)


def test_sets_are_fitted_alone_and_beside_the_heads_by_ridge_and_poisson_regression(computed: Database) -> None:
    chosen = (*CHOSEN, "--group", "L1", "--predictors", "trivial3", "--predictors", "none")
    command(computed, "compute", "ridge-resemblance", *chosen, "--penalties", "0")
    # without a penalty ridge is least squares
    question = """
        SELECT count(*),
            max(abs(cv_r2 - CASE fitted WHEN 'set' THEN set_r2 WHEN 'joint' THEN joint_r2 ELSE heads_r2 END))
        FROM mart.resemblance_variant AS found
        JOIN mart.unique_variance AS parts USING (extraction_id, layer, measure, language_group)
        WHERE variant = 'ridge' AND parts.predictor_set = 'trivial3' AND held_out = 'article'
    """
    ((count, difference),) = rows(computed, question)
    assert count == 4 * 3
    assert difference < 1e-9
    command(computed, "compute", "count-model", *chosen, "--penalties", "1")
    question = """
        SELECT fitted, count(*), max(predictor_count), min(d2) > 0, min(d2_se) > 0 FROM mart.count_model
        WHERE predictor_set = 'trivial3' OR fitted = 'heads' GROUP BY 1 ORDER BY 1
    """
    assert rows(computed, question) == [
        ("heads", 4, 4, True, True),
        ("joint", 4, 7, True, True),
        ("set", 4, 3, True, True),
    ]
    shown = command(computed, "show", "ridge-resemblance", *CHOSEN, "--csv")
    assert "joint" not in shown
    assert "joint" in command(computed, "show", "ridge-resemblance", *CHOSEN, "--predictors", "trivial3", "--csv")


def test_unique_values_stand_at_layers_chosen_on_other_articles(computed: Database) -> None:
    command(computed, "compute", "nested-unique-variance", *CHOSEN)
    question = """
        SELECT subject_label, article_gains[(choice.article - 1) * cardinality(subject_labels) + reader.place]
        FROM current.layer_choice AS found
        CROSS JOIN LATERAL unnest(chosen_layers) WITH ORDINALITY AS choice (layer, article)
        JOIN current.unique_variance AS parts USING (extraction_id, measure_id, language_group)
        CROSS JOIN LATERAL unnest(subject_labels) WITH ORDINALITY AS reader (subject_label, place)
        WHERE parts.layer = choice.layer AND held_out = 'article' AND predictor_set = 'baseline47'
            AND language_group = 'L1'
    """
    by_reader: dict[str, list[float]] = {}
    for label, gain in rows(computed, question):
        by_reader.setdefault(label, []).append(gain)
    values = np.array([sum(gains) for gains in by_reader.values()])
    ((mean, error, low, high, p, count),) = rows(
        computed,
        """
        SELECT nested_unique_r2, nested_unique_se, context.nested_unique_low, context.nested_unique_high,
            context.nested_unique_p, current.subject_count
        FROM mart.resemblance_in_context AS context
        JOIN current.nested_unique_variance AS current USING (extraction_id, language_group, nested_unique_r2)
        WHERE language_group = 'L1'
        """,
    )
    test = ttest_1samp(values, 0)
    assert (mean, p, count) == (pytest.approx(values.mean()), pytest.approx(test.pvalue), len(values))
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(len(values)))
    assert (low, high) == pytest.approx(test.confidence_interval())
    # with one layer for all articles the gains add up to what that layer has
    question = """
        SELECT max(abs(total - (joint_r2 - set_r2)))
        FROM mart.reader_unique_variance
        JOIN (
            SELECT extraction_id, layer, predictor_set, language_group || '/' || subject_label AS subject_label,
                (SELECT sum(gain) FROM unnest(article_gains) WITH ORDINALITY AS gains (gain, number)
                    WHERE (number - 1) % cardinality(subject_labels) = place - 1) AS total
            FROM current.unique_variance
            CROSS JOIN LATERAL unnest(subject_labels) WITH ORDINALITY AS reader (subject_label, place)
            WHERE held_out = 'article'
        ) AS gained USING (extraction_id, layer, predictor_set, subject_label)
        WHERE held_out = 'article'
    """
    assert rows(computed, question)[0][0] < 1e-12


def test_groups_are_compared_beyond_the_baseline_at_layers_chosen_on_other_articles(computed: Database) -> None:
    command(computed, "compute", "group-difference", *CHOSEN, "--resamples", "200")
    question = """
        SELECT difference - (l2.nested_unique_r2 / l2.cv_ceiling - l1.nested_unique_r2 / l1.cv_ceiling)
        FROM mart.group_difference
        JOIN mart.resemblance_in_context AS l1 USING (extraction_id, measure)
        JOIN mart.resemblance_in_context AS l2 USING (extraction_id, measure)
        WHERE score_kind = 'unique_resemblance' AND l1.language_group = 'L1' AND l2.language_group = 'L2'
    """
    ((off,),) = rows(computed, question)
    assert abs(off) < 1e-12
    command(computed, "compute", "scale-fit", "--measure", "count", "--rule", "consecutive", "--group", "L1")
    counted = "SELECT count(*), max(model_count) FROM mart.model_fit WHERE score_kind = 'unique_resemblance'"
    assert rows(computed, counted) == [(2, 3)]


def test_parts_are_stacked_up_to_the_ceiling(computed: Database) -> None:
    (exhibit,) = [one for one in exhibits() if one.name == "explained_parts"]
    with computed.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        parts = cursor.execute(exhibit.sql).fetchall()
    assert [row["part"] for row in parts[:4]] == ["unique to baseline", "common", "unique to attention", "unexplained"]
    assert all(one["upper"] == other["lower"] for one, other in pairwise(parts[:4]))
    assert (parts[0]["lower"], parts[3]["upper"]) == (0, 100)
    assert sum("simulated-small" in row["panel"] for row in parts) == 4 * 8


def test_what_is_planted_beyond_position_is_found_and_nothing_else(computed: Database) -> None:
    command(computed, "ingest", "simulated-readers", "--readers", "4", "--planted")
    models = ("--model", "simulated-position", "--model", "simulated-content")
    command(computed, "compute", "unique-variance", "--measure", "count", "--rule", "consecutive", *models)
    question = """
        SELECT model, bool_and(unique_low < 0 AND unique_high > 0), min(corrected_unique_r2) > 0.02, count(*)
        FROM mart.unique_variance WHERE model IN ('simulated-position', 'simulated-content') AND held_out = 'nothing'
        GROUP BY model ORDER BY model
    """
    (content, position) = rows(computed, question)
    assert content[2:] == (True, 2)
    assert position == ("simulated-position", True, False, 2)


def test_down_and_up_again_sets_are_forgotten_and_heads_are_not_computed_anew(computed: Database) -> None:
    head, _ = migrations.head(), migrations.downgrade(computed, "0034")
    kept = "SELECT count(*) FROM ops.unit JOIN ops.run USING (run_id) WHERE job = 'compute ridge_resemblance'"
    assert rows(computed, kept) == [(4,)]
    assert rows(computed, f"{kept} AND unit_key LIKE '%none%'") == [(0,)]
    migrations.upgrade(computed)
    assert migrations.current(computed) == head
    chosen = (*CHOSEN, "--group", "L1", "--penalties", "0")
    assert "0 inserted, 4 unchanged" in command(computed, "compute", "ridge-resemblance", *chosen)
