"""The command line in this process."""

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from warehouse.cli import main


class Said(NamedTuple):
    """What a command answered; `events` are its lines on standard error as programs read them."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.err.splitlines()]


Warehouse = Callable[..., Said]


def said(*words: str) -> Said:
    """Run a command."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(words))
        except SystemExit as error:
            code = int(error.code or 0)
    return Said(code, out.getvalue(), err.getvalue())
