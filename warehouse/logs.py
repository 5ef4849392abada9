"""What goes to standard error: sentences for people, or one JSON object a line for programs.

All of it goes through Python's `logging`, so that what libraries say has the same form as what is said here. A remark
is a sentence for both; an event (a run begins, progress) is for programs alone: people see bars.
"""

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

FORMATS = ("text", "json")
SHORTEST_SECRET = 6
"""Characters; a password of fewer would blot out syllables of everything that is said."""
_remarks = logging.getLogger("warehouse")
_events = logging.getLogger("warehouse.events")
_around: ContextVar[Mapping[str, Any]] = ContextVar("around", default={})  # noqa: B039 - it is never changed in place
_secrets: set[str] = set()


@contextmanager
def log_to_stderr(form: str) -> Iterator[None]:
    """Write what is told in the block to standard error.

    Parameters
    ----------
    form : str
        One of `FORMATS`: sentences, or one JSON object a line, Python's warnings included.
    """
    handler = begin(form)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(handler)
        for logger in (_remarks, _events):
            logger.setLevel(logging.NOTSET)


def begin(form: str) -> logging.Handler:
    """Write in a form from now on: for a process that another has started, to whose `form` it keeps."""
    is_json = form == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if is_json else SentenceHandler())
    logging.getLogger().addHandler(handler)
    _remarks.setLevel(logging.INFO)
    _events.setLevel(logging.INFO if is_json else logging.CRITICAL)
    logging.captureWarnings(is_json)
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what becomes of a connection, this program says itself
    return handler


def form() -> str:
    """Tell in which form is written now."""
    return "json" if any(isinstance(one.formatter, JsonLines) for one in logging.getLogger().handlers) else "text"


def only_warnings() -> None:
    """Say nothing below a warning until `written` ends."""
    for logger in (_remarks, _events):
        logger.setLevel(logging.WARNING)


@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Add facts, such as ``run_id`` and ``job``, to all that is logged in the block."""
    before = _around.set({**_around.get(), **facts})
    try:
        yield
    finally:
        _around.reset(before)


def remark(sentence: str, *, level: int = logging.INFO, name: str = "remark", **facts: Any) -> None:
    """Tell people and programs a sentence; programs get the name of what happened and facts with it."""
    _remarks.log(level, "%s", sentence, extra={"event": name, "facts": facts})


def event(name: str, **facts: Any) -> None:
    """Tell programs, and nobody else, that something happened."""
    _events.info("", extra={"event": name, "facts": facts})


@contextmanager
def span(name: str, **facts: Any) -> Iterator[None]:
    """Tell programs that something begins and how it ends, with the facts on all that is logged between."""
    began = time.monotonic()
    outcome: dict[str, Any] = {"outcome": "done"}
    with about(**facts):
        try:
            event(f"{name}_started")
            yield
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)
            outcome = {"outcome": "interrupted" if stopped else "failed", "error": str(error) or type(error).__name__}
            raise
        finally:
            event(f"{name}_ended", **outcome, seconds=round(time.monotonic() - began, 3))


def failure(error: BaseException, sentence: str, exit_code: int, *, is_bug: bool = False) -> None:
    """Tell why the program ends; a bug with its traceback."""
    facts: dict[str, Any] = {"class": type(error).__name__, "exit_code": exit_code}
    if is_bug:
        facts["traceback"] = "".join(traceback.format_exception(error))
    remark(sentence, level=logging.ERROR, name="error", **facts)


def hide(secret: str | None, *, unless: Sequence[str | None] = ()) -> None:
    """Never write this password into a JSON line, unless it is one of the names that are no secret."""
    if secret and len(secret) >= SHORTEST_SECRET and secret not in unless:
        _secrets.add(secret)


class SentenceHandler(logging.Formatter):
    """A sentence for people; that of an error says so."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the sentence."""
        told = super().format(record)
        sentence = "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in told)
        return f"Error: {sentence}" if record.levelno >= logging.ERROR else sentence


class JsonLines(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, event, message, then what is known besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {
            "time": when.replace("+00:00", "Z"), "level": record.levelname.lower(),
            "event": getattr(record, "event", "warning" if record.name == "py.warnings" else "log"),
        }  # fmt: skip
        if message := record.getMessage().strip():
            told["message"] = message
        if not hasattr(record, "event"):
            told["logger"] = record.name
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        told |= {**_around.get(), **getattr(record, "facts", {})}
        return json.dumps(_without_secrets(told), default=str)


_IN_ADDRESS = re.compile(r"(\w+://[^\s:/@]*:)[^\s/@]+(@)")
_IN_WORDS = re.compile(r"""(password['"]?\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s,;)]+)""", re.IGNORECASE)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _without_secrets(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(each) for each in value]
    if not isinstance(value, str):
        return value
    for secret in _secrets:
        value = value.replace(secret, "***")
    return _IN_WORDS.sub(r"\1***", _IN_ADDRESS.sub(r"\1***\2", value))
