"""The forward pass of a batch, with every layer's attention merged to words and sent off as it is computed."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ingest.attention.batches import batches, halves
from ingest.attention.capture import require_witnessed
from ingest.attention.loss import begins_word, token_log_probabilities
from ingest.attention.merging import Cells, Merging, cells
from ingest.attention.methods import METHODS
from ingest.attention.stream import Carrier, Parcel
from ingest.attention.tokens import Sentence
from warehouse.errors import BadInput

log = logging.getLogger("warehouse.attention")


@dataclass(frozen=True)
class LayerWords:
    """One layer of one batch: ``parcel`` opens to float32 (n_kept, n_maps), its rows as `cells` says."""

    layer: int
    cells: Cells
    parcel: Parcel


@dataclass(frozen=True)
class Predictions:
    """How one batch's tokens were predicted: ``parcel`` opens to float32 (2, tokens of the batch) [nats].

    First the log probability of each token (nan for the first of each sentence), then that of a beginning of a word
    after it; sentence by sentence.
    """

    sentences: Sequence[Sentence]
    parcel: Parcel


Result = LayerWords | Predictions


@dataclass
class Engine:
    """A loaded model that turns sentences into results.

    Attributes
    ----------
    model, tokenizer
        Of transformers; the model with the attention implementation `capture.WITNESSED`.
    name : str
        For messages.
    is_causal : bool
    method : str
        One of `methods.METHODS`.
    layers : tuple of int
        Those wanted.
    batch_tokens : int
        Padded tokens at once; halved for good whenever the device's memory does not suffice.
    """

    model: Any
    tokenizer: Any
    name: str
    is_causal: bool
    method: str
    layers: tuple[int, ...]
    batch_tokens: int
    _carrier: Carrier = field(default_factory=Carrier)

    def __post_init__(self) -> None:
        require_witnessed(self.model, self.name)
        self.model.config.use_cache = False  # nothing is generated, and a layer may be computed twice
        self.predicts = self.is_causal and self.method == "raw"  # the loss is the same for every method: told once
        self.begins = begins_word(self.tokenizer) if self.predicts else None

    def run(self, sentences: Sequence[Sentence], put: Callable[[Result], None]) -> None:
        """Hand every layer of the sentences, then their predictions, to `put`, batch by batch."""
        for batch in batches(sentences, self.batch_tokens):
            with torch.inference_mode():
                self._run_within_memory(batch, put, frozenset())

    def _run_within_memory(
        self, batch: Sequence[Sentence], put: Callable[[Result], None], delivered: frozenset[int]
    ) -> None:
        """Run a batch, in halves where memory does not suffice; layers handed over by then are not repeated."""
        done = set(delivered)
        try:
            self._forward(batch, put, done)
            return
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
        if len(batch) == 1:
            what = f"one sentence of {len(batch[0])} tokens needs more memory than {self.model.device} has"
            raise BadInput(what, self.name, "choose a smaller dtype, or spread the model with --device split")
        self._halve()
        for half in halves(batch):
            self._run_within_memory(half, put, frozenset(done))

    def _halve(self) -> None:
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()
        self.batch_tokens = max(1, self.batch_tokens // 2)
        log.warning("%s: out of device memory; going on with batches of %d tokens", self.name, self.batch_tokens)

    def _forward(self, batch: Sequence[Sentence], put: Callable[[Result], None], done: set[int]) -> None:
        kept, mergings = cells(batch, self.is_causal), dict[torch.device, Merging]()

        def emit(layer: int, attention: torch.Tensor) -> None:
            if layer not in self.layers or layer in done:
                return
            device = attention.device
            if device not in mergings:
                mergings[device] = Merging(batch, kept, self.is_causal, device)
            put(LayerWords(layer, kept, self._carrier.send(mergings[device](attention))))
            done.add(layer)

        ids, mask = padded(batch, self.model.device)
        with METHODS[self.method](self.model, mask, emit) as witness:
            output = self.model(input_ids=ids, attention_mask=mask)
        self._require_layers(witness.layers)
        if self.predicts:
            put(Predictions(batch, self._carrier.send(self._predictions(batch, output.logits))))

    def _predictions(self, batch: Sequence[Sentence], logits: torch.Tensor) -> torch.Tensor:
        return torch.cat([token_log_probabilities(logits[b], s.ids, self.begins) for b, s in enumerate(batch)], dim=1)

    def _require_layers(self, seen: int) -> None:
        expected = self.model.config.get_text_config().num_hidden_layers
        if seen != expected:
            what = f"attention came from {seen} of its {expected} layers"
            raise BadInput(what, self.name, "choose a model whose layers all have softmax attention")


def padded(batch: Sequence[Sentence], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad at the end: ids and mask, (n_sentences, longest).

    Padding at the end leaves every position as it is alone, and masked keys get a weight of exactly 0, so each
    sentence's numbers are those it has alone, up to the order of summation.
    """
    longest = max(map(len, batch))
    ids = np.zeros((len(batch), longest), dtype=np.int64)
    mask = np.zeros((len(batch), longest), dtype=np.int64)
    for row, sentence in enumerate(batch):
        ids[row, : len(sentence)] = sentence.ids
        mask[row, : len(sentence)] = 1
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)


def _is_out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
