"""Makes a loaded extraction visible, takes away the one it replaces, or leaves no trace of one that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from warehouse import logs
from warehouse.database.content import attention_checksum
from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.ledger import runs, sessions
from warehouse.ledger.locks import JOBS
from warehouse.load import consistency, sum_counts, writing
from warehouse.load.cell_counts import CellCounts
from warehouse.plugin.contents import Extraction
from warehouse.schema.tables import metadata, model, ops

FACTS = [
    table.fullname
    for table in metadata.sorted_tables
    if table.schema == "model" and "extraction_id" in table.c and table not in (model.extraction, model.attention)
]
"""Tables beside attention whose rows belong to an extraction."""
BEGIN_S = 0.2
"""How long questions whose plans are made are waited for until they have begun [s]."""
ONE_AT_A_TIME = f"SELECT pg_advisory_xact_lock({JOBS}, hashtext('models and conditions'))"
"""Until the transaction ends: several extractions may need a new model or condition, or take one away."""


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


def verify(connection: Connection, job: str, loading: Loading, counts: CellCounts | None) -> None:
    """Build the key, and compare what is in the partition with what the ledger says was written.

    `counts` are of its cells, where this process wrote all of them; None: they are counted in the partition.

    Raises
    ------
    BadInput
        If they differ, the rows have another number of heads or other layers than the extraction says, or cells of a
        layer are not there, or its weights are not those that it is known to hold.
    """
    extraction = loading.extraction
    with connection.transaction():
        connection.execute("SELECT fn.index_partition(%s)", [loading.extraction_id])
        said = connection.execute(_SAID, [loading.unit_key("") + "%", job]).fetchone() or (0,)
        is_partial = "partial_coverage" in extraction.warnings
        kept = []
        if extraction.kept != "sums":
            count = counts.cells if counts else partial(consistency.cells_of, partition=loading.partition)
            corpus_id, is_causal = extraction.corpus_id, extraction.is_causal
            kept.append(count(connection, corpus_id=corpus_id, is_causal=is_causal, is_partial=is_partial))
        if extraction.kept != "cells":
            sums = sum_counts.sums_of(connection, loading.extraction_id, extraction.corpus_id, is_partial=is_partial)
            kept.append(sums)
        for cells in kept:
            _require(cells, said[0] if cells is kept[0] else cells.row_count, extraction)
        if extraction.kept != "cells":
            sum_counts.require_summed(connection, loading.extraction_id, extraction.key)
    content = extraction.content and attention_checksum(connection, loading.extraction_id, loading.partition)
    if content != extraction.content:
        what = (
            f"its weights are not those of its digest: their checksum is {content} where {extraction.content} is told"
        )
        raise BadInput(what, extraction.key, "copy or export it again")


def _require(cells: consistency.Cells, said: int, extraction: Extraction) -> None:
    """Refuse cells, or sums over them, that are not all there."""
    heads = extraction.map_count or int(extraction.model["head_count"])
    found = (cells.row_count, cells.fewest, cells.most, cells.layers)
    wanted = (said, heads, heads, sorted(extraction.layers))
    if found != wanted:
        raise BadInput(
            f"rows, fewest heads, most heads and layers are {found} where {wanted} were expected",
            extraction.key,
            "load it again",
        )
    cells.require_all(extraction.key)


def publish(connection: Connection, loading: Loading, attestation: Mapping[str, Any]) -> None:
    """Make the extraction visible, and older ones of its kind invisible, at once.

    Its partition is there before: a question whose plan was made without it, and which looks at what is complete a
    moment later, would find it complete and empty. Such questions are given time to begin. Within the transaction of an
    import, which comes as a whole or not at all, that cannot be.
    """
    extraction_id = loading.extraction_id
    if connection.info.transaction_status == TransactionStatus.IDLE:
        with connection.transaction():
            runs.hold(connection, loading.run_id)
            connection.execute(_ATTACH, [extraction_id])
        sessions.outlasting(connection, ["model.attention"], BEGIN_S)
        connection.commit()
    with connection.transaction():
        runs.hold(connection, loading.run_id)
        connection.execute(_ATTACH, [extraction_id])
        connection.execute(_RETIRE, [extraction_id])
        row = connection.execute(_FINISH, [loading.run_id, Jsonb(attestation), extraction_id]).fetchone()
        warnings = {
            **loading.extraction.warnings,
            **_of_zero_rows(*(row or (None, None))),
            **_of_sums(loading.extraction),
        }
        if warnings:
            writing.keep(connection, ops.usage_warning_on, {
                "usage_warning": list(warnings), "entity": ["extraction"] * len(warnings),
                "entity_id": [extraction_id] * len(warnings), "reason": list(warnings.values()),
            })  # fmt: skip


def _of_sums(extraction: Extraction) -> dict[str, str]:
    """Make the usage warning of an extraction of which only sums are kept."""
    return {"from_sums": f"sums by {extraction.summed_by} are kept"} if extraction.kept == "sums" else {}


def _of_zero_rows(zero_row_count: int | None, rows_checked: int | None) -> dict[str, str]:
    """Make the usage warning of an extraction in which some words attend to no word, and tell it."""
    if not zero_row_count:
        return {}
    told = f"{zero_row_count:,} of {rows_checked:,} rows of attention are all zero"
    logs.remark(f"{told}: they are kept, and divergences leave them out (usage warning zero_attention_rows).")
    return {"zero_attention_rows": told}


def discard(connection: Connection, loading: Loading) -> None:
    """Leave no trace of an extraction that cannot be used, nor of a model that has no other."""
    connection.rollback()
    with connection.transaction():
        connection.execute(ONE_AT_A_TIME)
        connection.execute("SELECT fn.drop_partition(%s)", [loading.extraction_id])
        connection.execute(_CLEAR_UNITS, [loading.unit_key("") + "%"])
        delete_facts(connection, loading.extraction_id)
        gone = connection.execute(_FORGET, [loading.extraction_id]).fetchone()
        connection.execute(_FORGET_MODEL, gone)


def delete_facts(connection: Connection, extraction_id: int) -> None:
    """Delete the rows of an extraction beside its attention."""
    for table in FACTS:
        connection.execute(f"DELETE FROM {table} WHERE extraction_id = %s", [extraction_id])


_SAID = """
SELECT COALESCE(sum(row_count), 0)::bigint FROM ops.unit JOIN ops.run USING (run_id)
WHERE unit_key LIKE %s AND job = %s AND unit_state = 'done'
"""
_ATTACH = "SELECT fn.attach_partition(%s)"
_RETIRE = """
UPDATE model.extraction AS older
SET extraction_status = 'retired'
FROM model.extraction AS newer
WHERE
    newer.extraction_id = %s AND older.extraction_id < newer.extraction_id AND older.extraction_status <> 'retired'
    AND older.language_model_id = newer.language_model_id AND older.condition_id = newer.condition_id
    AND older.corpus_id = newer.corpus_id AND older.method = newer.method
"""
_CLEAR_UNITS = "SELECT fn.clear_unit(run_id, unit_key) FROM ops.unit WHERE unit_key LIKE %s"
_FINISH = """
UPDATE model.extraction
SET
    extraction_status = 'complete', completed_at = clock_timestamp(), run_id = %s,
    attestation = COALESCE(attestation, '{}') || %s
WHERE extraction_id = %s
RETURNING (attestation ->> 'zero_row_count')::bigint, (attestation ->> 'rows_checked')::bigint
"""
_FORGET = "DELETE FROM model.extraction WHERE extraction_id = %s RETURNING language_model_id"
_FORGET_MODEL = """
DELETE FROM model.language_model
WHERE
    language_model_id = %s
    AND NOT EXISTS (
        SELECT 1 FROM model.extraction WHERE extraction.language_model_id = language_model.language_model_id
    )
    AND NOT EXISTS (
        SELECT 1 FROM model.language_model AS tuned WHERE tuned.base_model_id = language_model.language_model_id
    )
"""
