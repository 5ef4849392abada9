"""Attention that was extracted elsewhere and saved as one .npy array per layer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from ingest.attention_arrays.extraction import extraction
from ingest.attention_arrays.facts import model_facts
from ingest.attention_arrays.files import ArrayFile, array_files
from warehouse.errors import BadInput, UnknownName
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Extraction
from warehouse.plugin.registry import Formerly, source

PREFIXES = {"plain": "", "translate": "instr_", "paraphrase": "para_", "noise": "ctrl_"}
"""How the published files of each condition begin."""


@source(
    licence="that of the arrays, which stay where they are",
    citation="Gao, Huang, Li and Chen (2023), Findings of EMNLP, for the format and the published arrays",
)
def attention_arrays(
    directory: Annotated[Path, "Folder that holds one .npy array per layer."],
    *,
    stored: Stored,
    model: Annotated[str, "Name of the language model, e.g. llama-30b."],
    condition: Annotated[str, "What stood before each sentence: plain, translate, paraphrase, noise."] = "plain",
    corpus: Annotated[str, "The corpus that the model read."] = "reading_brain",
    as_published: Annotated[bool, "Accept token-level arrays: crop them to the words and mark them."] = False,
    family: Annotated[str | None, "Architecture family, e.g. llama."] = None,
    parameters: Annotated[int | None, "Number of parameters of the model."] = None,
    stage: Annotated[Literal["pretrained", "tuned"] | None, "Pretrained, or tuned from another model."] = None,
    base_model: Annotated[str | None, "Name of the model that a tuned one was tuned from."] = None,
    layer_count: Annotated[int | None, "Layers of the whole model, also where fewer are given."] = None,
    facts: Annotated[Path | None, "TOML file with family, stage, base_model, parameters, layer_count."] = None,
    file_name: Annotated[
        str | None, "Name of the files, with {layer} for the number of the layer.", Formerly("pattern")
    ] = None,
    keep: Annotated[
        Literal["cells", "sums", "both"], "Cells, sums over them in their place (for regressions), or both."
    ] = "cells",
    sums_by: Annotated[
        Literal["", "sentence", "article"], "What sums with readers are over; by sentence where readers are few."
    ] = "",
    store: Annotated[
        Literal["single", "half"], "Store weights as half: exact for float16 arrays, and about 40 % fewer bytes."
    ] = "single",
) -> Iterator[Extraction]:
    """Load attention arrays (articles, sentences, heads, words, words), zero-padded, one file per layer.

    Every file's header is checked before anything is loaded, every layer's values before it is written.

    Parameters
    ----------
    directory : Path
        Where the files are; their names tell the layers, some or all of the model's.
    stored : Stored
        What the warehouse holds already.
    model, family, parameters, stage, base_model, layer_count
        The model's facts; an option stands above the same fact in the file `facts`.
    facts : Path, optional
        TOML file with the model's facts.
    condition, corpus : str
        Names that the warehouse holds.
    as_published : bool
        Accept arrays whose rows are tokens: their first n rows are taken for the n words of each sentence, and the
        extraction is marked.
    file_name : str, optional
        By default ``rb_p1_layer{layer}.npy`` with the published prefix of the condition.
    keep, sums_by : str
        What is kept of the attention: see `Extraction`.
    store : str
        ``half`` stores each weight of a word pair in two bytes. Weights that are not the same in float16 are refused,
        never rounded.

    Raises
    ------
    BadInput
        Anything about the files, their values or the facts that cannot be used; the sentence names the place.
    UnknownName
        A corpus or condition that is not stored.

    Examples
    --------
    warehouse ingest attention-arrays llama/30B --model llama-30b --facts 30b.toml --store half
    """
    if store == "half" and keep == "sums":
        raise BadInput("--store half is about word pairs, and --keep sums keeps none", model, "leave one of them out")
    stimulus = stored.stimulus(corpus)
    conditions = stored.conditions()
    if condition not in conditions:
        raise UnknownName("condition", condition, list(conditions))
    told = {"family": family, "parameters": parameters, "stage": stage, "base_model": base_model}
    language_model = model_facts(model, {**told, "layer_count": layer_count}, facts)
    arrays = array_files(directory, file_name or _published_pattern(condition))
    _check_layers(arrays, language_model["layer_count"])
    taken = extraction(arrays, stimulus, language_model, conditions[condition], as_published)
    yield replace(taken, kept=keep, summed_by=None if keep == "cells" else sums_by, stored_as=store)


def _published_pattern(condition: str) -> str:
    if condition not in PREFIXES:
        raise BadInput("no files of it were published", f"condition {condition!r}", "name the files with --pattern")
    return PREFIXES[condition] + "rb_p1_layer{layer}.npy"


def _check_layers(arrays: Sequence[ArrayFile], layer_count: int) -> None:
    last = arrays[-1]
    if last.layer >= layer_count:
        what = f"is layer {last.layer} of a model of {layer_count} layers, counted from 0"
        raise BadInput(what, last.path, "correct --layer-count, or keep one model's arrays in one folder")
