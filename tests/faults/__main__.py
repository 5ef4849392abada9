"""`python -m tests.faults [--times N] [--only NAME]`: try every fault and print what came of it."""

import argparse
import json
import re
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from tests.faults.faults import FAULTS, MIGRATIONS
from tests.faults.schema_changes import interrupted
from tests.faults.study import new_study
from tests.faults.table import Row, heading
from tests.faults.trying import tried

NEWEST, STATEMENTS = 3, 1700
"""So many revisions are interrupted after every statement; about so many statements all of them have, down and up."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="tries of a fault that is quickly tried")
    parser.add_argument(
        "--only", default="", metavar="NAME", help="faults in whose names this is found, a regular expression"
    )
    parser.add_argument("--seed", type=int, default=20231206, help="of the random moments")
    parser.add_argument("--minutes", type=float, default=60, help="after which a fault is not tried again")
    parser.add_argument("--results", type=Path, help="file to which a line of JSON a fault is added")
    given = parser.parse_args()
    _tell(heading())
    with new_study() as study:
        for fault in (fault for fault in (*FAULTS, MIGRATIONS) if re.search(given.only, fault.name)):
            moments = Random(given.seed)
            if fault is MIGRATIONS:
                others = max(1, STATEMENTS // (2 * given.times))
                named = replace(fault, name=fault.name.format(newest=NEWEST, others=others))
                row = Row(named, list(interrupted(study, moments, partial(_stride, others))))
            else:
                row = Row(fault, *tried(study, fault, given.times, moments, given.minutes))
            _tell(str(row))
            if given.results:
                with given.results.open("a") as file:
                    file.write(json.dumps(row.as_facts()) + "\n")


def _stride(others: int, age: int) -> int:
    return 1 if age < NEWEST else others


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
