"""`python -m tests.fuzz --examples 10000 [pytest's arguments]`: as many inputs as wanted, and the table of them."""

import argparse
import os
import sys

import pytest

if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=10_000, help="inputs for a parser that usually gets 300")
    known, rest = asked.parse_known_args()
    os.environ["WAREHOUSE_FUZZ_EXAMPLES"] = str(known.examples)
    sys.exit(pytest.main(["-q", *(rest or ["tests/fuzz"])]))
