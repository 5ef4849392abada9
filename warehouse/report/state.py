"""The state of a warehouse on one screen: what is loaded, computed, stale, under embargo, and how large it is."""

from dataclasses import asdict, dataclass
from typing import Any

from psycopg.rows import dict_row

from warehouse.access import embargoes
from warehouse.compute import agenda
from warehouse.compute.plan import Planned
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.plugin.registry import Analysis
from warehouse.schema import migrations

Records = list[dict[str, Any]]


@dataclass(frozen=True)
class WarehouseStatus:
    """What a warehouse holds.

    Attributes
    ----------
    database : dict
        Where it is, its server's version, schema revision, and size in bytes.
    corpora, readers, attention : list of dict
        What is loaded: by corpus; by corpus and group; by model, condition, method and corpus, with its size on disk
        and their usage warnings.
    computed : list of dict
        For each analysis how many units stand, and how many are missing or stale, with the reasons.
    unfinished : list of dict
        Runs that failed, were interrupted, or run now.
    embargoes : list of dict or None
        Those that hold; None where the role may not see them.
    """

    database: dict[str, Any]
    corpora: Records
    readers: Records
    attention: Records
    computed: Records
    unfinished: Records
    embargoes: Records | None


def status(database: Database) -> WarehouseStatus:
    """Look at everything; as a role that may not see all, at what it may see.

    Raises
    ------
    SchemaMismatch
        If the schema is older or newer than this program.
    """
    with database.connect(autocommit=True, read_only=True) as connection:
        migrations.check_in(connection)
        due = [_of_analysis(*counted) for counted in agenda.counted(connection)]
        facts = {"place": database.place, "schema_revision": migrations.head(), **_many(connection, _DATABASE)[0]}
        may = connection.execute("SELECT has_table_privilege('ops.embargo', 'SELECT')").fetchone() or (False,)
        loaded = [_many(connection, question) for question in (_CORPORA, _READERS, _ATTENTION, _UNFINISHED)]
        hidden = [asdict(one) for one in embargoes.embargoes_of(connection) if one.holds] if may[0] else None
    corpora, readers, attention, unfinished = loaded
    return WarehouseStatus(facts, corpora, readers, attention, due, unfinished, hidden)


def _of_analysis(analysis: Analysis, computed: list[Planned], unit_count: int) -> dict[str, Any]:
    stale = [unit for unit in computed if unit.reason]
    standing = len(computed) - len(stale)
    return {
        "analysis": analysis.name,
        "on_request": analysis.on_request,
        "standing": standing,
        "missing": unit_count - standing - len(stale),
        "stale": len(stale),
        "stale_because": sorted({unit.reason.removeprefix("stale: ") for unit in stale if unit.reason}),
    }


def _many(connection: Connection, question: str) -> Records:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(question).fetchall()


_DATABASE = """
SELECT
    current_setting('server_version') AS server_version,
    pg_database_size(current_database()) AS size_bytes
"""
_CORPORA = """
SELECT corpus, language, licence, article_count, sentence_count, word_total FROM mart.corpus ORDER BY corpus
"""
_READERS = """
SELECT
    corpus,
    language_group,
    count(DISTINCT subject_id) AS subject_count,
    count(DISTINCT subject_id) FILTER (WHERE excluded_because IS NOT NULL) AS excluded_count,
    COALESCE(sum(fixation_count), 0)::bigint AS fixation_count
FROM mart.reader
GROUP BY corpus, language_group
ORDER BY corpus, language_group
"""
_ATTENTION = """
SELECT
    model,
    condition,
    method,
    corpus,
    cardinality(layers) AS layers_held,
    layer_count,
    head_count,
    (
        SELECT COALESCE(sum(unit.row_count), 0)
        FROM ops.unit
        WHERE unit.unit_key LIKE 'extraction ' || extraction.extraction_id || '/%'
    )::bigint * CASE method WHEN 'value-zeroing' THEN 1 ELSE head_count END AS cell_count,
    pg_total_relation_size(to_regclass('model.attention_' || extraction_id)) AS size_bytes,
    usage_warnings,
    extraction_id
FROM mart.extraction
ORDER BY model, condition, method, corpus
"""
_UNFINISHED = """
SELECT run_id, job, CASE WHEN is_alive = false THEN 'dead' ELSE run_status END AS run_status, started_at, error
FROM mart.run WHERE run_status <> 'done' ORDER BY run_id
"""
