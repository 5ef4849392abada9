"""What names pages, sentences and readers, written in one way: composed, and without the point that pandas adds."""

import re
from unicodedata import normalize

from ingest.fixations.fields import BETWEEN

WITH_POINT = re.compile(r"(-?[0-9]+)\.0+", re.ASCII)


class Names(dict[str, str]):
    """Names by how they are written: ``17.0`` is ``17``, as a column with gaps that went through pandas has it."""

    def __missing__(self, text: str) -> str:
        parts = normalize("NFC", text).split(BETWEEN)
        self[text] = name = BETWEEN.join(_without_point(part) for part in parts)
        return name


def _without_point(text: str) -> str:
    found = WITH_POINT.fullmatch(text)
    return found[1] if found else text
