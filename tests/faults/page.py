"""`python -m tests.faults.page LOAD RESULTS...`: write the page of what is seen when things die."""

import json
import re
import signal
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "when-things-die.md"
SUMS = ("times", "lost", "doubled", "seconds", "unsound", "endings")
HEAD = """# When things die

Nothing that was committed is lost, nothing is doubled, and the same command given again ends in the same rows. The
table is made by `python -m tests.faults`, which brings each fault upon a small simulated study ({day}; {tries:,}
tries), looks at what a reader sees before anything is repaired, gives the same command again, and compares every table
with that of an undisturbed run by natural key. *Recovery* is the time the second command took, the start of the server
included, on a machine of two cores under a load of about {load}: median / longest.

| what happens | tried | rows lost | rows doubled | recovery [s] | all held | what you see | what to do |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
FOOT = """
*All held* stands for: no reader, extraction or computed unit is seen in part, in tables and in every view; every unit
in the ledger has its rows and every row its unit; afterwards no run stands as running without a process, and no
process, connection, lock, lease, temporary table, loose partition or file of the server is left over.

What decides is never a clock: runs and units are ordered by their numbers, and a run lives as long as it holds its
lock. A killed command leaves its run as `running`; the next command of any kind finds the lock free and marks it as
interrupted. SIGTERM and Ctrl-C are told apart by the exit code (143, 130) and leave the run as interrupted themselves.

A server that is silent is told from one that is busy. What acknowledges nothing (a cable, a machine without power) is
found by the operating system within half a minute: every connection has keepalives and a user time-out, on both sides.
What takes every byte and never answers (a proxy, a firewall that has forgotten the connection) is found by the program:
when nothing has come for 15 seconds, it asks the server over a second connection what it does for the first. A
statement that runs, or waits for a lock, goes on for as long as it takes. Where the server waits for the program, or
answers nobody, twice in a row, the command ends with exit code 4 after at most 40 seconds, and has the server end the
session, so that its locks go. SIGTERM and Ctrl-C end every command within five seconds: what it waits for on the server
is cancelled, after 1.5 seconds the session is ended, and after four the process.

A process that is stopped, or whose machine hangs, keeps its locks though it does nothing. Each process that works
gives a sign of life every ten seconds, by the server's clock. After a minute without one, the next command that needs
what it holds says so, has the server end its sessions, and takes its work over; should it go on one day, it has no
connection to write with, and ends with exit code 4.

The lock is the ledger's connection's, which may be lost while the others live. Who has lost it writes no unit more:
each unit first makes sure that its process holds the run, in the transaction that writes it, and who takes the run over
waits for that transaction; units of `compute` are leased. What an extraction attests to (`model.extraction`) grows with
its pieces, in their transactions: one that was taken up again attests to the same as one that was not.

Faults tried a few times are known to work, not to work always: `python -m tests.faults --times` says how often they are
tried, and prints of each that did not hold what did not. A try counts only where the process was still there when the
fault befell it; *nothing: it goes on* means that it ended as if nothing had happened, its work done or its connection
not needed any more. Of a migration, what is compared is the catalogue, and the time is that of each command.

What a killed command kept in `TMPDIR` (an untrained model, the cells of a large corpus) stays there until the system
clears it; all other commands leave nothing.

What is not covered: power lost while the disk lies about what it has written, memory that flips bits, and two programs
of different versions at once. Files that hold another study's numbers without being broken are not noticed by anyone.
"""


def page(results: Iterable[Mapping[str, Any]], load: int) -> str:
    """Write the page."""
    rows = merged(results)
    told = HEAD.format(day=datetime.now(UTC).date(), tries=sum(row["times"] for row in rows), load=load)
    return told + "".join(f"{_line(row)}\n" for row in rows) + FOOT


def merged(results: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Put the tries of a fault together that was tried on more than one occasion."""
    found: dict[str, dict[str, Any]] = {}
    for row in results:
        if row["fault"] in found:
            before = found[row["fault"]]
            before.update({name: before[name] + row[name] for name in SUMS})
        else:
            found[row["fault"]] = dict(row)
    return list(found.values())


def _line(row: Mapping[str, Any]) -> str:
    if row["skipped"]:
        return f"| {row['fault']} | not here: {row['skipped']} | | | | | | {row['advice']} |"
    seconds = f"{median(row['seconds']):.1f} / {max(row['seconds']):.1f}"
    seen = "; ".join(dict.fromkeys(_seen(code, said) for code, said, _ in row["endings"][:3]))
    held = "yes" if not row["unsound"] else f"no ({row['unsound']})"
    values = (row["fault"], row["times"], row["lost"], row["doubled"], seconds, held, seen, row["advice"])
    return "| " + " | ".join(map(str, values)) + " |"


def _seen(code: int, said: str) -> str:
    if code < 0:
        return f"the shell's `{signal.strsignal(-code)}`"
    if code == 0:
        return "nothing: it goes on"
    said = re.sub(r"/\S*/(?=\w+[\w.]*)", "", said.removeprefix("Error: "))
    said = re.sub(r" \([^)]*\)", "", said)
    return f"exit {code}: {said.replace('|', ' ')}"


if __name__ == "__main__":
    found = [json.loads(line) for name in sys.argv[2:] for line in Path(name).read_text().splitlines()]
    PAGE.write_text(page(found, int(sys.argv[1])))
