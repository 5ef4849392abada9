"""Loads an extraction piece by piece, so that it survives kill -9 and nobody sees half of it.

1. The extraction's partition is made unattached, and its row says `loading`. 2. Each piece is one transaction: its rows
and its unit in the ledger. 3. The key is built, the counts are verified, the attestation is taken. 4. One transaction
attaches the partition (readers are not blocked), retires the older extraction of the same kind and sets `complete`
(`publication.py`).
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, WarehouseError
from warehouse.ledger import jobs, runs, unit_records
from warehouse.ledger.heartbeats import Heartbeat
from warehouse.load import publication, writing
from warehouse.load.attention_copy import AttentionBuffer, copy_attention
from warehouse.load.prepared import prepared
from warehouse.load.publication import Loading
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Block, Extraction, Piece, Rejection, RowSums
from warehouse.progress import Progress
from warehouse.schema.tables import model


def load(
    database: Database, job: str, run_id: int, extraction: Extraction, progress: Progress, heartbeat: Heartbeat,
    wait_s: float = 0.0,
) -> Tally:  # fmt: skip
    """Load an extraction, or find that it is there; another process that loads the same is waited for.

    Each piece is a transaction of its own.

    Raises
    ------
    Busy
        If another process loads the same for longer than `wait_s` seconds.
    StoredDiffers
        If its model is stored with other facts.
    WarehouseError
        If a piece cannot be used or the attestation fails; then nothing of the extraction remains.
    """
    with database.connect() as connection, database.connect(autocommit=True) as guard:
        heartbeat.join(connection)
        heartbeat.join(guard)
        with jobs.holding(guard, "load attention", [_name(extraction)], wait_s):
            return _load(connection, job, run_id, extraction, progress, at_once=False)


def load_within(connection: Connection, job: str, run_id: int, extraction: Extraction, progress: Progress) -> Tally:
    """Load an extraction in the transaction that is open, or find that it is there.

    Nothing of it is seen before the whole transaction is, and nothing remains of a failure. Others that load attention
    wait until the transaction ends.

    Raises
    ------
    StoredDiffers, WarehouseError
        As `load` does.
    """
    return _load(connection, job, run_id, extraction, progress, at_once=True)


def _load(
    connection: Connection, job: str, run_id: int, extraction: Extraction, progress: Progress, *, at_once: bool
) -> Tally:
    with connection.transaction():
        runs.hold(connection, run_id)
        connection.execute(publication.ONE_AT_A_TIME)  # models and conditions may be those of others, too
        model_id, condition_id = _described(connection, extraction)
        kind = _kind(extraction, model_id, condition_id)
        found = connection.execute(_COMPLETE, [*kind, extraction.digest]).fetchone()
        if found:
            return Tally(unchanged=found[0])
        loading = _begin(connection, run_id, extraction, kind)
    try:
        tally = _write_pieces(connection, job, loading, progress, is_followed=not at_once)
        publication.verify(connection, job, loading)
        attestation = dict(extraction.attest())
    except WarehouseError:
        if not at_once:
            publication.discard(connection, loading)
        raise
    publication.publish(connection, loading, attestation)
    return tally


def rehearse(connection: Connection, extraction: Extraction) -> Tally:
    """Check every piece of an extraction and count its rows, writing nothing that is kept."""
    model_id, condition_id = _described(connection, extraction)
    found = connection.execute(_COMPLETE, [*_kind(extraction, model_id, condition_id), extraction.digest]).fetchone()
    if found:
        return Tally(unchanged=found[0])
    items = [item for piece in extraction.pieces for item in piece.contents()]
    return Tally(
        inserted=sum(len(item.pairs) for item in items if isinstance(item, Block)),
        rejected=sum(isinstance(item, Rejection) for item in items),
    )


def _described(connection: Connection, extraction: Extraction) -> tuple[int, int]:
    """Keep the rows of the model and the condition; give their ids."""
    facts = dict(extraction.model)
    base = facts.pop("base_model", None)
    facts["base_model_id"] = _base_model(connection, facts["model"], base)
    kept_model = writing.keep(connection, model.language_model, {name: [value] for name, value in facts.items()})
    kept = writing.keep(connection, model.condition, {name: [value] for name, value in extraction.condition.items()})
    return (kept_model.ids or [0])[0], (kept.ids or [0])[0]


def _base_model(connection: Connection, name: str, base: str | None) -> int | None:
    if base is None:
        return None
    row = connection.execute("SELECT language_model_id FROM model.language_model WHERE model = %s", [base]).fetchone()
    if row is None:
        raise BadInput(
            f"its base model {base!r} is not in the warehouse", f"model {name!r}", "load the base model first"
        )
    return int(row[0])


def _name(extraction: Extraction) -> str:
    condition = extraction.condition["condition"]
    return f"{extraction.model['model']}/{condition}/{extraction.method}/corpus {extraction.corpus_id}"


def _kind(extraction: Extraction, model_id: int, condition_id: int) -> tuple[Any, ...]:
    return model_id, condition_id, extraction.corpus_id, extraction.method


def _begin(connection: Connection, run_id: int, extraction: Extraction, kind: tuple[Any, ...]) -> Loading:
    """Find the extraction as an earlier attempt left it, or begin it."""
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
    connection.execute("SELECT fn.create_partition(%s)", [loading.extraction_id])
    runs.record_inputs(connection, run_id, extraction.files or {extraction.key: extraction.digest})
    return loading


def _write_pieces(
    connection: Connection, job: str, loading: Loading, progress: Progress, *, is_followed: bool
) -> Tally:
    with connection.transaction():
        done = unit_records.done_units(connection, job, seen_only=False)
    tally, buffer, missing = Tally(), AttentionBuffer(loading.extraction_id), []
    for piece in loading.extraction.pieces:
        if (unit := done.get(loading.unit_key(piece.key))) and unit.fingerprint == piece.digest:
            tally.unchanged += unit.row_count
        else:
            missing.append(piece)
    if is_followed:
        with unit_records.whole(connection):
            runs.expect_more(connection, loading.run_id, len(missing))
    with progress.bar(loading.extraction.key, len(missing), "piece") as bar:
        for piece, contents in prepared(missing):
            rows = _write_piece(connection, loading, buffer, piece, contents, tally)
            tally.inserted += rows
            bar.update(rows=rows, latest=loading.unit_key(piece.key))
    return tally


def _write_piece(
    connection: Connection,
    loading: Loading,
    buffer: AttentionBuffer,
    piece: Piece,
    contents: Iterable[Any],
    tally: Tally,
) -> int:
    row_count, key = 0, loading.unit_key(piece.key)
    with unit_records.whole(connection):
        runs.hold(connection, loading.run_id)
        for item in contents:
            if isinstance(item, Block):
                row_count += copy_attention(connection, loading.partition, buffer, item)
            elif isinstance(item, RowSums):
                connection.execute(_ATTEST, {**asdict(item), "extraction_id": loading.extraction_id})
            elif isinstance(item, Rejection):
                tally.rejected += 1
                runs.record_rejection(connection, loading.run_id, key, item.place, item.reason, item.text)
            else:
                table, columns = item
                writing.copy_new(connection, table, {"extraction_id": loading.extraction_id, **columns})
        about = unit_records.telling_of(corpus=[loading.extraction.corpus_id], extraction=[loading.extraction_id])
        unit_records.record_unit(connection, loading.run_id, key, piece.digest, row_count, about=about)
    return row_count


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
# What is attested to grows piece by piece, in the transactions of the pieces: it stands for what is stored.
_ATTEST = """
UPDATE model.extraction
SET attestation = jsonb_strip_nulls(jsonb_build_object(
    'rows_checked', COALESCE((attestation ->> 'rows_checked')::bigint, 0) + %(rows_checked)s,
    'zero_row_count', COALESCE((attestation ->> 'zero_row_count')::bigint, 0) + %(zero_row_count)s,
    'row_sum_error', GREATEST((attestation ->> 'row_sum_error')::double precision, %(row_sum_error)s::double precision),
    'least_row_sum', LEAST((attestation ->> 'least_row_sum')::double precision, %(least_row_sum)s::double precision)
))
WHERE extraction_id = %(extraction_id)s
"""
