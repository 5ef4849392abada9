"""Every error raised on purpose.

The tree, with the exit code of the command line in brackets::

    WarehouseError [1]
    ├── BadInput [3]              a file, directory or value that cannot be used
    │   ├── MissingInput              a path that is not there, or holds nothing of what is looked for
    │   ├── UnknownName               a name that the warehouse does not hold, with those that it does
    │   └── Forgotten                 readers who are not to be loaded again
    ├── DatabaseUnavailable [4]   no server, no binaries, wrong password
    ├── SchemaMismatch [5]        the schema is older or newer than the code
    │   ├── ViewInUse                 a collaborator's own view stands on one of ours
    │   └── ForeignCode               code of others stands in the warehouse's schemas
    ├── StoredDiffers [6]         what is stored says something else than what comes in
    ├── Busy [7]                  another process does the same work now
    ├── OutOfSpace [8]            the server's disk is full
    ├── ServerLimit [11]          a table of the server in memory is full, such as that of locks
    ├── WorkersLost [9]           processes or machines that compute died again and again
    └── RunNotDone [10]           a run that was followed failed, was interrupted or is dead

The command line prints the sentence without a traceback and exits with the class's code. Ctrl-C exits with 130,
SIGTERM with 143, a wrong option with 2; a run that ends with rejected rows exits with 0 and says how many. Anything
else that is raised is a bug and shows its traceback (exit code 1).
"""

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Self

from warehouse.suggestions import listed, near_names

LONGEST = 1900
"""Characters of a sentence; of a longer one, which quotes what is foreign, the middle is left out."""


class WarehouseError(Exception):
    """What the user can do something about; the message is one sentence: what, where, what to do."""

    exit_code = 1

    def __init__(self, sentence: str) -> None:
        if len(sentence) > LONGEST:
            sentence = f"{sentence[: LONGEST // 3]} ... {sentence[-LONGEST // 3 :]}"
        super().__init__("".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in sentence))

    @classmethod
    def saying(cls, sentence: str) -> Self:
        """Make one of a class whose usual sentence does not fit."""
        error = cls.__new__(cls)
        WarehouseError.__init__(error, sentence)
        return error

    def __reduce__(self) -> tuple[object, ...]:
        """Let it pass from one process to another, whatever it was made from."""
        return Exception.__new__, (type(self), *self.args), self.__dict__


class BadInput(WarehouseError):
    """Something given by the user cannot be used.

    Parameters
    ----------
    what : str
        What is wrong, without a full stop.
    where : str
        The file, line, sentence or option.
    remedy : str
        What to do about it, as an imperative clause.
    """

    exit_code = 3

    def __init__(self, what: str, where: object, remedy: str) -> None:
        super().__init__(f"{where}: {what}; {remedy}.")
        self.what, self.where, self.remedy = what, str(where), remedy


class MissingInput(BadInput):
    """A path that is not there, or that holds nothing of what is looked for."""

    def __init__(self, where: object, looked_for: str) -> None:
        is_there = not isinstance(where, Path) or os.path.lexists(where)
        super().__init__(f"holds no {looked_for}" if is_there else "no such file or directory", where, "check the path")


class UnknownName(BadInput):
    """A name that the warehouse does not hold."""

    def __init__(self, kind: str, name: str, known: Collection[str]) -> None:
        if near := near_names(name, known):
            remedy = f"did you mean {' or '.join(map(repr, near))}? Known: {listed(known)}"
        elif known:
            remedy = f"known: {listed(known)}"
        else:
            remedy = f"no {kind} is loaded yet"
        super().__init__(f"no such {kind}", repr(name), remedy)


class Forgotten(BadInput):
    """Readers come in who were forgotten here; they are counted and not named."""

    def __init__(self, count: int, of: int) -> None:
        super().__init__(
            f"{count} of {of} readers were forgotten here and are not loaded again", "what comes in",
            "take them out of it, or let them in with `warehouse forget subject NAME --allow-again`",
        )  # fmt: skip
        self.is_all = count == of


class DatabaseUnavailable(WarehouseError):
    """The server cannot be reached, started or entered."""

    exit_code = 4


class SchemaMismatch(WarehouseError):
    """The database's schema is not the one this code was written for."""

    exit_code = 5

    @classmethod
    def older(cls, found: str | None, wanted: str) -> "SchemaMismatch":
        """Tell that migrations are due."""
        if found is None:
            return cls("The database has no warehouse in it: run `warehouse db upgrade`, or ingest with --upgrade.")
        return cls(f"The database is at schema revision {found}, this code needs {wanted}: run `warehouse db upgrade`.")

    @classmethod
    def differs(cls, count: int) -> "SchemaMismatch":
        """Tell that something in the schema is not as this code makes it."""
        return cls(
            f"{count} {'things differ' if count > 1 else 'thing differs'} from what this program makes: run `warehouse "
            "db upgrade` for what is missing or older, and have an owner drop what is foreign."
        )

    @classmethod
    def newer(cls, found: str, wanted: str) -> "SchemaMismatch":
        """Tell that this code is too old."""
        return cls(
            f"The database is at schema revision {found}, which this code (revision {wanted}) does not know: "
            "install a newer attention-warehouse."
        )


class ViewInUse(SchemaMismatch):
    """A collaborator's own view stands on an object that is to be replaced."""

    def __init__(self, theirs: str, owner: str, ours: str) -> None:
        super().__init__(
            f"The view {theirs} of {owner} stands on {ours}, which is to be replaced: run `warehouse db upgrade "
            "--set-views-aside`, which takes such views down and puts them back as they were, or ask "
            f"{owner} to drop it and to create it again afterwards."
        )

    @classmethod
    def no_longer_fits(cls, theirs: str, owner: str, reason: str) -> "ViewInUse":
        """Tell that a view cannot be put back on what has replaced ours."""
        return cls.saying(
            f"The view {theirs} of {owner} does not fit the upgrade ({reason}), which was undone: ask {owner} to "
            "change or to drop it, then upgrade again."
        )

    @classmethod
    def cannot_be_set_aside(cls, theirs: str, owner: str, reason: str) -> "ViewInUse":
        """Tell that a view cannot be taken down, or not be made again as it is."""
        return cls.saying(
            f"The view {theirs} of {owner} cannot be set aside ({reason}), and nothing was changed: ask {owner} to "
            "drop it, then upgrade again."
        )


class ForeignCode(SchemaMismatch):
    """The warehouse's schemas hold code that this program did not make, and that would run with the user's rights."""

    def __init__(self, found: Sequence[str]) -> None:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        super().__init__(
            f"The warehouse holds what this program did not make and what would run with your rights: {found[0]}{more}"
            "; `warehouse db check` lists all that differs, have an owner drop it, then give the command again."
        )


class StoredDiffers(WarehouseError):
    """What is stored under the same key says something else than what comes in."""

    exit_code = 6

    def __init__(self, where: str, stored: object, offered: object, remedy: str) -> None:
        super().__init__(f"{where}: stored is {stored}, offered is {offered}; {remedy}.")


class Busy(WarehouseError):
    """Another process does the same work at this moment."""

    exit_code = 7


class OutOfSpace(WarehouseError):
    """The server has no room left; what was being written is gone, what was committed is kept."""

    exit_code = 8

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The database's disk is full while {doing}: make room and give the same command again; "
            "it goes on where it stopped."
        )

    @classmethod
    def of_file(cls, path: object) -> "OutOfSpace":
        """Tell that a file of the user's does not fit."""
        return cls.saying(f"{path}: there is no room for it on its disk; make room, or name a file on another disk.")


class ServerLimit(WarehouseError):
    """The server has no memory left, or no room in a table whose size a setting decides."""

    exit_code = 11

    def __init__(self, doing: str, said: str, setting: str | None) -> None:
        if setting:
            enough = f"`ALTER SYSTEM SET {setting} = 2048` is enough for 50,000 extractions with 100 connections"
            remedy = f"its owner raises {setting} ({enough}) and restarts it"
        else:
            remedy = "give it more memory, or ask for less at once"
        super().__init__(
            f"The database server has no room in memory while {doing} ({said}): {remedy}; what was committed is kept, "
            "then give the same command again."
        )


class WorkersLost(WarehouseError):
    """Worker processes crashed repeatedly, and no unit is finished any more; finished units are kept."""

    exit_code = 9

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; what was done is kept: {remedy}, and give the same command again.")


class RunNotDone(WarehouseError):
    """Runs that were followed ended otherwise than done."""

    exit_code = 10

    def __init__(self, *endings: str) -> None:
        told = "; ".join(endings)
        super().__init__(f"{told[:1].upper()}{told[1:]}: its command, given again, goes on from there.")
