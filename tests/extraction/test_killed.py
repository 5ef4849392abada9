"""An extraction from a model is killed outright in the middle, and given again."""

import hashlib
import subprocess
import sys

from warehouse.cli import main
from warehouse.database import Database

KILLED = """
import itertools, os, signal, sys
from warehouse import extractions
from warehouse.cli import main

copy, calls = extractions.copy_attention, itertools.count(1)

def killed(*given):
    written = copy(*given)
    if next(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return written

extractions.copy_attention = killed
main(sys.argv[1:])
"""
TABLES = {
    "model.attention": "layer, sentence_id, from_word, to_word, weights",
    "model.attention_sink": "layer, sentence_id, from_word, sink_mass, outside_mass",
    "model.sentence_loss": "sentence_id, loss_sum_nats",
    "model.word_surprisal": "sentence_id, word_position",
}


def digests(database: Database) -> dict[str, str]:
    with database.connect(read_only=True) as connection:
        found = {}
        for table, columns in TABLES.items():
            question = f"SELECT {columns} FROM {table} JOIN model.extraction USING (extraction_id) WHERE true"
            kept = connection.execute(
                f"{question} AND extraction_id = (SELECT max(extraction_id) FROM model.extraction) ORDER BY {columns}"
            ).fetchall()
            found[table] = hashlib.sha256(repr(kept).encode()).hexdigest() if kept else "nothing"
        return found


def seen(database: Database) -> int:
    with database.connect(read_only=True) as connection:
        row = connection.execute("SELECT count(*) FROM slice.extraction_layer WHERE model LIKE 'untrained%'").fetchone()
        return int(row[0]) if row else 0


def test_an_extraction_killed_in_the_middle_is_not_seen_and_converges(study: Database) -> None:
    command = ["--quiet", "--dsn", study.dsn, "ingest", "untrained-model", "--layer-count", "3", "--head-count", "2"]
    done = subprocess.run([sys.executable, "-c", KILLED, *command], capture_output=True, text=True)
    assert (done.returncode, done.stderr, seen(study)) == (-9, "", 0)
    main(command)
    resumed = digests(study)
    assert seen(study) == 3
    assert "nothing" not in resumed.values()
    with study.connect(autocommit=True) as connection:
        connection.execute("UPDATE model.extraction SET digest = 'other' WHERE extraction_status = 'complete'")
    main(command)  # taken anew from the start, undisturbed
    assert digests(study) == resumed
