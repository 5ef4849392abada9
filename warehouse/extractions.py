"""Loads an extraction piece by piece, so that it survives kill -9 and nobody sees half of it.

1. The extraction's partition is made unattached, and its row says `loading`. 2. Each piece is one transaction: its rows
and its unit in the ledger. 3. The key is built, the counts are verified, the attestation is taken. 4. One transaction
attaches the partition (readers are not blocked), retires the older extraction of the same kind and sets `complete`.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from warehouse import runs, writing
from warehouse.attention_copy import AttentionBuffer, copy_attention
from warehouse.database import Database
from warehouse.errors import BadInput, WarehouseError
from warehouse.progress import Progress
from warehouse.registry import Block, Extraction, Piece, Rejection
from warehouse.schema import model, ops

Connection = psycopg.Connection[Any]


@dataclass
class Tally:
    """What became of what came in, counted in rows; rejections in places."""

    inserted: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __iadd__(self, other: "Tally") -> "Tally":
        self.inserted += other.inserted
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        return self


@dataclass(frozen=True)
class Loading:
    """An extraction on its way: where its rows go, and which run loads it."""

    extraction_id: int
    run_id: int
    extraction: Extraction

    @property
    def partition(self) -> str:
        """The table of its attention."""
        return f"attention_{self.extraction_id}"

    def unit_key(self, piece: str) -> str:
        """Name a piece in the ledger."""
        return f"extraction {self.extraction_id}/{piece}"


def load(database: Database, job: str, run_id: int, extraction: Extraction, progress: Progress) -> Tally:
    """Load an extraction, or find that it is there.

    Raises
    ------
    StoredDiffers
        If its model is stored with other facts.
    WarehouseError
        If a piece cannot be used or the attestation fails; then nothing of the extraction remains.
    """
    with database.connect() as connection:
        model_id, condition_id, new_model = _described(connection, extraction)
        found = connection.execute(
            _COMPLETE, [*_kind(extraction, model_id, condition_id), extraction.digest]
        ).fetchone()
        if found:
            return Tally(unchanged=found[0])
        loading = _begin(connection, run_id, extraction, model_id, condition_id)
        try:
            tally = _write_pieces(connection, job, loading, progress)
            _verify(connection, job, loading)
            attestation = dict(extraction.attest())
        except WarehouseError:
            _discard(connection, loading, model_id if new_model else None)
            raise
        retired = _publish(connection, loading, attestation)
    _drop_retired(database, retired)
    return tally


def rehearse(connection: Connection, extraction: Extraction) -> Tally:
    """Check every piece of an extraction and count its rows, writing nothing that is kept."""
    model_id, condition_id, _ = _described(connection, extraction)
    found = connection.execute(_COMPLETE, [*_kind(extraction, model_id, condition_id), extraction.digest]).fetchone()
    if found:
        return Tally(unchanged=found[0])
    items = [item for piece in extraction.pieces for item in piece.contents()]
    return Tally(
        inserted=sum(len(item.pairs) for item in items if isinstance(item, Block)),
        rejected=sum(isinstance(item, Rejection) for item in items),
    )


def _described(connection: Connection, extraction: Extraction) -> tuple[int, int, bool]:
    """Keep the rows of the model and the condition; tell whether the model is new."""
    facts = dict(extraction.model)
    base = facts.pop("base_model", None)
    facts["base_model_id"] = _base_model(connection, facts["model"], base)
    kept_model = writing.keep(connection, model.language_model, {name: [value] for name, value in facts.items()})
    kept = writing.keep(connection, model.condition, {name: [value] for name, value in extraction.condition.items()})
    model_id, condition_id = (kept_model.ids or [0])[0], (kept.ids or [0])[0]
    return model_id, condition_id, kept_model.inserted == 1


def _base_model(connection: Connection, name: str, base: str | None) -> int | None:
    if base is None:
        return None
    row = connection.execute("SELECT language_model_id FROM model.language_model WHERE model = %s", [base]).fetchone()
    if row is None:
        raise BadInput(
            f"its base model {base!r} is not in the warehouse", f"model {name!r}", "load the base model first"
        )
    return int(row[0])


def _kind(extraction: Extraction, model_id: int, condition_id: int) -> tuple[Any, ...]:
    return model_id, condition_id, extraction.corpus_id, extraction.method


def _begin(connection: Connection, run_id: int, extraction: Extraction, model_id: int, condition_id: int) -> Loading:
    """Find the extraction as an earlier attempt left it, or begin it, and commit that it is loading."""
    kind = _kind(extraction, model_id, condition_id)
    row = connection.execute(_UNFINISHED, [*kind, extraction.digest]).fetchone()
    if row is None:
        facts = (
            extraction.alignment,
            extraction.dtype,
            extraction.is_causal,
            list(extraction.layers),
            extraction.digest,
        )
        row = connection.execute(_INSERT, [*kind, *facts, run_id]).fetchone()
    loading = Loading(int(row[0]) if row else 0, run_id, extraction)
    connection.execute(sql.SQL(_CREATE).format(sql.Identifier("model", loading.partition)))
    runs.record_inputs(connection, run_id, extraction.files or {extraction.key: extraction.digest})
    connection.commit()
    return loading


def _write_pieces(connection: Connection, job: str, loading: Loading, progress: Progress) -> Tally:
    done = runs.done_units(connection, job, seen_only=False)
    connection.rollback()
    tally, buffer = Tally(), AttentionBuffer(loading.extraction_id)
    missing, written = [], 0
    for piece in loading.extraction.pieces:
        if (unit := done.get(loading.unit_key(piece.key))) and unit.fingerprint == piece.digest:
            written += 1
        else:
            missing.append(piece)
    tally.unchanged = written
    with progress.bar(loading.extraction.key, len(missing), "piece") as bar:
        for piece, contents in _one_ahead(missing):
            tally.inserted += _write_piece(connection, loading, buffer, piece, contents, tally)
            bar.update()
    return tally


def _write_piece(
    connection: Connection, loading: Loading, buffer: AttentionBuffer, piece: Piece, contents: list[Any], tally: Tally
) -> int:
    row_count, key = 0, loading.unit_key(piece.key)
    with connection.transaction():
        for item in contents:
            if isinstance(item, Block):
                row_count += copy_attention(connection, loading.partition, buffer, item)
            elif isinstance(item, Rejection):
                tally.rejected += 1
                runs.record_rejection(connection, loading.run_id, key, item.place, item.reason, item.text)
            else:
                table, columns = item
                length = len(next(iter(columns.values())))
                writing.copy_new(connection, table, {"extraction_id": [loading.extraction_id] * length, **columns})
        runs.record_unit(connection, loading.run_id, key, piece.digest, row_count)
    return row_count


def _one_ahead(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, list[Any]]]:
    """Prepare the next piece in a thread while this one is written."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as pool:
        waiting = None
        for piece in pieces:
            following = (piece, pool.submit(_contents, piece))
            if waiting:
                yield waiting[0], waiting[1].result()
            waiting = following
        if waiting:
            yield waiting[0], waiting[1].result()


def _contents(piece: Piece) -> list[Any]:
    return list(piece.contents())


def _verify(connection: Connection, job: str, loading: Loading) -> None:
    """Build the key, and compare what is in the partition with what the ledger says was written."""
    partition = sql.Identifier("model", loading.partition)
    name = sql.Identifier(f"{loading.partition}_pk")
    with connection.transaction():
        if not connection.execute(_HAS_KEY, [f"{loading.partition}_pk"]).fetchone():
            connection.execute(sql.SQL(_KEY).format(partition, name, loading.extraction_id))
        connection.execute(sql.SQL("ANALYZE {}").format(partition))
        found: tuple[Any, ...] = connection.execute(sql.SQL(_COUNT).format(partition)).fetchone() or ()
        said = connection.execute(_SAID, [loading.unit_key("") + "%", job]).fetchone() or (0,)
    heads = loading.extraction.map_count or int(loading.extraction.model["head_count"])
    wanted = (said[0], heads, heads, sorted(loading.extraction.layers))
    if tuple(found) != wanted:
        raise BadInput(
            f"rows, fewest heads, most heads and layers are {tuple(found)} where {wanted} were expected",
            loading.extraction.key,
            "load it again",
        )


def _publish(connection: Connection, loading: Loading, attestation: Mapping[str, Any]) -> list[int]:
    """Make the extraction visible, and older ones of its kind invisible, at once; give the older ones."""
    extraction_id = loading.extraction_id
    with connection.transaction():
        partition = sql.Identifier("model", loading.partition)
        retired = connection.execute(_RETIRE, [extraction_id]).fetchall()
        connection.execute(sql.SQL(_ATTACH).format(partition, extraction_id))
        connection.execute(_FINISH, [Jsonb(attestation), loading.run_id, extraction_id])
        warnings = loading.extraction.warnings
        if warnings:
            writing.keep(connection, ops.usage_warning_on, {
                "usage_warning": list(warnings), "entity": ["extraction"] * len(warnings),
                "entity_id": [extraction_id] * len(warnings), "reason": list(warnings.values()),
            })  # fmt: skip
    return [number for (number,) in retired]


def _drop_retired(database: Database, retired: list[int]) -> None:
    """Take the attention of retired extractions away without making readers wait; their results stay on record."""
    with database.connect(autocommit=True) as connection:
        for number in retired:
            partition = sql.Identifier("model", f"attention_{number}")
            connection.execute(
                sql.SQL("ALTER TABLE model.attention DETACH PARTITION {} CONCURRENTLY").format(partition)
            )
            connection.execute(sql.SQL("DROP TABLE {}").format(partition))


def _discard(connection: Connection, loading: Loading, model_id: int | None) -> None:
    """Leave no trace of an extraction that cannot be used."""
    connection.rollback()
    with connection.transaction():
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("model", loading.partition)))
        connection.execute("DELETE FROM ops.unit WHERE unit_key LIKE %s", [loading.unit_key("") + "%"])
        connection.execute("DELETE FROM model.extraction WHERE extraction_id = %s", [loading.extraction_id])
        if model_id is not None:
            connection.execute(_FORGET_MODEL, [model_id])


_COMPLETE = """
SELECT (SELECT sum(row_count)::bigint FROM ops.unit WHERE unit_key LIKE 'extraction ' || extraction_id || '/%%')
FROM model.extraction
WHERE
    language_model_id = %s AND condition_id = %s AND corpus_id = %s AND method = %s AND digest = %s
    AND extraction_status = 'complete'
"""
_UNFINISHED = """
SELECT extraction_id FROM model.extraction
WHERE
    language_model_id = %s AND condition_id = %s AND corpus_id = %s AND method = %s AND digest = %s
    AND extraction_status = 'loading'
"""
_INSERT = """
INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, method,
    alignment, dtype, is_causal, layers, digest, run_id, extraction_status
)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'loading')
RETURNING extraction_id
"""
_CREATE = "CREATE TABLE IF NOT EXISTS {} (LIKE model.attention INCLUDING STORAGE INCLUDING DEFAULTS)"
_HAS_KEY = "SELECT 1 FROM pg_constraint WHERE conname = %s AND connamespace = 'model'::regnamespace"
_KEY = """
ALTER TABLE {0}
ADD CONSTRAINT {1} PRIMARY KEY (extraction_id, layer, sentence_id, from_word, to_word),
ADD CONSTRAINT of_its_extraction CHECK (extraction_id = {2})
"""
_COUNT = """
SELECT
    count(*), min(cardinality(weights)), max(cardinality(weights)),
    COALESCE(array_agg(DISTINCT layer ORDER BY layer), '{{}}')
FROM {}
"""
_SAID = """
SELECT COALESCE(sum(row_count), 0)::bigint FROM ops.unit JOIN ops.run USING (run_id)
WHERE unit_key LIKE %s AND job = %s AND unit_state = 'done'
"""
_RETIRE = """
UPDATE model.extraction AS older
SET extraction_status = 'retired'
FROM model.extraction AS newer
WHERE
    newer.extraction_id = %s AND older.extraction_id <> newer.extraction_id AND older.extraction_status = 'complete'
    AND older.language_model_id = newer.language_model_id AND older.condition_id = newer.condition_id
    AND older.corpus_id = newer.corpus_id AND older.method = newer.method
RETURNING older.extraction_id
"""
_ATTACH = "ALTER TABLE model.attention ATTACH PARTITION {} FOR VALUES IN ({})"
_FINISH = """
UPDATE model.extraction
SET extraction_status = 'complete', completed_at = clock_timestamp(), attestation = %s, run_id = %s
WHERE extraction_id = %s
"""
_FORGET_MODEL = """
DELETE FROM model.language_model
WHERE language_model_id = %s AND NOT EXISTS (
    SELECT 1 FROM model.extraction WHERE extraction.language_model_id = language_model.language_model_id
)
"""
