"""What `warehouse export parquet` wrote, loaded into another warehouse: rows, attention, results and their ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from warehouse.load.stored import Stored
from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import source


@source(
    licence="that of each corpus and source, named in manifest.json of the export",
    citation="those named in manifest.json of the export",
    at_once=True,
)
def parquet(
    directory: Annotated[Path, "Folder that `warehouse export parquet` made."],
    *,
    stored: Stored,
) -> Iterator[Unit | Extraction]:
    """Load an export of another warehouse: existing rows are kept; an export with conflicting rows is refused.

    It is loaded whole or not at all. Every file, row and value is checked before anything is loaded. Numbers keep their
    fingerprints, so that what was computed there stands here; a result that this warehouse has computed itself is kept,
    and told where it differs.

    Parameters
    ----------
    directory : Path
        With ``manifest.json``.
    stored : Stored
        What the warehouse holds already.

    Raises
    ------
    MissingInput
        If there is no manifest: the export was not finished.
    BadInput
        If a file is missing, changed or cut short, or was written by a newer schema.
    StoredDiffers
        If something of the same name is stored with other values, or the same attention with another content.
    """
    from ingest.parquet import attention, ledger, units
    from ingest.parquet.ids import Ids
    from ingest.parquet.tables import Export
    from ingest.parquet.trust import fitting

    with fitting(directory):
        export = Export.open_export(directory)
        ids = Ids(export, stored)
        attention.refuse_others(export, ids, stored)
        yield from units.texts_and_readers(export, ids)
        yield from attention.extractions(export, ids)
        yield from units.embargoes_of_attention(export, ids)
        yield from ledger.runs(export, ids, stored)
