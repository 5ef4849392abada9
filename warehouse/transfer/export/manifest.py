"""`manifest.json`: what an export holds, under which licences, and the checksum of every file and of itself."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse.database.content import attention_checksum
from warehouse.database.types import Connection
from warehouse.ledger.versions import code_version
from warehouse.plugin.registry import sources
from warehouse.transfer.export.choice import Chosen

NAME = "manifest.json"
FORMAT = "attention-warehouse export 1"


@dataclass(frozen=True)
class StoredFile:
    """A file of an export: its path below the folder, size and SHA-256; of a Parquet file, the table and its rows."""

    path: str
    bytes: int
    sha256: str
    table: str | None = None
    rows: int | None = None


def stored_file(directory: Path, path: Path, table: str | None = None, rows: int | None = None) -> StoredFile:
    """Describe a file that is there."""
    return StoredFile(path.relative_to(directory).as_posix(), path.stat().st_size, sha256(path), table, rows)


def describe(
    connection: Connection, chosen: Chosen, files: Sequence[StoredFile], revision: str,
    run_ids: Sequence[int], corpora: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Say what an export holds; the same content is always described in the same words."""
    citations = connection.execute(_CITATIONS, [chosen.corpora]).fetchall()
    extractions = connection.execute(_EXTRACTIONS, [chosen.extractions]).fetchall()
    loaded_by = {job.split()[1] for (job,) in connection.execute(_LOADED_BY, [chosen.ids["run"]]).fetchall()}
    return {
        "format": FORMAT,
        "version": code_version(),
        "schema_revision": revision,
        "chosen": {"runs": sorted(run_ids), "corpora": sorted(corpora)},
        "citations": [dict(zip(("corpus", "licence", "citation"), row, strict=True)) for row in citations],
        "sources": [
            {"source": source.name, "licence": source.licence, "citation": source.citation}
            for name, source in sorted(sources().items()) if name in loaded_by
        ],
        "extractions": [
            {
                "extraction_id": number, "digest": digest, "files": files,
                "content": attention_checksum(connection, number),
            } for number, digest, files in extractions
        ],
        "files": [asdict(file) for file in files],
    }  # fmt: skip


def write(directory: Path, told: Mapping[str, Any]) -> None:
    """Write the manifest with its own checksum."""
    text = json.dumps({**told, "sha256": own_digest(told)}, indent=1, ensure_ascii=False, default=str)
    (directory / NAME).write_text(text + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """Digest a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def own_digest(told: Mapping[str, Any]) -> str:
    """Digest what a manifest says, apart from this digest."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


_CITATIONS = "SELECT corpus, licence, citation FROM stimulus.corpus WHERE corpus_id = ANY (%s) ORDER BY corpus"
_LOADED_BY = "SELECT DISTINCT job FROM ops.run WHERE job LIKE 'ingest %%' AND run_id = ANY (%s)"
_EXTRACTIONS = """
SELECT
    extraction_id, digest,
    (
        SELECT COALESCE(jsonb_object_agg(input_name, run_input.digest), '{}')
        FROM ops.run_input
        WHERE
            run_input.run_id = extraction.run_id
            AND NOT EXISTS (
                SELECT 1 FROM ops.unit WHERE unit.run_id = extraction.run_id AND unit.inputs ? run_input.input_name
            )
    )
FROM model.extraction
WHERE extraction_id = ANY (%s)
ORDER BY extraction_id
"""
