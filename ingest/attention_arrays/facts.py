"""What is to be known of a language model, from options or from a small TOML file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.errors import BadInput
from warehouse.plugin.toml import read_toml

TYPES: dict[str, type] = {"family": str, "stage": str, "base_model": str, "parameters": int, "layer_count": int}
NEEDED = ("family", "stage", "layer_count")
MOST = {"layer_count": 10_000, "parameters": 10**18}
"""What no model has more of; layers are numbered in names of files with up to four digits."""
STAGES = ("pretrained", "tuned")


def model_facts(model: str, options: Mapping[str, Any], path: Path | None) -> dict[str, Any]:
    """Give the columns of `model.language_model` other than ``head_count``; an option stands above the file.

    Parameters
    ----------
    model : str
        The model's name.
    options : mapping
        The keys of `TYPES`; None where the option was not given.
    path : Path or None
        TOML file with some of the same keys at its top level.

    Raises
    ------
    BadInput
        A needed fact is in neither, or a fact cannot be true.
    """
    told = _read(path) if path else {}
    told |= {name: value for name, value in options.items() if value is not None}
    for name in NEEDED:
        if name not in told:
            remedy = f"give --{name.replace('_', '-')}, or {name} in a TOML file with --facts"
            raise BadInput(f"its {name} is not told", f"model {model!r}", remedy)
    _check(model, told)
    return {
        "model": model,
        "revision": None,
        "family": told["family"],
        "stage": told["stage"],
        "base_model": told.get("base_model"),
        "parameter_count": told.get("parameters"),
        "layer_count": told["layer_count"],
    }


def _read(path: Path) -> dict[str, Any]:
    told = read_toml(path, "TOML file of facts")
    for name, value in told.items():
        if name not in TYPES:
            raise BadInput(f"{name[:60]!r} is not a fact of a model", path, f"known: {', '.join(TYPES)}")
        if type(value) is not TYPES[name]:
            shown = f"{value!r:.60}" if isinstance(value, str | int | float) else f"a {type(value).__name__}"
            raise BadInput(f"{name} = {shown} is not of type {TYPES[name].__name__}", path, "correct it")
    return told


def _check(model: str, told: Mapping[str, Any]) -> None:
    where = f"model {model!r}"
    if told["stage"] not in STAGES:
        raise BadInput(f"{told['stage']!r} is not a stage", where, f"give --stage {' or '.join(STAGES)}")
    if told["stage"] == "pretrained" and told.get("base_model"):
        raise BadInput("a pretrained model has no base model", where, "give --stage tuned, or leave out --base-model")
    for name, most in MOST.items():
        if told.get(name, 1) < 1:
            raise BadInput(f"{name} = {told[name]} is not positive", where, "correct it")
        if told.get(name, 1) > most:
            raise BadInput(f"{name} is more than {most:,}", where, "correct it")
