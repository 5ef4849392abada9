"""`warehouse export parquet`: what chosen results depend on, as Parquet files with a manifest of checksums.

One Parquet file a table, one a taking of attention (`model/attention/extraction_3.parquet`, a row group per layer and
batch of sentences), the SQL of every view, and `manifest.json`, which is written last: a folder without it is not
whole. `ingest/parquet` reads it back.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import IsolationLevel

from warehouse.database.connection import Database
from warehouse.database.translation import translate_errors
from warehouse.errors import BadInput
from warehouse.progress import Progress
from warehouse.schema import migrations
from warehouse.schema.directories import sql_directory
from warehouse.schema.sqlfiles import SQL_SCHEMAS
from warehouse.transfer.export import attention, files, manifest
from warehouse.transfer.export.choice import Chosen, choose
from warehouse.transfer.export.contents import EXPORTED

PARTIAL = ".partial"
"""Ends the name of the folder until it is whole."""


def export(
    database: Database, directory: Path, run_ids: Sequence[int], corpora: Sequence[str], progress: Progress
) -> dict[str, Any]:
    """Write what the chosen results depend on; nothing chosen is everything.

    Parameters
    ----------
    database : Database
        From; read in one snapshot.
    directory : Path
        To; it must not be there, or be empty.
    run_ids : sequence of int
        Runs of analyses whose results go, with all that they stand on.
    corpora : sequence of str
        Corpora that go with their readers, attention and results.
    progress : Progress
        Where to tell how far it is.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    BadInput
        If the folder holds something, pyarrow is not installed, or a run has no results that hold.
    UnknownName
        If a run or corpus is not there.
    """
    files.need_pyarrow()
    migrations.check(database)
    with _folder(directory) as partial, translate_errors("exporting"), database.connect(read_only=True) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        chosen = choose(connection, run_ids, corpora)
        written = _tables(connection, partial, chosen, progress)
        written += attention.write(connection, partial, chosen.extractions, progress)
        written += _sql(partial)
        told = manifest.describe(connection, chosen, written, migrations.head(), run_ids, corpora)
        manifest.write(partial, told)
    return told


@contextmanager
def _folder(directory: Path) -> Iterator[Path]:
    """Make a folder that gets its name when the block has ended, and is gone if it fails."""
    directory = directory.resolve()
    if directory == Path.cwd():  # it is replaced as a whole
        raise BadInput("is the folder that you are in", directory, "give the name of a new folder")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise BadInput("is there already and holds something", directory, "give the name of a new folder")
    partial = directory.with_name(directory.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        if directory.exists():
            directory.rmdir()
        partial.rename(directory)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, OSError):
            why = (error.strerror or str(error)).lower()
            raise BadInput(f"cannot be written ({why})", directory, "make room, or give another folder") from error
        raise


def _tables(connection: Any, partial: Path, chosen: Chosen, progress: Progress) -> list[manifest.StoredFile]:
    written = []
    with progress.bar("tables", len(EXPORTED), "table") as bar:
        for table, condition in EXPORTED.items():
            found = files.write_table(connection, partial, table, condition, chosen.ids)
            written += [found] if found else []
            bar.update()
    return written


def _sql(partial: Path) -> list[manifest.StoredFile]:
    written = []
    for path in (path for schema in SQL_SCHEMAS for path in sorted((sql_directory() / schema).glob("*.sql"))):
        copy = partial / "sql" / path.parent.name / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        written.append(manifest.stored_file(partial, copy))
    return written
