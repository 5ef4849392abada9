"""Charts as SVG and PNG, without a browser. The only module that imports vl-convert."""

import json
import re
from itertools import count
from typing import Any

from warehouse.errors import BadInput

DOTS = 2.0
"""Pixels of a PNG for each unit of a chart: sharp in print at 150 dots an inch."""
PAPER = "white"
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\\u(00(0[0-8bcef]|1[0-9a-f])|fff[ef])")
"""Characters that no SVG may hold, also as expressions have them: the library ends the whole process at one."""


def check() -> None:
    """See that charts can be drawn.

    Raises
    ------
    BadInput
        The library is not installed.
    """
    _library()


def pictures(spec: dict[str, Any]) -> dict[str, bytes]:
    """Draw a chart once; give it as ``svg`` and ``png``."""
    drawn = svg(spec)
    return {"svg": drawn.encode(), "png": png(drawn)}


def svg(spec: dict[str, Any]) -> str:
    """Draw a chart on white.

    Raises
    ------
    BadInput
        The library is not installed.
    """
    drawn: str = _library().vegalite_to_svg(json.dumps(_drawable({**spec, "background": PAPER})))
    return _renumbered(drawn)


def _drawable(value: Any) -> Any:
    """Put the mark of a lost character where a text has one that no SVG may hold."""
    if isinstance(value, str):
        return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, dict):
        return {name: _drawable(one) for name, one in value.items()}
    return [_drawable(one) for one in value] if isinstance(value, list | tuple) else value


def _renumbered(drawn: str) -> str:
    """Count ids from 0: the library counts on from one drawing to the next, so that the same chart would differ."""
    numbers: dict[str, str] = {}
    fresh = count()
    return re.sub(
        r"\b(clip|gradient_)(\d+)\b", lambda found: numbers.setdefault(found[0], f"{found[1]}{next(fresh)}"), drawn
    )


def png(drawn: str) -> bytes:
    """Turn an SVG into pixels."""
    made: bytes = _library().svg_to_png(drawn, scale=DOTS)
    return made


def _library() -> Any:
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise BadInput(
            f"needs {error.name}, which is not installed", "drawing", "install attention-warehouse[figures]"
        ) from None
    return vl_convert
