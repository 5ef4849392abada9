"""An export may vouch for files that do not fit together; what reading them provokes is one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import BadInput

PROVOKED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What foreign files provoke in the code that reads them: missing columns, other types, dangling ids, broken pages."""


@contextmanager
def fitting(directory: Path) -> Iterator[None]:
    """Tell that an export does not fit together, instead of what exactly broke in reading it.

    Raises
    ------
    BadInput
        With the kind and the first line of what was raised.
    """
    try:
        yield
    except PROVOKED as error:
        told = (str(error).splitlines() or [""])[0][:200]
        what = f"does not fit together ({type(error).__name__}: {told})"
        raise BadInput(what, directory, "export it again, and do not change its files") from error
