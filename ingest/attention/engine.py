"""The forward pass of a batch, with every layer's attention merged to words and sent off as it is computed."""

import logging
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from ingest.attention.access import Access, find_access
from ingest.attention.batches import by_length, first_batch, halves, padded_size
from ingest.attention.capture import ALL_ROWS
from ingest.attention.inputs import on_device, pad_batch
from ingest.attention.long_texts import LongMerging, row_blocks
from ingest.attention.loss import begins_word, token_log_probabilities
from ingest.attention.memory import BatchSize, is_out_of_memory
from ingest.attention.merging import Cells, Merging, cells
from ingest.attention.methods import IN_ROWS, METHODS, NEED_VALUES, Emit
from ingest.attention.sentences import Sentence
from ingest.attention.stream import HostCopies, Pending
from warehouse.errors import BadInput

log = logging.getLogger("warehouse.attention")


@dataclass(frozen=True)
class LayerWords:
    """One layer of one batch, or some words' rows of one of a long text: ``values`` opens to float32 (n_kept, n_maps),
    its rows as `cells` says."""

    layer: int
    cells: Cells
    values: Pending


@dataclass(frozen=True)
class Predictions:
    """How one batch's tokens were predicted: ``values`` opens to float32 (2, tokens of the batch) [nats].

    First the log probability of each token (nan for the first of each sentence), then that of a beginning of a word
    after it; sentence by sentence.
    """

    sentences: Sequence[Sentence]
    values: Pending


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
    _copies: HostCopies = field(default_factory=HostCopies)

    def __post_init__(self) -> None:
        self.model.config.use_cache = False  # nothing is generated, and a layer may be computed twice
        self.access = self.access or find_access(self.model, self.tokenizer, self.name)
        require_supported(self.method, self.access, self.layers, self.name)
        self.predicts = self.predicts and self.is_causal and self.method == "raw"
        self.begins = begins_word(self.tokenizer) if self.predicts else None
        self._network = self.model if self.predicts else getattr(self.model, "base_model", self.model)
        self._devices = {parameter.device for parameter in self.model.parameters()}
        self._beginnings = self._begin_on_device()

    def run(self, sentences: Sequence[Sentence], put: Callable[[Result], None]) -> None:
        """Hand every layer of the sentences, then their predictions, to `put`, batch by batch."""
        size, rest = BatchSize(self.batch_tokens), by_length(sentences)
        while rest:
            batch = first_batch(rest, size.tokens)
            if not self.access.may_pad or self.row_blocks(batch[-1]):
                batch = rest[:1]
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
            if not is_out_of_memory(error):
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

    def row_blocks(self, sentence: Sentence) -> list[slice]:
        """Give the blocks of rows in which a long text is computed; none where that is not needed, or cannot be."""
        if not self.access.has_rows or self.method not in IN_ROWS:
            return []
        return row_blocks(sentence, self.access.head_count)

    def _forward(self, batch: Sequence[Sentence], put: Callable[[Result], None], done: set[int]) -> None:
        inputs, seen = pad_batch(batch, self.model.device), set[int]()
        wanted = frozenset(self.layers) - done
        if blocks := self.row_blocks(batch[0]):
            emit, options = self._by_rows(batch[0], blocks, put, wanted, seen), {"row_blocks": blocks}
        else:
            emit, options = self._by_layers(batch, put, wanted, seen, done), {}
        method = METHODS[self.method](self.access, inputs["attention_mask"], emit, **options)
        with method, self.access.open(self._network) as call:
            output = self._called(call, inputs)
        self._require_layers(seen)
        if self.predicts:
            put(Predictions(batch, self._copies.start(self._predictions(batch, inputs["input_ids"], output.logits))))

    def _by_layers(
        self, batch: Sequence[Sentence], put: Callable[[Result], None], wanted: Set[int], seen: set[int],
        done: set[int],
    ) -> Emit:  # fmt: skip
        """Make what merges the layers of a batch, notes those that were seen, and those that are handed over."""
        kept = cells(batch, self.is_causal)
        mergings = {device: self.merging(batch, kept, device) for device in self._devices}

        def emit(layer: int, attention: torch.Tensor, rows: slice = ALL_ROWS) -> None:
            seen.add(layer)
            if layer in wanted:
                put(LayerWords(layer, kept, self._copies.start(mergings[attention.device](attention))))
                done.add(layer)

        return emit

    def _by_rows(
        self, text: Sentence, blocks: list[slice], put: Callable[[Result], None], wanted: Set[int], seen: set[int]
    ) -> Emit:
        """Make what merges the blocks of rows of a long text."""
        looked_at = text.source if self.access.part == "cross" else None
        mergings = {
            device: LongMerging(text, blocks, self.is_causal, device, self.has_learned_sinks, looked_at)
            for device in self._devices
        }

        def emit(layer: int, attention: torch.Tensor, rows: slice = ALL_ROWS) -> None:
            seen.add(layer)
            merging = mergings[attention.device]
            if layer in wanted and (kept := merging.cells(rows)) is not None:
                put(LayerWords(layer, kept, self._copies.start(merging(attention, rows))))

        return emit

    def merging(self, batch: Sequence[Sentence], kept: Cells, device: torch.device) -> Merging:
        """Make the merging of a batch: of cross-attention the columns are the words of the source."""
        looked_at = [s.source for s in batch if s.source] if self.access.part == "cross" else None
        return Merging(batch, kept, self.is_causal, device, self.has_learned_sinks, looked_at)

    def _called(self, call: Callable[..., Any], inputs: Mapping[str, torch.Tensor]) -> Any:
        """Call the model; what it raises of a text, such as one beyond its positions, becomes a sentence."""
        try:
            return call(**inputs)
        except (IndexError, ValueError, TypeError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and is_out_of_memory(error):
                raise
            said = (str(error).strip() or type(error).__name__).split("\n")[0][:200]
            what = f"it fails on a text of {inputs['input_ids'].shape[1]} tokens ({said})"
            raise BadInput(what, self.name, "leave longer texts out, or choose another model") from error

    def _predictions(self, batch: Sequence[Sentence], ids: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
        ids = ids.to(logits.device, non_blocking=True)
        begins = self._beginnings.get(logits.device)
        found = [token_log_probabilities(logits[b], ids[b, : len(s.ids)], begins) for b, s in enumerate(batch)]
        return torch.cat(found, dim=1)

    def _begin_on_device(self) -> dict[torch.device, torch.Tensor]:
        """Give the ids that begin a word, on every device: copied once, and not for every sentence."""
        if self.begins is None:
            return {}
        return {device: on_device(np.flatnonzero(self.begins), device) for device in self._devices}

    def _require_layers(self, seen: set[int]) -> None:
        if missing := sorted(set(self.layers) - seen):
            raise BadInput(f"layer {missing[0]} formed no attention for this text", self.name, "choose another model")


def require_supported(method: str, access: Access, layers: Sequence[int], name: str) -> None:
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
