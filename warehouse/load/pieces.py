"""The pieces of an extraction, each written in one transaction: its cells, sums over them or both, and its unit."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from warehouse.database.types import Connection
from warehouse.declarations import Table
from warehouse.ledger import runs, unit_records
from warehouse.load import copying
from warehouse.load.attention_copy import AttentionBuffer, copy_attention
from warehouse.load.cell_counts import CellCounts
from warehouse.load.layer_sinks import LayerSinks
from warehouse.load.prepared import prepared
from warehouse.load.publication import Loading
from warehouse.load.sums import Summing
from warehouse.load.tally import Tally
from warehouse.plugin.contents import Block, Columns, Piece, Rejection, RowSums
from warehouse.progress import Progress
from warehouse.schema.tables import model


def write_pieces(
    connection: Connection,
    job: str,
    loading: Loading,
    progress: Progress,
    summing: Summing | None,
    *,
    is_followed: bool,
) -> tuple[Tally, CellCounts]:
    """Write the pieces that are not there yet; give how many rows are new and how many were there, and the new cells.

    Parameters
    ----------
    connection : psycopg.Connection
        That of the loader.
    job : str
        The ledger's name of what loads.
    loading : Loading
        Where the rows go.
    progress : Progress
        Where to tell how far it is.
    summing : Summing or None
        What adds up the cells, where sums are kept.
    is_followed : bool
        Whether others may follow the run: what it writes is seen before all of it is.
    """
    with connection.transaction():
        done = unit_records.done_units(connection, job, seen_only=False)
    tally, missing = Tally(), []
    for piece in loading.extraction.pieces:
        if (unit := done.get(loading.unit_key(piece.key))) and unit.fingerprint == piece.digest:
            tally.unchanged += unit.row_count
        else:
            missing.append(piece)
    if is_followed:
        with unit_records.whole(connection):
            runs.expect_more(connection, loading.run_id, len(missing))
    writer = _Writer(connection, loading, summing, tally, AttentionBuffer(loading.extraction_id, loading.extraction))
    with progress.bar(loading.extraction.key, len(missing), "piece") as bar:
        for piece, contents in prepared(missing):
            rows = writer.write(piece, contents)
            tally.inserted += rows
            bar.update(rows=rows, latest=loading.unit_key(piece.key))
    return tally, writer.counts


@dataclass(frozen=True)
class _Writer:
    """Writes the contents of pieces of an extraction."""

    connection: Connection
    loading: Loading
    summing: Summing | None
    tally: Tally
    buffer: AttentionBuffer
    counts: CellCounts = field(default_factory=CellCounts)
    sinks: LayerSinks = field(default_factory=LayerSinks)

    def write(self, piece: Piece, contents: Iterable[Any]) -> int:
        """Write a piece in one transaction; give how many rows count."""
        row_count, key = 0, self.loading.unit_key(piece.key)
        with unit_records.whole(self.connection):
            runs.hold(self.connection, self.loading.run_id)
            for item in contents:
                row_count += self._write(item, key)
            for table, columns in self.summing.take() if self.summing else ():
                row_count += self._copy(table, columns)
            self.sinks.write(self.connection, self.loading.extraction_id)
            corpus_id, extraction_id = self.loading.extraction.corpus_id, self.loading.extraction_id
            about = unit_records.telling_of(corpus=[corpus_id], extraction=[extraction_id])
            unit_records.record_unit(self.connection, self.loading.run_id, key, piece.digest, row_count, about=about)
        return row_count

    def _write(self, item: Any, key: str) -> int:
        if isinstance(item, Block):
            return self._cells(item)
        if isinstance(item, RowSums):
            self.connection.execute(_ATTEST, {**asdict(item), "extraction_id": self.loading.extraction_id})
        elif isinstance(item, Rejection):
            self.tally.rejected += 1
            runs.record_rejection(self.connection, self.loading.run_id, key, item.place, item.reason, item.text)
        else:
            return self._copy(*item)
        return 0

    def _cells(self, block: Block) -> int:
        if self.summing:
            self.summing.add(block)
        if not self._keeps_cells:
            return 0
        self.counts.add(block)
        self.sinks.add(block)
        return copy_attention(self.connection, self.loading.partition, self.buffer, block)

    def _copy(self, table: Table, columns: Columns) -> int:
        """Write rows beside attention; of them sums of the heads count, where they are kept in place of cells."""
        if table is model.attention_sink and not self._keeps_cells:
            return 0
        if table is model.attention_sink:
            self.sinks.add_tokens(columns)
        told = {"extraction_id": self.loading.extraction_id, **columns}
        row_count = copying.copy_new(self.connection, table, told)
        return row_count if table is model.head_sums and not self._keeps_cells else 0

    @property
    def _keeps_cells(self) -> bool:
        return self.loading.extraction.kept != "sums"


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
