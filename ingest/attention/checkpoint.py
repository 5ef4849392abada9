"""What the files of a model say about it, before its weights are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoModelForCausalLM
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_MASKED_LM_MAPPING_NAMES as MASKED,
)

from ingest.attention.access import text_config
from ingest.attention.refusal import explain_foreign_errors
from warehouse.errors import BadInput

BIDIRECTIONAL = ("xlnet", "bert-generation")
"""Models that transformers lists as decoders only, and that see what follows a word too."""
SEES_ALL = "use_bidirectional_attention"
"""What configurations of Gemma say; those of others say ``is_causal``."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The files of a model; equal to itself only.

    Attributes
    ----------
    name : str
        As given: directory or hub name.
    path : Path
    revision : str
        The hub's commit, or for a directory the first 16 digits of the SHA-256 over its files.
    files : mapping of str to str
        Name to SHA-256, of weights, configuration and tokenizer.
    config : transformers.PretrainedConfig
    part : str
        Of an encoder-decoder ``encoder``, ``decoder`` or ``cross``, else empty.
    gguf : str
        The file of the folder that holds it all as GGUF; empty for safetensors.
    """

    name: str
    path: Path
    revision: str
    files: Mapping[str, str]
    config: Any
    part: str = ""
    gguf: str = ""

    @property
    def quantised_by(self) -> str:
        """What the weights were quantised by; empty for weights as they were trained."""
        told = getattr(self.config, "quantization_config", None)
        return (
            str((told if isinstance(told, dict) else vars(told)).get("quant_method", "another library")) if told else ""
        )

    @property
    def is_language_model(self) -> bool:
        """True for decoders of their own, which predict the next token and see no later one.

        Raises
        ------
        BadInput
            For an architecture that is neither a decoder nor an encoder of text.
        """
        kind = self.config.model_type
        if self.part or self.is_stated_bidirectional:
            return False
        if kind in (*MASKED, *BIDIRECTIONAL) and not getattr(self.config, "is_decoder", False):
            return False
        if kind not in CAUSAL:
            raise BadInput(f"{kind!r} is neither a decoder nor an encoder of text alone", self.name, "choose another")
        return True

    @property
    def is_stated_bidirectional(self) -> bool:
        """True for a decoder that its configuration makes an encoder, as EmbeddingGemma's does."""
        config = text_config(self.config, self.part)
        return getattr(config, "is_causal", None) is False or getattr(config, SEES_ALL, None) in (True, "all")

    @property
    def is_causal(self) -> bool:
        """True where a word sees only what precedes it."""
        return self.part == "decoder" or self.is_language_model

    @property
    def vocabulary_size(self) -> int:
        """How many token ids the model has."""
        sizes = [e.num_embeddings for e in [self.skeleton.get_input_embeddings()] if hasattr(e, "num_embeddings")]
        return int(min([text_config(self.config, self.part).vocab_size, *sizes]))

    @property
    def context_length(self) -> int | None:
        """Longest text in tokens; None where positions are relative and there is no limit."""
        stated = getattr(text_config(self.config, self.part), "max_position_embeddings", None)
        tables = [_places(m) for name, m in self.skeleton.named_modules() if "position" in name.rpartition(".")[2]]
        lengths = [length for length in [stated, *tables] if isinstance(length, int) and length > 0]
        return min(lengths, default=None)

    @cached_property
    def skeleton(self) -> Any:
        """The model without its weights."""
        with explain_foreign_errors("its configuration makes no model", self.name), torch.device("meta"):
            return self.auto.from_config(self.config, trust_remote_code=False)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "skeleton"}  # goes to other processes

    @property
    def auto(self) -> Any:
        """What makes the model: with the head that predicts for decoders of their own, else without any."""
        return AutoModelForCausalLM if self.is_language_model else AutoModel

    @property
    def decoder_start(self) -> int | None:
        """The id that the decoder of an encoder-decoder begins with, where that is what attends.

        Raises
        ------
        BadInput
            If the configuration does not say.
        """
        if self.part not in ("decoder", "cross"):
            return None
        sides = (self.config, text_config(self.config, self.part))
        names = ("decoder_start_token_id", "bos_token_id", "pad_token_id")
        known = [getattr(side, name, None) for name in names for side in sides]
        found = [one for one in known if isinstance(one, int)]
        if not found:
            raise BadInput("its config.json names no token that its decoder begins with", self.name, "add one")
        return found[0]

    @property
    def has_learned_sinks(self) -> bool:
        """True where heads may attend to a learned sink, which is not a token: rows of weights need not sum to 1."""
        return any("sink" in name for name, _ in self.skeleton.named_parameters())


def resolve_part(config: Any, part: str, name: str) -> str:
    """Give the part of an encoder-decoder that is taken, by default its encoder; other models have none."""
    if getattr(config, "is_encoder_decoder", False):
        return part or "encoder"
    if part:
        raise BadInput("only an encoder-decoder has parts", name, "leave --part out")
    return ""


def _places(module: Any) -> int | None:
    """How many positions a table of positions has; RoBERTa's family and BART's set some aside."""
    if not isinstance(module, torch.nn.Embedding):
        return None
    aside = getattr(module, "offset", 0 if module.padding_idx is None else module.padding_idx + 1)
    return int(module.num_embeddings - aside)
