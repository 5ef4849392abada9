"""Scoring a model in one call: which models a source has yielded, whether they were new or loaded before."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import wraps
from typing import Any

from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import Source


def noting_models(source: Source, names: set[str]) -> Source:
    """Give a source that does the same, and notes the names of the models whose attention it yields.

    Parameters
    ----------
    source : Source
        A source of attention; it knows what its models are called, and counts of rows do not.
    names : set of str
        Gets a name as its extraction is yielded, also where nothing of it is new.
    """

    @wraps(source.function)
    def function(*arguments: Any, **parameters: Any) -> Iterator[Unit | Extraction]:
        with closing(source.function(*arguments, **parameters)) as items:  # type: ignore[type-var]
            for item in items:
                if isinstance(item, Extraction):
                    names.add(item.model["model"])
                yield item

    return replace(source, function=function)
