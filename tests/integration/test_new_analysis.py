"""A question with a table and views of its own touches these files, and everything that there is works with it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from warehouse.database.connection import Database
from warehouse.schema import migrations

ROOT = Path(__file__).resolve().parents[2]
ADDED = {
    "analytics/reader_spread.py": '''
"""How much readers differ in what they look at again."""

import numpy as np

from warehouse.plugin.contents import Columns
from warehouse.plugin.registry import analysis
from warehouse.schema.tables import result


@analysis(
    over=("slice.reader_group",),
    reads=("readers",),
    unit=("corpus_id", "measure_id", "language_group"),
    writes=result.reader_spread,
    shows=("mart.reader_spread",),
)
def reader_spread(readers: np.ndarray) -> Columns:
    """Give the standard deviation over readers of a reader's mean over cells.

    Parameters
    ----------
    readers : ndarray (n_cells, n_subjects)
        Saccades of each reader at the same word pairs [counts or ms].
    """
    return {"reader_spread": [float(readers.mean(axis=0).std(ddof=1))], "subject_count": [readers.shape[1]]}
''',
    "alembic/versions/9000_reader_spread.py": '''
"""How much readers differ."""

from alembic import op

revision = "9000"
down_revision = "HEAD"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE result.reader_spread (
            run_id INTEGER NOT NULL,
            unit_id INTEGER NOT NULL,
            corpus_id INTEGER NOT NULL,
            measure_id INTEGER NOT NULL,
            language_group TEXT NOT NULL,
            reader_spread DOUBLE PRECISION NOT NULL,
            subject_count INTEGER NOT NULL,
            CONSTRAINT reader_spread_pk PRIMARY KEY (run_id, corpus_id, measure_id, language_group),
            CONSTRAINT reader_spread_corpus_id_fk FOREIGN KEY (corpus_id) REFERENCES stimulus.corpus (corpus_id),
            CONSTRAINT reader_spread_measure_id_fk FOREIGN KEY (measure_id) REFERENCES human.measure (measure_id),
            CONSTRAINT reader_spread_language_group_fk FOREIGN KEY (language_group)
                REFERENCES human.language_group (language_group),
            CONSTRAINT reader_spread_run_id_unit_id_fk FOREIGN KEY (run_id, unit_id)
                REFERENCES ops.unit (run_id, unit_id)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE result.reader_spread")
''',
    "sql/current/reader_spread.sql": """
-- How much readers differ, as it holds now.
--
-- Grain: one row per corpus, measure, group of readers and set of sentences left out on request.
-- Leaves out: runs that are not done, and units that a later run superseded.
-- Read by: mart.reader_spread.
CREATE VIEW current.reader_spread AS
SELECT
    reader_spread.run_id,
    reader_spread.corpus_id,
    reader_spread.measure_id,
    reader_spread.language_group,
    reader_spread.reader_spread,
    reader_spread.subject_count,
    active_unit.leave_out
FROM result.reader_spread
JOIN current.active_unit ON active_unit.run_id = reader_spread.run_id AND active_unit.unit_id = reader_spread.unit_id;
""",
    "sql/mart/reader_spread.sql": """
-- How much readers differ in how often they look at word pairs.
--
-- Grain: one row per corpus, measure and group of readers.
-- Leaves out: results without some sentences; runs that are not done, superseded units, excluded readers.
-- Read by: people, warehouse show reader-spread.
CREATE VIEW mart.reader_spread AS
SELECT
    corpus.corpus,
    measure.measure,
    reader_spread.language_group,
    reader_spread.reader_spread,
    reader_spread.subject_count,
    reader_spread.run_id
FROM current.reader_spread
JOIN stimulus.corpus ON corpus.corpus_id = reader_spread.corpus_id
JOIN human.measure ON measure.measure_id = reader_spread.measure_id
WHERE jsonb_array_length(reader_spread.leave_out) < 1;
""",
}
TABLE = """
reader_spread = table(
    "result",
    "reader_spread",
    "One row per run, corpus, measure and group: how much readers differ.",
    key("run_id"),
    field("unit_id"),
    refers("corpus_id", "stimulus.corpus", is_key=True),
    refers("measure_id", "human.measure", is_key=True),
    refers("language_group", "human.language_group", is_key=True),
    field("reader_spread"),
    field("subject_count"),
    of_unit(),
)
"""
FIELD = """
FIELDS["reader_spread"] = Field(
    DOUBLE, "Standard deviation over readers of the mean over word pairs", "the measure's", "0.1", heading="spread"
)
"""
OF = {"L1": 3, "L2": 4}  # one of the simulated readers is excluded


class Copy:
    """The command line of a copy of the project, with the question added."""

    def __init__(self, directory: Path, database: Database) -> None:
        self.directory, self.database = directory, database

    def __call__(self, *words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.directory), "DATABASE_URL": self.database.dsn}
        command = [sys.executable, "-m", "warehouse", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.directory, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query: str, dsn: str = "") -> list[tuple[object, ...]]:
        with psycopg.connect(dsn or self.database.dsn, autocommit=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def copy(study: Database, tmp_path: Path) -> Iterator[Copy]:
    for folder in ("warehouse", "ingest", "analytics", "sql", "alembic"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in ADDED.items():
        (tmp_path / path).write_text(text.lstrip().replace("HEAD", migrations.head()))
    for path, text in (("tables/result.py", TABLE), ("fields/result.py", FIELD)):
        with (tmp_path / "warehouse/schema" / path).open("a") as file:
            file.write(text)
    yield Copy(tmp_path, study)


def test_an_added_analysis_goes_the_whole_way(copy: Copy, tmp_path: Path) -> None:
    copy("db", "upgrade")
    assert "as this program makes it" in copy("db", "check")
    computed = ("compute", "reader-spread", "--measure", "count", "--rule", "consecutive")
    assert copy(*computed) == "reader_spread: 2 inserted, 0 unchanged, 0 rejected\n"
    assert copy(*computed) == "reader_spread: nothing to do; 0 inserted, 2 unchanged, 0 rejected\n"

    groups = "SELECT language_group, subject_count FROM mart.reader_spread"
    assert dict(copy.rows(groups)) == OF
    shown = copy("show", "reader-spread")
    assert "spread" in shown.splitlines()[0] and "L2" in shown
    told = copy("explain", "mart.reader_spread", "language_group=L1")
    assert re.search(r"compute reader_spread", told) and "simulated_readers" in told
    assert "Standard deviation over readers" in copy("dictionary", "reader_spread")
    assert "warehouse compute reader-spread" not in copy("plan")

    copy("export", "parquet", str(tmp_path / "out"))
    (file,) = [path for path in (tmp_path / "out").rglob("*.parquet") if "reader_spread" in path.as_posix()]
    assert pq.read_table(file).num_rows == 2


def test_people_see_no_more_of_it_than_of_the_rest_and_forgetting_reaches_it(copy: Copy) -> None:
    copy("db", "upgrade")
    copy("compute", "reader-spread", "--measure", "count", "--rule", "consecutive")
    address = copy("access", "grant", "spread_reader", "--role", "reader").strip()
    try:
        groups = "SELECT language_group, subject_count FROM mart.reader_spread"
        assert dict(copy.rows(groups, address)) == OF
        copy("access", "embargo", "group", "L1", "--until", "2999-01-01")
        assert dict(copy.rows(groups, address)) == {"L2": 4}
        assert dict(copy.rows(groups)) == OF
        copy("access", "lift", "group", "L1")
        copy("forget", "subject", "L1/sim-02", "--yes")
        assert dict(copy.rows(groups)) == {"L2": 4}
    finally:
        copy("access", "revoke", "spread_reader")
