"""What one long text takes, in a process of its own: ``python -m benchmarks.long_text WORDS`` prints it as JSON.

A random Llama of 32 heads reads a text of so many made-up words; all layers are extracted, checked and attested, with
loss and surprisal. The database is not part of it.
"""

import json
import sys
import time
from functools import partial

import torch

from benchmarks.extraction import PLAIN, random_model, simulated_texts, trained_tokenizer
from benchmarks.memory import own_peak
from ingest.attention.attestation import agreement, sample
from ingest.attention.capture import WITNESSED
from ingest.attention.engine import Engine
from ingest.attention.handover import stream_results
from ingest.attention.results import Checked, rows_of
from ingest.attention.tokens import encode
from warehouse.plugin.contents import Block

LAYERS, HEADS, SIZE, INNER = 4, 32, 512, 1024


def main() -> None:
    count = int(sys.argv[1])
    torch.set_num_threads(2)
    texts = simulated_texts()
    tokenizer = trained_tokenizer(texts)
    words = tuple((" ".join(texts) + " ").split() * (1 + count // 1000))[:count]
    model = random_model((LAYERS, HEADS, SIZE, INNER), "cpu", context=8192)
    model.set_attn_implementation(WITNESSED)
    engine = Engine(model, tokenizer, "benchmark", True, "raw", tuple(range(LAYERS)), 2048)
    before, began = own_peak(), time.perf_counter()
    sentence = encode(1, " ".join(words), words, PLAIN, tokenizer)
    checked, cells = Checked("benchmark", "float32"), 0
    for result in stream_results(partial(engine.run, [sentence])):
        cells += sum(len(item.pairs) for item in rows_of(result, checked, engine.begins) if isinstance(item, Block))
    difference = agreement(engine, sample([sentence]), "float32")["max_abs_difference"]
    told = {
        "words": count, "tokens": len(sentence), "cells": cells, "before_mib": before, "peak_mib": own_peak(),
        "seconds": time.perf_counter() - began, "difference": difference,
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
