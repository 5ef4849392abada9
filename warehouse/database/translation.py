"""Turns errors of the server into the warehouse's own."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg

from warehouse.errors import BadInput, DatabaseUnavailable, OutOfSpace, ServerLimit

UNFIT = (
    pg.CharacterNotInRepertoire, pg.UntranslatableCharacter, pg.NumericValueOutOfRange, pg.InvalidTextRepresentation,
    pg.ProgramLimitExceeded,
)  # fmt: skip
"""What the server says of a text or number that no column can hold, or that is too long for an index."""


@contextmanager
def translate_errors(doing: str = "writing", *, of_input: bool = False) -> Iterator[None]:
    """Turn what the server cannot help into a sentence for the user; other errors are bugs and pass.

    Parameters
    ----------
    doing : str
        What goes on meanwhile, e.g. ``"ingesting reading_brain"``.
    of_input : bool
        The values are those of foreign files: what breaks a constraint is their fault and no bug.

    Raises
    ------
    OutOfSpace
        The server's disk is full.
    ServerLimit
        The server's table of locks, or its memory, is full.
    DatabaseUnavailable
        The connection was lost, or the role may not do this.
    BadInput
        A text or number was given that no column can hold.
    """
    try:
        yield
    except _errors_of_drivers() as error:
        cause: BaseException = getattr(error, "orig", error)
        if isinstance(cause, pg.DiskFull):
            raise OutOfSpace(doing) from error
        if isinstance(cause, pg.OutOfMemory):
            named = re.search(r"max_\w+", cause.diag.message_hint or "")
            raise ServerLimit(doing, first_line(cause), named[0] if named else None) from error
        if isinstance(cause, pg.InsufficientPrivilege | pg.ReadOnlySqlTransaction):
            raise DatabaseUnavailable(
                f"The database does not allow this role to do what {doing} needs ({first_line(cause)}): ask its owner "
                "for the right, or give the address of a database of your own."
            ) from error
        unfit = (*UNFIT, psycopg.IntegrityError) if of_input else UNFIT
        if isinstance(cause, unfit) or type(cause) is psycopg.DataError:  # the latter from psycopg itself, for U+0000
            what = f"holds a value that the database does not take ({first_line(cause)})"
            raise BadInput(what, doing, "correct what was given") from error
        if isinstance(cause, psycopg.OperationalError) and _is_loss(cause.sqlstate):
            raise DatabaseUnavailable(
                f"The connection to the database was lost while {doing} ({first_line(cause)}); what was committed "
                "is kept: give the same command again."
            ) from error
        raise
    except UnicodeEncodeError as error:
        raise BadInput("holds bytes that are not UTF-8", doing, "correct what was given") from error


def _errors_of_drivers() -> tuple[type[Exception], ...]:
    """Give the classes of errors of the server, with SQLAlchemy's where it is at work: it takes long to import."""
    sqlalchemy = sys.modules.get("sqlalchemy.exc")
    return (psycopg.Error, sqlalchemy.DBAPIError) if sqlalchemy else (psycopg.Error,)


def _is_loss(sqlstate: str | None) -> bool:
    """Tell a lost connection: no answer at all, class 08, or a server that shuts down, crashed or starts."""
    return sqlstate is None or sqlstate[:2] == "08" or sqlstate in {"57P01", "57P02", "57P03"}


def first_line(error: BaseException) -> str:
    """Give the first line of what an error says, or its name."""
    return (str(error).splitlines() or [type(error).__name__])[0]
