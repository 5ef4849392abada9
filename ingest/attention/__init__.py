"""Attention of every head, at word level, straight from a transformer: the only package that imports torch."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from ingest.attention.jobs import Job
from ingest.attention.jobs import study as read_study
from ingest.attention.prefixes import Condition, resolve_condition
from warehouse.errors import BadInput
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Extraction
from warehouse.plugin.limits import require
from warehouse.plugin.registry import Formerly, source

EXTRA = ("torch", "transformers", "accelerate", "safetensors", "sentencepiece")


@source(
    licence="that of the model, whose weights stay where they are",
    citation="Gao, Huang, Li and Chen (2023), Findings of EMNLP, for the procedure; the model's own for the model",
)
def attention(
    *,
    stored: Stored,
    checkpoint: Annotated[
        str | None, "directory, GGUF file or hub name of a model that transformers loads", Formerly("model")
    ] = None,
    model: Annotated[
        str | None, "the model's name in the warehouse; by default the last part of --checkpoint", Formerly("name")
    ] = None,
    revision: Annotated[str | None, "branch, tag or commit on the hub"] = None,
    corpus: Annotated[str | None, "the corpus that the model reads; by default reading_brain"] = None,
    condition: Annotated[tuple[str, ...], "what stands before each sentence: a stored name, or NAME=TEXT"] = ("plain",),
    context: Annotated[
        Literal["", "previous-sentences", "page"],
        "of a new condition: what else of its text stands around each sentence; by default nothing",
    ] = "",
    suffix: Annotated[str, "of a new condition: text after each sentence"] = "",
    chat_template: Annotated[bool, "of a new condition: a user's turn in the model's own chat template"] = False,
    system: Annotated[str, "of a new condition with a chat template: the system's turn before it"] = "",
    no_space: Annotated[bool, "of a new condition: no space between its text and the sentence"] = False,
    bos: Annotated[bool, "of a new condition: a start token first where the tokenizer adds none"] = False,
    method: Annotated[tuple[str, ...], "raw, rollout, value-zeroing or norm"] = ("raw",),
    device: Annotated[
        str, "auto, cpu, cuda, cuda:0,cuda:1 (a process for each), or split (one model over all)"
    ] = "auto",
    dtype: Annotated[Literal["float32", "bfloat16", "float16"], "type the model computes in"] = "float32",
    batch_tokens: Annotated[int, "padded tokens at once; halved when memory does not suffice"] = 2048,
    layers: Annotated[str, "which layers, e.g. 0-11,20; by default all"] = "",
    attention_layers_only: Annotated[bool, "take those layers of a hybrid that have attention"] = False,
    part: Annotated[Literal["", "encoder", "decoder", "cross"], "of an encoder-decoder; by default its encoder"] = "",
    stage: Annotated[Literal["pretrained", "tuned"], "pretrained, or tuned from another model"] = "pretrained",
    base_model: Annotated[str | None, "name of the model that a tuned one was tuned from"] = None,
    keep: Annotated[
        Literal["cells", "sums", "both"], "cells, sums over them in their place (for regressions), or both"
    ] = "cells",
    sums_by: Annotated[
        str, "sentence or article: what sums with readers are over; by sentence where readers are few"
    ] = "",
    study: Annotated[Path | None, "TOML file that lists models, conditions and methods; runs what is missing"] = None,
) -> Iterator[Extraction]:
    """Run a model over the sentences of a corpus and load its attention, word by word.

    Attention to a word is the sum over its tokens, attention from it the mean over its tokens; special tokens and the
    prefix are dropped after the softmax without renormalising, and what they took is stored beside it.

    Raises
    ------
    BadInput
        Anything about the model, its tokenizer, an option or the study file that cannot be used.
    UnknownName
        A corpus or condition that is not stored.

    Examples
    --------
    warehouse ingest attention --checkpoint openai-community/gpt2 --device cpu
    """
    _require_extra()
    options = Job(
        checkpoint or "", model or "", revision, stage, base_model, condition, method, device, dtype, batch_tokens,
        layers, attention_layers_only, part, suffix, chat_template, system, no_space, bos, context, keep, sums_by,
    )  # fmt: skip
    corpus_named, jobs = _jobs(options, study)
    stimulus = stored.stimulus(corpus or corpus_named or "reading_brain")
    known = _stored_conditions(stored)
    chosen = [[resolve_condition(given, known, job.around) for given in job.conditions] for job in jobs]
    asks_for_pages = any(condition.context == "page" for conditions in chosen for condition in conditions)
    pages = stored.pages(stimulus.corpus) if asks_for_pages else {}
    from ingest.attention.extraction import extractions

    for job, conditions in zip(jobs, chosen, strict=True):
        yield from extractions(job, stimulus, conditions, pages)


@source(licence="CC0-1.0", citation="Made by this project: nobody trained it")
def untrained_model(
    *,
    stored: Stored,
    corpus: Annotated[str, "the corpus that the model reads"] = "simulated",
    layer_count: Annotated[int, "layers of the model"] = 4,
    head_count: Annotated[int, "attention heads of a layer"] = 4,
    seed: Annotated[int, "seed of its random weights"] = 20231206,
) -> Iterator[Extraction]:
    """Make a small Llama with random weights and load its attention: the control that no training has touched.

    Raises
    ------
    BadInput
        If the packages of the extra are not installed, or the model would have no layer or head, or too many.
    UnknownName
        A corpus that is not stored.
    """
    for given, value, most in (("layer_count", layer_count, 100), ("head_count", head_count, 100)):
        require(given, value, 1, most)
    require("seed", seed, 0, 2**63 - 1)
    _require_extra()
    stimulus, plain = stored.stimulus(corpus), _stored_conditions(stored)["plain"]
    from ingest.attention.extraction import extractions
    from ingest.attention.untrained import save_untrained

    name = f"untrained-{layer_count}x{head_count}-on-{corpus}"
    with TemporaryDirectory(prefix="untrained") as directory:
        save_untrained(Path(directory), stimulus.text, layer_count, head_count, seed)
        job = Job(directory, name, stage="untrained", device="cpu").checked(name)
        yield from extractions(job, stimulus, [plain])


def _stored_conditions(stored: Stored) -> dict[str, Condition]:
    return {given: Condition(row.pop("condition"), **row) for given, row in stored.conditions().items()}


def _jobs(options: Job, study: Path | None) -> tuple[str | None, list[Job]]:
    """Give the corpus that a study file names and its jobs, or the one job of the options."""
    if (study is None) == (not options.checkpoint):
        raise BadInput("give one of --checkpoint and --study", "ingest attention", "--study lists models in a file")
    return read_study(study) if study is not None else (None, [options.checked("ingest attention")])


def _require_extra() -> None:
    missing = [package for package in EXTRA if find_spec(package) is None]
    if missing:
        remedy = "install them with: pip install 'attention-warehouse[extract]'"
        raise BadInput(f"the packages {', '.join(missing)} are not installed", "ingest attention", remedy)
