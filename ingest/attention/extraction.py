"""From a job to extractions: each planned without loading the model, which is loaded when a piece is missing."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
import transformers

from ingest.attention.attestation import agreement, sample
from ingest.attention.batches import PIECE_TOKENS, batches, whole_articles
from ingest.attention.checkpoint import Checkpoint
from ingest.attention.contexts import Context, contexts
from ingest.attention.devices import device_name, resolve_devices
from ingest.attention.engine import Engine, Result
from ingest.attention.handover import stream_results
from ingest.attention.jobs import Job, parse_layers
from ingest.attention.loading import find_checkpoint, load, load_tokenizer, model_facts
from ingest.attention.loss import begins_word
from ingest.attention.prefixes import Condition
from ingest.attention.refusal import explain_foreign_errors
from ingest.attention.results import ROW_SUM_TOLERANCE, Checked, rows_of
from ingest.attention.sentence_pieces import require_same_pieces
from ingest.attention.sentences import Sentence
from ingest.attention.shards import Shards
from ingest.attention.tokenizer_trial import try_tokenizer
from ingest.attention.tokens import encode_all, require_known_ids
from warehouse.declarations import Table
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Block, Columns, Extraction, Piece, Rejection, RowSums

METHOD_VERSION = 1
"""To be counted up when the same inputs give other numbers; stored extractions are then taken again."""


SEEN_BY = {
    "interface": "the model's own eager attention, seen where it is computed",
    "hooks": "the model's own eager attention, taken out of what each attention module returns",
}
"""What the attestation says of the way that was taken."""


@dataclass(frozen=True)
class Plan:
    """One extraction to be: everything that decides its numbers."""

    name: str
    checkpoint: Checkpoint
    condition: Condition
    method: str
    dtype: str
    layers: tuple[int, ...]
    batch_tokens: int
    device: str
    keep: str = "cells"
    sums_by: str = ""

    def engine(self) -> Engine:
        """Load the model, or take the one loaded last."""
        loaded = load(self.checkpoint, self.device, self.dtype)
        return Engine(
            loaded.model, loaded.tokenizer, self.name, self.checkpoint.is_causal, self.method, self.layers,
            self.batch_tokens, loaded.access, loaded.has_head and self.checkpoint.is_language_model,
            self.checkpoint.has_learned_sinks,
        )  # fmt: skip

    def digest(self, sentences: Sequence[Sentence]) -> str:
        """SHA-256 over what decides the numbers; the batch size and the device do not."""
        return _digest([
            METHOD_VERSION, self.name, dict(self.checkpoint.files), self.condition.prefix, self.method, self.dtype,
            self.layers, ([s.text, s.ids, iter(s.shares)] for s in sentences),
            *([self.checkpoint.part, ([s.source.ids, iter(s.source.shares)] for s in sentences if s.source)]
              if self.checkpoint.part in ("decoder", "cross") else []),
        ])  # fmt: skip


def extractions(
    job: Job, stimulus: Stimulus, conditions: Sequence[Condition], pages: Mapping[int, int] = MappingProxyType({})
) -> Iterator[Extraction]:
    """Plan every condition and method of a job; each is yielded in turn, its processes ended before the next.

    `pages` are those of `Stored.pages`, where a condition has them as its context.

    Raises
    ------
    BadInput
        If the model, its tokenizer or an option cannot be used.
    """
    checkpoint, devices = find_checkpoint(job.checkpoint, job.revision, job.part), resolve_devices(job.device)
    facts = model_facts(checkpoint)
    language_model = {"model": job.warehouse_name, "stage": job.stage, "base_model": job.base_model, **facts}
    layers = parse_layers(job.layers, facts["layer_count"])
    if job.attention_layers_only:  # which these are is seen when the model is loaded
        attending = load(checkpoint, devices[0], job.dtype).access.layers
        layers = tuple(layer for layer in layers if layer in attending)
    for condition, method in product(conditions, job.method):
        common = (job.warehouse_name, checkpoint, condition, method, job.dtype, layers, job.batch_tokens)
        plans = [Plan(*common, device, job.keep, job.sums_by) for device in devices]
        with closing(_PlannedExtraction(plans, stimulus, contexts(stimulus, condition.context, pages))) as taking:
            yield taking.extraction(language_model)
    load.cache_clear()
    load_tokenizer.cache_clear()


class _PlannedExtraction:
    """One extraction on its way: its sentences, the pieces they make, and who computes them."""

    def __init__(self, plans: Sequence[Plan], stimulus: Stimulus, around: Sequence[Context]) -> None:
        self.plan, self._stimulus = plans[0], stimulus
        checkpoint, condition = self.plan.checkpoint, self.plan.condition
        said = [context.around(text) for context, text in zip(around, stimulus.text, strict=True)]
        texts = [condition.surround(text) for text in said]
        chats = [condition.messages(text) for text in said] if condition.is_chat else []
        try_tokenizer(checkpoint.path, texts, checkpoint.name, chats, checkpoint.gguf)
        tokenizer = load_tokenizer(checkpoint)
        if not checkpoint.gguf:
            require_same_pieces(checkpoint.path, tokenizer, texts, checkpoint.name)
        with explain_foreign_errors("its tokenizer fails", checkpoint.name):
            self.sentences, self._rejections = encode_all(
                stimulus, condition, tokenizer, checkpoint.context_length, checkpoint.decoder_start, around
            )
        if not self.sentences:
            first = self._rejections[0]
            raise BadInput(f"no sentence can be used ({first.place}: {first.reason})", self.plan.name, "choose another")
        require_known_ids(self.sentences, checkpoint.vocabulary_size, checkpoint.name)
        predicts = checkpoint.is_language_model and self.plan.method == "raw"
        self._begins = begins_word(tokenizer) if predicts else None
        groups = self._groups(stimulus)
        self._pieces = {f"sentences {number}": group for number, group in enumerate(groups)}
        self._shards = Shards([p.engine for p in plans], self._pieces) if len(plans) > 1 else None

    def _groups(self, stimulus: Stimulus) -> list[list[Sentence]]:
        """Divide the sentences into pieces: of whole articles where sums are kept, which may be by article."""
        if self.plan.keep == "cells":
            return batches(self.sentences, PIECE_TOKENS)
        article = dict(zip(stimulus.sentence_id.tolist(), stimulus.article.tolist(), strict=True))
        return whole_articles(self.sentences, article, PIECE_TOKENS)

    def extraction(self, language_model: Mapping[str, Any]) -> Extraction:
        """Declare it."""
        plan = self.plan
        digest = plan.digest(self.sentences)
        return Extraction(
            corpus_id=self._stimulus.corpus_id,
            model=language_model,
            condition=plan.condition.columns(),
            method=plan.method,
            alignment="word",
            dtype=plan.dtype,
            is_causal=plan.checkpoint.is_causal,
            layers=plan.layers,
            digest=digest,
            pieces=[Piece(key, _digest([digest, key]), partial(self._contents, key)) for key in self._pieces],
            attest=self._attestation,
            warnings=self._warnings(int(language_model["layer_count"])),
            files=plan.checkpoint.files,
            map_count=1 if plan.method == "value-zeroing" else None,
            kept=plan.keep,
            summed_by=None if plan.keep == "cells" else plan.sums_by,
        )

    def close(self) -> None:
        """End the processes, if any."""
        if self._shards is not None:
            self._shards.close()

    def _contents(self, key: str) -> Iterator[Block | tuple[Table, Columns] | Rejection | RowSums]:
        checked = Checked(self.plan.name, self.plan.dtype)
        if key == next(iter(self._pieces)):
            yield from self._rejections
        for result in self._results(key):
            yield from rows_of(result, checked, self._begins)
        yield checked.row_sums()

    def _results(self, key: str) -> Iterator[Result]:
        if self._shards is not None:
            return self._shards.take(key)
        return stream_results(partial(self.plan.engine().run, self._pieces[key]))

    def _warnings(self, layer_count: int) -> dict[str, str]:
        parts = []
        if len(self.plan.layers) < layer_count:
            parts.append(f"{len(self.plan.layers)} of {layer_count} layers")
        if self._rejections:
            parts.append(f"{len(self.sentences)} of {len(self._stimulus)} sentences")
        return {"partial_coverage": ", ".join(parts)} if parts else {}

    def _attestation(self) -> dict[str, Any]:
        """Take the sample again the slow way; tell what was found, and where it was computed."""
        self.close()  # frees the devices
        plan = self.plan
        engine = plan.engine()
        return {
            "layers_returned": len(plan.layers),
            "is_finite": True,  # a piece with anything else is refused
            "row_sum_tolerance": ROW_SUM_TOLERANCE[plan.dtype],
            "float32_reference": agreement(engine, sample(self.sentences), plan.dtype),
            "part": plan.checkpoint.part,
            "weights": "dequantised from GGUF" if plan.checkpoint.gguf else "as they are",
            "has_learned_sinks": plan.checkpoint.has_learned_sinks,
            "revision": plan.checkpoint.revision,
            "device": device_name(plan.device),
            "batch_tokens": plan.batch_tokens,
            "attention": SEEN_BY[engine.access.way],
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        }


def _digest(content: Any) -> str:
    """Give the SHA-256 over content as JSON."""
    digest = hashlib.sha256()
    for part in _as_json(content):
        digest.update(part.encode())
    return digest.hexdigest()


def _as_json(content: Any) -> Iterator[str]:
    """Write JSON part by part: the shares of a long text, written as a whole, would fill the memory."""
    if isinstance(content, list | Iterator):
        yield "["
        for number, part in enumerate(content):
            yield ", " if number else ""
            yield from _as_json(part)
        yield "]"
    else:
        yield json.dumps(content.tolist() if isinstance(content, np.ndarray) else content, sort_keys=True)
