"""Corpora of pymovements' library: fetched once into a directory, verified, and handed on as tables of fixations.

pymovements knows where they are, their checksums, and how to read what is no text (R data); what a table means, a
mapping says, for its definitions name columns as each publisher does.
"""

import re
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warehouse import logs
from warehouse.database.translation import first_line
from warehouse.errors import BadInput, UnknownName

CONTENT = "precomputed_events"
"""What pymovements calls fixations that were published as such."""
NOT_TEXT = (".rda", ".rds", ".feather", ".ipc")
PLACE = re.compile(r"\{[^}]*\}")


def fixation_files(name: str, directory: Path | None) -> list[Path]:
    """Fetch a corpus, where that was not done before, and give its tables of fixations.

    Parameters
    ----------
    name : str
        As pymovements calls it, in any case; or a definition of one's own (``.yaml``).
    directory : Path or None
        Where it is kept; by default a folder of its name here.

    Raises
    ------
    BadInput
        If pymovements is not installed, has no fixations of it, or a file cannot be fetched or is another.
    UnknownName
        pymovements does not know it.
    """
    definition = _definition(name)
    kept = directory or Path(definition.name)
    for resource in definition.resources:
        _fetch(resource.source, kept / "downloads", definition)
    dataset = _dataset(definition, kept)
    _unpack(dataset, kept)
    found = [path for resource in definition.resources for path in _of_pattern(kept / CONTENT, resource)]
    if not found:
        raise BadInput(f"holds no fixations of {definition.name}", kept, "delete it to fetch them again")
    return _as_text(found, dataset, kept)


def _definition(name: str) -> Any:
    """Find a definition, with no more of its files than the fixations: recordings are many times larger."""
    try:
        import pymovements
    except ImportError:
        remedy = "install it: pip install 'attention-warehouse[corpora]'"
        raise BadInput("needs pymovements, which is not installed", "--dataset", remedy) from None
    known = {one.lower(): one for one in pymovements.DatasetLibrary.names()}
    if name.endswith((".yaml", ".yml")) and Path(name).is_file():
        definition = _definition_of(Path(name))
    elif name.lower() in known:
        definition = pymovements.DatasetLibrary.get(known[name.lower()])
    else:
        raise UnknownName("dataset of pymovements", name, sorted(known.values()))
    definition.resources = definition.resources.filter(CONTENT)
    if not definition.resources:
        what = "has no published fixations, only recordings of the eye"
        raise BadInput(what, definition.name, "detect fixations (pymovements can), and give them as files")
    return definition


def _definition_of(path: Path) -> Any:
    """Read a definition of somebody's own, which may name files of its folder and addresses of the web only."""
    import pymovements

    try:
        definition = pymovements.DatasetDefinition.from_yaml(path)
        sources = [one.source for one in definition.resources]
        names = [definition.name, *(one.filename for one in sources)]
        is_plain = all(isinstance(name, str) and Path(name).name == name for name in names)
        is_of_the_web = all(str(one.url).startswith(("https://", "http://")) for one in sources)
        has_patterns = all(isinstance(one.filename_pattern, str) for one in definition.resources)
    except Exception as error:  # whatever YAML and pymovements say of what is none
        what = f"is not a definition of a dataset ({first_line(error)[:200]})"
        raise BadInput(what, path, "write it as pymovements does") from error
    if not (is_plain and is_of_the_web and has_patterns):
        what = "names no dataset, or a file or address outside: names without folders, patterns and http(s) are needed"
        raise BadInput(what, path, "correct it")
    return definition


def _dataset(definition: Any, directory: Path) -> Any:
    import pymovements

    return pymovements.Dataset(definition, directory)


def _fetch(source: Any, downloads: Path, definition: Any) -> None:
    """Fetch a file where it is not there, and hold it against its checksum."""
    path = downloads / source.filename
    if not path.is_file():
        told = f"MD5 {source.md5}" if source.md5 else "no checksum of it is known"
        logs.remark(f"Fetching {source.filename} of {definition.name} from {source.url} into {downloads} ({told}).")
        downloads.mkdir(parents=True, exist_ok=True)
        try:
            source.download(downloads, verify_checksum=False, verbose=False)
        except (OSError, RuntimeError) as error:
            path.unlink(missing_ok=True)
            reason = error.__cause__ or error
            remedy = f"try again, or fetch it in another way and lay it at {path}"
            raise BadInput(f"cannot be fetched ({reason})", source.url, remedy) from None
    if source.md5 and (found := source.checksum(path)) != source.md5:
        what = f"is not the file that {definition.name} had: its MD5 is {found}, not {source.md5}"
        raise BadInput(what, path, "delete it to fetch it again; a publisher may have changed it")


def _unpack(dataset: Any, directory: Path) -> None:
    """Unpack what was fetched; of a tar archive what would lie elsewhere is refused, as Python does from 3.14 on."""
    before = getattr(tarfile.TarFile, "extraction_filter", None)
    tarfile.TarFile.extraction_filter = staticmethod(tarfile.data_filter)
    try:
        dataset.extract(verbose=0)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        remedy = "delete it to fetch it again; a publisher may have changed it"
        raise BadInput(f"cannot be unpacked ({first_line(error)[:200]})", directory / "downloads", remedy) from error
    finally:
        tarfile.TarFile.extraction_filter = before


def _of_pattern(directory: Path, resource: Any) -> list[Path]:
    """Find the files of a name that a definition gives, e.g. ``reader{subject_id:d}_{text_id}.tsv``."""
    parts = PLACE.split(resource.filename_pattern)
    pattern = re.compile(".+?".join(map(re.escape, parts)))
    return sorted(path for path in directory.rglob("*") if path.is_file() and pattern.fullmatch(path.name))


def _as_text(files: Sequence[Path], dataset: Any, directory: Path) -> list[Path]:
    """Give files of text as they are, and write tables of the others."""
    if not any(path.suffix.lower() in NOT_TEXT for path in files):
        return list(files)
    dataset.scan()
    dataset.load_precomputed_events()
    written = directory / "tables"
    written.mkdir(exist_ok=True)
    tables = [written / f"{number}.tsv" for number, _ in enumerate(dataset.precomputed_events)]
    for path, events in zip(tables, dataset.precomputed_events, strict=True):
        events.frame.write_csv(path, separator="\t", null_value="NA")
    return tables
