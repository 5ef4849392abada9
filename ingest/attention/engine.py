"""The forward pass of a batch, with every layer's attention merged to words and sent off as it is computed."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ingest.attention.access import Access, observe
from ingest.attention.batches import BatchSize, by_length, first_batch, halves, padded_size
from ingest.attention.loss import begins_word, token_log_probabilities
from ingest.attention.merging import Cells, Merging, cells
from ingest.attention.methods import METHODS, NEED_VALUES
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
        Of transformers.
    name : str
        For messages.
    is_causal : bool
    method : str
        One of `methods.METHODS`.
    layers : tuple of int
        Those wanted.
    batch_tokens : int
        Padded tokens at once; less while the device's memory does not suffice.
    access : Access
        How the model's attention is seen; found out where it is not given.
    has_learned_sinks : bool
        Whether rows of weights may sum to less than 1, a learned sink having the rest.
    predicts : bool
        Whether the next-token loss is wanted too, which is the same for every method: told with raw attention only.
    """

    model: Any
    tokenizer: Any
    name: str
    is_causal: bool
    method: str
    layers: tuple[int, ...]
    batch_tokens: int
    access: Access = None  # type: ignore[assignment]
    predicts: bool = True
    has_learned_sinks: bool = False
    _carrier: Carrier = field(default_factory=Carrier)

    def __post_init__(self) -> None:
        self.model.config.use_cache = False  # nothing is generated, and a layer may be computed twice
        self.access = self.access or observe(self.model, self.tokenizer, self.name)
        require_possible(self.method, self.access, self.layers, self.name)
        self.predicts = self.predicts and self.is_causal and self.method == "raw"
        self.begins = begins_word(self.tokenizer) if self.predicts else None
        self._network = self.model if self.predicts else getattr(self.model, "base_model", self.model)

    def run(self, sentences: Sequence[Sentence], put: Callable[[Result], None]) -> None:
        """Hand every layer of the sentences, then their predictions, to `put`, batch by batch."""
        size, rest = BatchSize(self.batch_tokens), by_length(sentences)
        while rest:
            batch = first_batch(rest, size.tokens) if self.access.may_pad else rest[:1]
            with torch.inference_mode():
                self._run_within_memory(batch, put, frozenset(), size)
            rest = rest[len(batch) :]
        self.batch_tokens = size.tokens

    def _run_within_memory(
        self, batch: Sequence[Sentence], put: Callable[[Result], None], delivered: frozenset[int], size: BatchSize
    ) -> None:
        """Run a batch, in halves where memory does not suffice; layers handed over by then are not repeated."""
        done = set(delivered)
        try:
            self._forward(batch, put, done)
            size.worked()
            return
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
        if len(batch) == 1:
            what = f"one sentence of {len(batch[0])} tokens needs more memory than {self.model.device} has"
            raise BadInput(what, self.name, "choose a smaller dtype, or spread the model with --device split")
        self._make_smaller(batch, size)
        for half in halves(batch):
            self._run_within_memory(half, put, frozenset(done), size)

    def _make_smaller(self, batch: Sequence[Sentence], size: BatchSize) -> None:
        if self.model.device.type == "cuda":
            torch.cuda.empty_cache()
        size.failed(padded_size(batch))
        log.warning("%s: out of device memory; going on with batches of %d tokens", self.name, size.tokens)

    def _forward(self, batch: Sequence[Sentence], put: Callable[[Result], None], done: set[int]) -> None:
        kept, mergings = cells(batch, self.is_causal), dict[torch.device, Merging]()
        seen = set[int]()

        def emit(layer: int, attention: torch.Tensor) -> None:
            seen.add(layer)
            if layer not in self.layers or layer in done:
                return
            device = attention.device
            if device not in mergings:
                mergings[device] = self.merging(batch, kept, device)
            put(LayerWords(layer, kept, self._carrier.send(mergings[device](attention))))
            done.add(layer)

        inputs = padded(batch, self.model.device)
        with METHODS[self.method](self.access, inputs["attention_mask"], emit), self.access.open(self._network) as call:
            output = self._called(call, inputs)
        self._require_layers(seen)
        if self.predicts:
            put(Predictions(batch, self._carrier.send(self._predictions(batch, output.logits))))

    def merging(self, batch: Sequence[Sentence], kept: Cells, device: torch.device) -> Merging:
        """Make the merging of a batch: of cross-attention the columns are the words of the source."""
        looked_at = [s.source for s in batch if s.source] if self.access.part == "cross" else None
        return Merging(batch, kept, self.is_causal, device, self.has_learned_sinks, looked_at)

    def _called(self, call: Callable[..., Any], inputs: Mapping[str, torch.Tensor]) -> Any:
        """Call the model; what it raises of a text, such as one beyond its positions, becomes a sentence."""
        try:
            return call(**inputs)
        except (IndexError, ValueError, TypeError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and _is_out_of_memory(error):
                raise
            said = (str(error).strip() or type(error).__name__).split("\n")[0][:200]
            what = f"it fails on a text of {inputs['input_ids'].shape[1]} tokens ({said})"
            raise BadInput(what, self.name, "leave longer texts out, or choose another model") from error

    def _predictions(self, batch: Sequence[Sentence], logits: torch.Tensor) -> torch.Tensor:
        return torch.cat([token_log_probabilities(logits[b], s.ids, self.begins) for b, s in enumerate(batch)], dim=1)

    def _require_layers(self, seen: set[int]) -> None:
        if missing := sorted(set(self.layers) - seen):
            raise BadInput(f"layer {missing[0]} formed no attention for this text", self.name, "choose another model")


def require_possible(method: str, access: Access, layers: Sequence[int], name: str) -> None:
    """Refuse layers that have no softmax attention, and methods that need more than can be seen of the model.

    Raises
    ------
    BadInput
        Naming the layers that have attention, or the methods that remain.
    """
    if missing := sorted(set(layers) - set(access.layers)):
        what = f"layer {missing[0]} has no softmax attention over all tokens; layers {_listed(access.layers)} have"
        raise BadInput(what, name, "give --attention-layers-only, or name layers with --layers")
    if access.way == "hooks" and method in NEED_VALUES:
        what = f"{method} needs the values that are attended to, and this architecture returns its weights only"
        raise BadInput(what, name, "choose --method raw or rollout")
    if access.part in UNLIKE_SELF_ATTENTION.get(method, ()):
        raise BadInput(f"{method} is not defined for {access.part}", name, "choose --method raw or norm")
    if method == "rollout" and access.layers != tuple(range(len(access.layers))):
        raise BadInput("rollout goes through all layers, and some have no attention", name, "choose --method raw")


UNLIKE_SELF_ATTENTION = {"rollout": ("cross",), "value-zeroing": ("cross", "decoder")}
"""Parts of an encoder-decoder for which a method is not defined: their layers hear of more than their own words."""


def _listed(layers: Sequence[int]) -> str:
    return ", ".join(map(str, layers))


def padded(batch: Sequence[Sentence], device: torch.device) -> dict[str, torch.Tensor]:
    """Pad at the end: ids and mask, (n_sentences, longest), by the names of a model's arguments.

    Padding at the end leaves every position as it is alone, and masked keys get a weight of exactly 0, so each
    sentence's numbers are those it has alone, up to the order of summation.
    """
    sources = [s.source for s in batch if s.source]
    given = zip(("input_ids", "attention_mask"), _padded(sources or batch, device), strict=True)
    if not sources:
        return dict(given)
    decoder = zip(("decoder_input_ids", "decoder_attention_mask"), _padded(batch, device), strict=True)
    return dict(given) | dict(decoder)


def _padded(batch: Sequence[Sentence], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(s.ids) for s in batch)
    ids = np.zeros((len(batch), longest), dtype=np.int64)
    mask = np.zeros((len(batch), longest), dtype=np.int64)
    for row, sentence in enumerate(batch):
        ids[row, : len(sentence.ids)] = sentence.ids
        mask[row, : len(sentence.ids)] = 1
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)


def _is_out_of_memory(error: RuntimeError) -> bool:
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or any(mark in said for mark in OUT_OF_MEMORY)


OUT_OF_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
"""How it is said where it is not an error of its own: by the host, and by libraries that allocate for themselves."""
