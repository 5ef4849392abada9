"""Results handed over one by one, while those after them are computed: what waits is bounded."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
MOST_WAITING = 4
"""Results that wait to be taken; of long texts each is some rows of a layer, at most some tens of megabytes."""
DONE = object()
LOOKS_UP_S = 0.5


class _Stopped(BaseException):
    """Nobody takes the results any more."""


@dataclass(frozen=True)
class _Raised:
    error: BaseException


class _Waiting:
    """What waits to be taken, until nobody takes it any more."""

    def __init__(self) -> None:
        self._items: Queue[Any] = Queue(MOST_WAITING)
        self._stopped = Event()

    def put(self, item: Any) -> None:
        while not self._stopped.is_set():
            with suppress(Full):
                self._items.put(item, timeout=LOOKS_UP_S)
                return
        raise _Stopped

    def take(self) -> Any:
        item = self._items.get()
        if isinstance(item, _Raised):
            raise item.error
        return item

    def fill(self, produce: Callable[[Callable[[Any], None]], object]) -> None:
        with suppress(_Stopped):
            try:
                produce(self.put)
                self.put(DONE)
            except _Stopped:
                raise
            except BaseException as error:  # is raised in the thread that takes
                self.put(_Raised(error))

    def stop(self) -> None:
        self._stopped.set()


def stream_results(produce: Callable[[Callable[[T], None]], object]) -> Iterator[T]:
    """Give what `produce` puts, in order; it runs in a thread of its own and waits where too much waits to be taken.

    Parameters
    ----------
    produce : callable
        Called with a function that takes one result. What it raises is raised here.
    """
    waiting = _Waiting()
    thread = Thread(target=waiting.fill, args=[produce], name="extraction", daemon=True)
    thread.start()
    try:
        while (item := waiting.take()) is not DONE:
            yield item
    finally:
        waiting.stop()
        thread.join()
