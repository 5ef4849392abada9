"""What is asked for: a model under some conditions and methods; from the command line, or a study file of many."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ingest.attention.prefixes import CONTEXTS, Condition
from warehouse import logs
from warehouse.errors import BadInput
from warehouse.plugin.names import check_name
from warehouse.plugin.toml import read_toml

METHODS = ("raw", "rollout", "value-zeroing", "norm")
DTYPES = ("float32", "bfloat16", "float16")
PARTS = ("", "encoder", "decoder", "cross")
KEPT = ("cells", "sums", "both")
SUMMED_BY = ("", "sentence", "article")
STAGES = ("untrained", "pretrained", "tuned")


@dataclass(frozen=True)
class Job:
    """One model, and what is to be taken of it. The fields are the keys of a study file's ``[[model]]``.

    Attributes
    ----------
    checkpoint : str
        Directory or hub name.
    model : str
        Its name in the warehouse; by default the last part of `checkpoint`.
    revision : str or None
        Branch, tag or commit on the hub.
    stage, base_model
        ``pretrained``, or ``tuned`` from the base model of that name.
    condition, method : tuple of str
        Each pair of them makes one extraction.
    device : str
        ``auto``, ``cpu``, ``cuda``, ``cuda:1``; several with commas: a process for each; ``split``: one model over all.
    dtype : str
    batch_tokens : int
        Padded tokens at once.
    layers : str
        Which, e.g. ``0-11,20``; empty for all.
    attention_layers_only : bool
        Leave out the layers of a hybrid that have no attention.
    part : str
        Of an encoder-decoder ``encoder``, ``decoder`` or ``cross``; empty for the encoder, or a model without parts.
    keep : str
        ``cells``, ``sums`` over them in their place, or ``both``.
    sums_by : str
        What sums with readers are over: ``sentence`` or ``article``; empty by the number of readers.
    context, suffix, chat_template, system, no_space, bos
        What stands around the sentence in conditions that are not stored yet; see `prefixes.Condition`.
    """

    checkpoint: str
    model: str = ""
    revision: str | None = None
    stage: str = "pretrained"
    base_model: str | None = None
    condition: tuple[str, ...] = ("plain",)
    method: tuple[str, ...] = ("raw",)
    device: str = "auto"
    dtype: str = "float32"
    batch_tokens: int = 2048
    layers: str = ""
    attention_layers_only: bool = False
    part: str = ""
    suffix: str = ""
    chat_template: bool = False
    system: str = ""
    no_space: bool = False
    bos: bool = False
    context: str = ""
    keep: str = "cells"
    sums_by: str = ""

    @property
    def around(self) -> Condition:
        """What stands around the sentence in a new condition."""
        return Condition(
            "", "", "", self.suffix, not self.no_space, self.chat_template, self.system, self.bos, self.context
        )

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions asked for; where only a context is asked for, it names the condition."""
        return (f"{self.context}=",) if self.context and self.condition == Job("").condition else self.condition

    @property
    def warehouse_name(self) -> str:
        """The name in the warehouse."""
        own = f"-{self.part}" if self.part in ("decoder", "cross") else ""  # is another model to whoever compares
        return self.model or f"{Path(self.checkpoint).name.removesuffix('.gguf')}{own}"

    def checked(self, where: object) -> "Job":
        """Give the job itself if its words are among those known; `BadInput` naming `where` otherwise."""
        check_name(self.warehouse_name, "model", where)
        _require_one_of(self.dtype, DTYPES, "dtype", where)
        _require_one_of(self.stage, STAGES, "stage", where)
        _require_one_of(self.part, PARTS, "part", where)
        _require_one_of(self.context, CONTEXTS, "context", where)
        _require_one_of(self.keep, KEPT, "keep", where)
        _require_sums(self.keep, self.sums_by, where)
        for method in self.method:
            _require_one_of(method, METHODS, "method", where)
        if self.base_model and self.stage != "tuned":
            raise BadInput("a model with a base model is a tuned one", where, "set the stage to tuned")
        if self.batch_tokens < 1:
            raise BadInput(f"batch_tokens is {self.batch_tokens}", where, "give a positive number")
        if "value-zeroing" in self.method and self.dtype != "float32":
            what = f"value zeroing compares outputs that differ by less than {self.dtype} resolves"
            raise BadInput(what, where, "choose dtype float32 for it")
        return self


def _require_sums(keep: str, sums_by: str, where: object) -> None:
    if sums_by not in SUMMED_BY:
        what = f"sums by {sums_by[:60]!r} leave no article or sentence that can be held out"
        raise BadInput(what, where, "choose sums_by sentence or article")
    if sums_by and keep == "cells":
        raise BadInput("sums_by says how to sum, and no sums are to be kept", where, "add keep sums or both")


def parse_layers(text: str, layer_count: int) -> tuple[int, ...]:
    """Read ``0-3,7`` as layers 0, 1, 2, 3 and 7; empty means all.

    Raises
    ------
    BadInput
        If it cannot be read, or names a layer that the model does not have.
    """
    if not text:
        return tuple(range(layer_count))
    if not re.fullmatch(r"\s*\d{1,6}(\s*[-,]\s*\d{1,6})*\s*", text, re.ASCII) or re.search("-[^,]*-", text):
        raise BadInput(f"{text[:60]!r} names no layers", "--layers", "write for instance 0-11,20")
    ends = [[int(end) for end in part.split("-")] for part in text.split(",")]
    if max(map(max, ends)) >= layer_count:
        what = f"{text[:60]!r} goes beyond the layers 0 to {layer_count - 1}"
        raise BadInput(what, "--layers", "layers count from 0")
    return tuple(sorted({layer for first, *last in ends for layer in range(first, max([first, *last]) + 1)}))


def study(path: Path) -> tuple[str | None, list[Job]]:
    """Read a study file: the corpus, if it names one, and its jobs.

    Keys at the top hold for every ``[[model]]`` that does not say otherwise.

    Raises
    ------
    MissingInput, BadInput
        If there is no such file, it is not TOML, or a key or value is not known; the message names the model.
    """
    content = read_toml(path, "study file")
    corpus, models = content.pop("corpus", None), content.pop("model", [])
    if not isinstance(corpus, str | None):
        raise BadInput("its corpus is not a name", path, 'write for instance corpus = "reading_brain"')
    if not isinstance(models, list) or not models or not all(isinstance(each, dict) for each in models):
        raise BadInput("it lists no models", path, "add a [[model]] section for each")
    return corpus, list(_jobs(models, content, path))


def _jobs(models: Sequence[Mapping[str, Any]], common: Mapping[str, Any], path: Path) -> Iterator[Job]:
    known = {field.name for field in fields(Job)}
    if any(map(_is_former, models)):
        logs.remark("A study file's model is called checkpoint now, and name model; this version understands both.")
    for number, own in enumerate(map(_renamed, models), start=1):
        name = own.get("model", own.get("checkpoint", number))
        where = f"{path}, model {name:.60}" if isinstance(name, str) else f"{path}, model {number}"
        given = {**common, **own}
        if unknown := sorted(set(given) - known):
            what = f"{unknown[0][:60]!r} is not a key of a study file"
            raise BadInput(what, where, f"known: {', '.join(sorted(known))}")
        if not isinstance(given.get("checkpoint"), str):
            raise BadInput("it names no checkpoint", where, 'add checkpoint = "DIRECTORY or HUB NAME"')
        yield _job(given, where, path).checked(where)


def _is_former(own: Mapping[str, Any]) -> bool:
    """Tell whether a section is in former words, in which `model` was the checkpoint and `name` the model's name."""
    return "model" in own and "checkpoint" not in own


def _renamed(own: Mapping[str, Any]) -> Mapping[str, Any]:
    now = {"model": "checkpoint", "name": "model"} if _is_former(own) else {}
    return {now.get(key, key): value for key, value in own.items()}


def _job(given: Mapping[str, Any], where: str, path: Path) -> Job:
    """Make a job of TOML values; a model's directory is looked for beside the study file."""
    default = Job("")
    values: dict[str, Any] = {}
    for name, value in given.items():
        wanted = getattr(default, name)
        if isinstance(wanted, tuple):
            values[name] = _texts(name, value, where)
        elif type(value) is not (str if wanted is None else type(wanted)):
            shown = f"a {type(value).__name__}" if isinstance(value, list | dict) else f"{value!r:.60}"
            kind = "text" if wanted is None else type(wanted).__name__
            raise BadInput(f"{name} is {shown}", where, f"give a {kind}")
        else:
            values[name] = value
    beside = path.parent / str(given["checkpoint"])
    return replace(Job(**values), checkpoint=str(beside)) if _is_directory(beside) else Job(**values)


def _texts(name: str, value: Any, where: str) -> tuple[str, ...]:
    """Give a list of texts, or one text, as texts."""
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise BadInput(f"{name} is not a list of texts", where, "correct it")
    return tuple(texts)


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that no file can have
        return False


def _require_one_of(value: str, known: Sequence[str], what: str, where: object) -> None:
    if value not in known:
        raise BadInput(f"{value[:60]!r} is not a {what}", where, f"choose one of {', '.join(known)}")
