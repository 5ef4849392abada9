"""Who computes beside this process: what every kind of workers can do."""

from concurrent.futures import BrokenExecutor, Executor

from warehouse.ledger.heartbeats import Holder


class WorkerPool:
    """Who computes beside this process; this one is nobody, and this process does all itself.

    Attributes
    ----------
    size : int
        How many units are computed at the same time.
    deaths : tuple of exception classes
        What a part ends with whose worker died.
    """

    size = 1
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def executor(self, unit_count: int, estimate_s: float | None = None) -> Executor | None:
        """Give the way to hand parts out; None where this process had better do so many units itself.

        `estimate_s` is how long they take one process by what earlier runs took; None where there were none.
        """
        return None

    def look_after(self) -> None:
        """Raise `WorkersLost` where nobody is left who could do the parts that wait."""

    def replace_dead(self) -> None:
        """See to it that parts can be handed out again after a worker has died."""

    def children(self) -> list[int]:
        """Give the numbers of the processes that this one has started."""
        return []

    def give_up(self, silent: Holder) -> None:
        """Let a worker go that gives no sign of life, and whose sessions have been ended."""
