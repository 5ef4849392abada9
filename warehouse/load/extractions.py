"""Loads an extraction piece by piece, so that it survives kill -9 and nobody sees half of it.

1. The extraction's partition is made unattached, and its row says `loading`. 2. Each piece is one transaction: its rows
and its unit in the ledger. 3. The key is built, the counts are verified, the attestation is taken. 4. One transaction
attaches the partition (readers are not blocked), retires the older extraction of the same kind and sets `complete`
(`publication.py`).
"""

from dataclasses import replace
from typing import Any

import numpy as np

from warehouse import logs
from warehouse.database.connection import Database
from warehouse.database.types import Connection
from warehouse.errors import BadInput, WarehouseError
from warehouse.ledger import jobs, runs
from warehouse.ledger.heartbeats import Heartbeat
from warehouse.load import copying, publication, writing
from warehouse.load.adding_sums import add_sums
from warehouse.load.attention_copy import stored_weights
from warehouse.load.pieces import write_pieces
from warehouse.load.publication import Loading
from warehouse.load.sums import Summing, summing_of
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Block, Extraction, Rejection
from warehouse.progress import Progress
from warehouse.schema.tables import model


def load(
    database: Database, connection: Connection, job: str, run_id: int, extraction: Extraction, progress: Progress,
    heartbeat: Heartbeat, wait_s: float = 0.0,
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
    with (
        database.connect(autocommit=True) as guard,
        summing_of(database, extraction, heartbeat) as summing,
    ):
        heartbeat.join(guard)
        with jobs.holding(guard, "load attention", [_name(extraction)], wait_s):
            return _load(connection, job, run_id, extraction, progress, summing, at_once=False)


def load_within(connection: Connection, job: str, run_id: int, extraction: Extraction, progress: Progress) -> Tally:
    """Load an extraction in the transaction that is open, or find that it is there.

    Nothing of it is seen before the whole transaction is, and nothing remains of a failure. Others that load attention
    wait until the transaction ends.

    Raises
    ------
    StoredDiffers, WarehouseError
        As `load` does.
    """
    return _load(connection, job, run_id, extraction, progress, None, at_once=True)


def _load(
    connection: Connection, job: str, run_id: int, extraction: Extraction, progress: Progress, summing: Summing | None,
    *, at_once: bool,
) -> Tally:  # fmt: skip
    if summing:
        extraction = replace(extraction, summed_by=summing.summed_by)
    with connection.transaction():
        runs.hold(connection, run_id)
        connection.execute(publication.ONE_AT_A_TIME)  # models and conditions may be those of others, too
        model_id, condition_id = _described(connection, extraction)
        kind = _kind(extraction, model_id, condition_id)
        found = _complete(connection, extraction, kind, formed=summing is not None)
        if found and (summing is None or summing.is_of(found[0])):
            return Tally(unchanged=found[1])
        if summing and extraction.kept == "both" and (found := _with_cells(connection, extraction, kind)):
            add_sums(connection, found[0], summing)
            return Tally(unchanged=found[1])
        loading = _begin(connection, run_id, extraction, kind, summing)
    try:
        tally, counts = write_pieces(connection, job, loading, progress, summing, is_followed=not at_once)
        publication.verify(connection, job, loading, None if tally.unchanged else counts)
        attestation = dict(extraction.attest())
    except WarehouseError:
        if not at_once:
            publication.discard(connection, loading)
        raise
    publication.publish(connection, loading, attestation)
    return tally


def rehearse(connection: Connection, extraction: Extraction) -> Tally:
    """Check every piece of an extraction and count its rows, writing nothing that is kept."""
    found = _complete(connection, extraction, _kind(extraction, *_described(connection, extraction)))
    if found:
        return Tally(unchanged=found[1])
    items = [item for piece in extraction.pieces for item in piece.contents()]
    blocks = [item for item in items if isinstance(item, Block)]
    for block in blocks:
        stored_weights(extraction, block)
    of_sums = {(block.layer, number) for block in blocks for number in np.unique(block.pairs.sentence_id).tolist()}
    return Tally(
        inserted=len(of_sums) if extraction.kept == "sums" else sum(len(block.pairs) for block in blocks),
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


def _with_cells(connection: Connection, extraction: Extraction, kind: tuple[Any, ...]) -> tuple[int, int] | None:
    return _complete(connection, replace(extraction, kept="cells", summed_by=None), kind)


def _complete(
    connection: Connection, extraction: Extraction, kind: tuple[Any, ...], *, formed: bool = True
) -> tuple[int, int] | None:
    """Find the extraction where it is whole, with all that is to be kept: its id, and its rows.

    Sums that are not `formed` here, but come with it, are not asked for where its cells are there. However it is
    stored, it is the same extraction, with the same results.
    """
    kept = [extraction.kept, "both"] if formed else [extraction.kept, "both", "cells"]
    by = extraction.summed_by or None if formed else None
    row = connection.execute(_COMPLETE, [*kind, extraction.digest, kept, by, by]).fetchone()
    if row is None:
        return None
    extraction_id, row_count, stored_as = row
    if stored_as != extraction.stored_as == "half":
        logs.remark(f"{extraction.key} is stored as single and stays so: to store it as half, forget it first.")
    return extraction_id, row_count


def _begin(
    connection: Connection, run_id: int, extraction: Extraction, kind: tuple[Any, ...], summing: Summing | None
) -> Loading:
    """Find the extraction as an earlier attempt left it, or begin it."""
    kept = extraction.kept, extraction.summed_by, extraction.stored_as
    row = connection.execute(_UNFINISHED, [*kind, extraction.digest, *kept]).fetchone()
    if row and summing and not summing.is_of(row[0], exactly=True):  # its pieces were summed with others
        connection.execute("UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_id = %s", row)
        row = None
    is_new = row is None
    if row is None:
        facts = (
            extraction.alignment,
            extraction.dtype,
            extraction.is_causal,
            list(extraction.layers),
            extraction.digest,
            *kept,
        )
        row = connection.execute(_INSERT, [*kind, *facts, run_id]).fetchone()
    loading = Loading(int(row[0]) if row else 0, run_id, extraction)
    for table, columns in summing.summed() if is_new and summing else ():
        copying.copy_new(connection, table, {"extraction_id": loading.extraction_id, **columns})
    connection.execute("SELECT fn.create_partition(%s)", [loading.extraction_id])
    runs.record_inputs(connection, run_id, extraction.files or {extraction.key: extraction.digest})
    return loading


_COMPLETE = """
SELECT
    extraction_id,
    (SELECT sum(row_count)::bigint FROM ops.unit WHERE unit_key LIKE 'extraction ' || extraction_id || '/%%'),
    stored_as
FROM model.extraction
WHERE
    language_model_id = %s AND condition_id = %s AND corpus_id = %s AND method = %s AND digest = %s
    AND extraction_status = 'complete' AND kept = ANY (%s) AND (%s::text IS NULL OR summed_by = %s)
"""
_UNFINISHED = """
SELECT extraction_id FROM model.extraction
WHERE
    language_model_id = %s AND condition_id = %s AND corpus_id = %s AND method = %s AND digest = %s
    AND extraction_status = 'loading' AND kept = %s AND summed_by IS NOT DISTINCT FROM %s
    AND stored_as = %s
"""
_INSERT = """
INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, method,
    alignment, dtype, is_causal, layers, digest, kept, summed_by, stored_as, run_id, extraction_status
)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'loading')
RETURNING extraction_id
"""
