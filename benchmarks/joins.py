"""Two views of mart joined by their natural keys, as a BI tool sends it: ``python -m benchmarks.joins``.

Fifteen such joins, and the count of every view, with fresh statistics of the server, with old ones (from before nine
tenths of the readers and the layers came), with none but the number of rows, and while an embargo stands; by the owner
and by a reader, over one connection each, planned anew each time. Under embargo is a small model, so that the reader
sees nearly all. The scale is the share of the layers of both models. ``--dsn`` measures copies of a warehouse instead,
at its own size and without old statistics, e.g. the first real study of the README; that is printed and not kept.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmarks.made import GPT2, LLAMA_30B, QUIET, Shape, add_readers, arrays, load_arrays, made_warehouse
from benchmarks.measuring import Finding, Timing, alternated, found, report, show
from warehouse.access import embargoes, roles
from warehouse.compute import everything
from warehouse.database import statistics
from warehouse.database.connection import Database

TURNS = 3
READER, PASSWORD = "bench", "of-no-use-elsewhere"
HIDDEN = Shape("hidden", 2, 4, 17, "float32")
READERS = {"L1": 51, "L2": 55}
MOST_S = 1.0
LAYER = "model, condition, method, corpus, layer, leave_out"
GROUPED = f"{LAYER}, measure, language_group"
PERSON = "corpus, language_group, subject_label"

JOINS = {
    "resemblance and sentences of readers": f"""
        SELECT count(*) FROM mart.human_resemblance JOIN mart.reader_sentence USING ({PERSON})
        WHERE layer = 1 AND measure = 'saccade_count/consecutive' AND saccade_rule = 'consecutive'""",
    "resemblance and readers": f"""
        SELECT model, layer, measure, corr(r2, mean_fixation_ms)
        FROM mart.human_resemblance JOIN mart.reader USING ({PERSON}) GROUP BY 1, 2, 3""",
    "resemblance and ceilings": """
        SELECT model, layer, measure, language_group, avg(r2 / NULLIF(ceiling, 0))
        FROM mart.human_resemblance JOIN mart.noise_ceiling USING (corpus, measure, language_group, leave_out)
        WHERE ceiling_kind = 'group_mean' GROUP BY 1, 2, 3, 4""",
    "resemblance and layer curves": f"""
        SELECT model, layer, measure, language_group, max(reader.r2 - curve.r2)
        FROM mart.human_resemblance AS reader JOIN mart.layer_curve AS curve USING ({GROUPED}) GROUP BY 1, 2, 3, 4""",
    "resemblance of two models": f"""
        SELECT one.layer, corr(one.r2, other.r2)
        FROM mart.human_resemblance AS one JOIN mart.human_resemblance AS other USING ({PERSON}, measure, layer)
        WHERE one.model < other.model GROUP BY 1""",
    "resemblance and reliance of readers": f"""
        SELECT model, layer, measure, corr(one.r2, other.r2)
        FROM mart.human_resemblance AS one JOIN mart.reader_reliance AS other USING ({PERSON}, measure, leave_out)
        GROUP BY 1, 2, 3""",
    "layer curves and reliance of layers": f"""
        SELECT model, layer, measure, pattern_set, curve.r2, reliance.r2
        FROM mart.layer_curve AS curve JOIN mart.layer_reliance AS reliance USING ({LAYER})""",
    "layer curves and corrected values": f"""
        SELECT model, layer, measure, curve.r2, corrected.matched_r2
        FROM mart.layer_curve AS curve JOIN mart.corrected_resemblance AS corrected USING ({GROUPED})""",
    "corrected values and intervals": f"""
        SELECT model, layer, statistic, corrected.r2, spread.interval_low
        FROM mart.corrected_resemblance AS corrected JOIN mart.resemblance_interval AS spread USING ({GROUPED})""",
    "chosen layers and summaries": """
        SELECT model, measure, language_group, choice.nested_cv_r2, summary.r2
        FROM mart.layer_choice AS choice
        JOIN mart.model_summary AS summary USING (model, condition, method, corpus, measure, language_group)""",
    "heads and layers of reliance": f"""
        SELECT model, layer, max(head.r2), max(whole.r2)
        FROM mart.head_reliance AS head JOIN mart.layer_reliance AS whole USING ({LAYER}, pattern_set) GROUP BY 1, 2""",
    "reading of words and words": """
        SELECT bare_text, language_group, avg(duration_ms)
        FROM mart.word_reading JOIN mart.word USING (corpus, sentence_label, word_position) GROUP BY 1, 2""",
    "fixations and words": """
        SELECT bare_text, avg(duration_ms)
        FROM mart.fixation JOIN mart.word USING (corpus, sentence_label, word_position) GROUP BY 1""",
    "reading of words and of sentences": f"""
        SELECT word_text, corr(duration_ms, reading_time_ms)
        FROM mart.word_reading JOIN mart.reader_sentence USING ({PERSON}, sentence_label)
        WHERE saccade_rule = 'consecutive' GROUP BY 1""",
    "saccades and attention": """
        SELECT head, corr(weight, saccade_count)
        FROM mart.attention_cell JOIN mart.saccade_cell USING (corpus, sentence_label, from_word, to_word)
        WHERE
            layer = 1 AND saccade_rule = 'consecutive'
            AND subject_label = (SELECT min(subject_label) FROM mart.reader)
        GROUP BY 1""",
}  # fmt: skip
MARTS = "SELECT table_name FROM information_schema.views WHERE table_schema = 'mart' ORDER BY 1"


@dataclass(frozen=True)
class Situation:
    """What the server knows, and the most times that a reader may take of the owner's time."""

    name: str
    database: Database
    most_times: float


def measured(situation: Situation) -> list[Finding]:
    """Time joins and counts of one situation in turns, as owner and as reader."""
    with (
        situation.database.connect(autocommit=True, read_only=True) as owner,
        psycopg.connect(as_reader(situation.database), autocommit=True) as reader,
    ):
        counts = {name: f"SELECT count(*) FROM mart.{name}" for (name,) in owner.execute(MARTS).fetchall()}
        joins, counted = (_timed(owner, reader, asked) for asked in (JOINS, counts))
    times = _together(joins, "reader").over(_together(joins, "owner"))
    return [
        _slowest(f"{situation.name}: slowest join", joins),
        _slowest(f"{situation.name}: slowest count", counted),
        found(f"{situation.name}: joins, times for a reader", times, situation.most_times, at_most=True),
    ]


def _timed(owner: Any, reader: Any, asked: dict[str, str]) -> dict[tuple[str, str], Timing]:
    ways = {
        (who, what): lambda question=question, of=of: of.execute(question, prepare=False).fetchall()
        for what, question in asked.items()
        for who, of in (("owner", owner), ("reader", reader))
    }
    return alternated(ways, TURNS)  # type: ignore[type-var]


def _slowest(what: str, timing: dict[tuple[str, str], Timing]) -> Finding:
    (who, name), slowest = max(timing.items(), key=lambda item: item[1].median)
    print(f"{what}: {name}, as {who}")
    return found(f"{what} [s]", slowest.as_json(), MOST_S, at_most=True)


def _together(timing: dict[tuple[str, str], Timing], wanted: str) -> Timing:
    return Timing(np.sum([one.seconds for (who, _), one in timing.items() if who == wanted], axis=0))


def as_reader(database: Database) -> str:
    """Let a reader in; give how to connect as that reader."""
    roles.grant(database, READER, "reader", password=PASSWORD)
    return make_conninfo(database.dsn, user=READER, password=PASSWORD)


@contextmanager
def made_study(scale: float) -> Iterator[tuple[Database, Database]]:
    """A warehouse, and a copy of it whose statistics are of when a tenth of it was there."""
    with made_warehouse({group: count // 10 for group, count in READERS.items()}) as database:
        _load(database, HIDDEN)
        _compute(database)
        with database.connect(autocommit=True) as connection:
            connection.execute("ANALYZE")
            for (name,) in connection.execute(_TABLES).fetchall():
                connection.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = off)")
        usual, statistics.refresh = statistics.refresh, lambda *_: []
        add_readers(database, READERS)
        for shape in (GPT2, replace(LLAMA_30B, layers=60)):
            _load(database, shape.scaled(scale))
        _compute(database)
        statistics.refresh = usual
        yield database, copy(database, "old")


def _load(database: Database, shape: Shape) -> None:
    with arrays(shape) as files:
        load_arrays(database, files, shape, shape.name)


def _compute(database: Database) -> None:
    for _, outcome in everything.compute_all(database, {}, [], QUIET, resamples=20, subsets=5):
        if isinstance(outcome, Exception):
            print(outcome)


def copy(database: Database, name: str) -> Database:
    """Clone a database that nobody is connected to; a former one of that name goes."""
    server = Database(make_conninfo(database.dsn, dbname="postgres"))
    identifier = sql.Identifier(f"joins_{name}")
    source = sql.Identifier(conninfo_to_dict(database.dsn)["dbname"])
    with server.connect(autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, source))
    return Database(make_conninfo(database.dsn, dbname=f"joins_{name}"))


def situations(database: Database, old: Database | None, hidden: str) -> Iterator[Situation]:
    """Give copies of a warehouse in turn, each of which knows something else."""
    fresh, missing, embargo = (copy(database, name) for name in ("fresh", "missing", "embargo"))
    for each, statements in ((fresh, ["ANALYZE"]), (missing, _FORGET), (embargo, ["ANALYZE"])):
        with each.connect(autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
    yield Situation("fresh statistics", fresh, 1.3)
    if old:
        yield Situation("old statistics", old, 1.3)
    yield Situation("no statistics", missing, 1.3)
    embargoes.impose(embargo, "extraction", hidden, (datetime.now(UTC) + timedelta(days=2)).date(), [])
    yield Situation("an embargo", embargo, 2.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="Share of the models' layers; 1 is all of them.")
    parser.add_argument("--dsn", help="A warehouse that nobody is connected to; copies of it are made on its server.")
    parser.add_argument("--hidden", default=HIDDEN.name, help="The extraction that is put under embargo.")
    given = parser.parse_args()
    if given.dsn:
        show(
            "joins",
            [finding for each in situations(Database(given.dsn), None, given.hidden) for finding in measured(each)],
        )
        return
    with made_study(given.scale) as (database, old):
        findings = [finding for each in situations(database, old, given.hidden) for finding in measured(each)]
    report("joins", findings, {"readers": READERS, "joins": len(JOINS)}, given.scale)


_SCHEMAS = "('ops', 'stimulus', 'human', 'model', 'result')"
_TABLES = f"""
SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text IN {_SCHEMAS}
"""
_FORGET = [
    f"""
    SELECT fn.clear_statistics(oid)
    FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text IN {_SCHEMAS}
    """,
]

if __name__ == "__main__":
    main()
