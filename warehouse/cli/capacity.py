"""`warehouse capacity`: what a study will need, before it is begun."""

import click

from warehouse.cli.commands import example
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import print_rows
from warehouse.report.capacity import CELL, Constants, Study, reckoned

WHAT = {"what": "what", "cells": "cells", "sentence": "sums by sentence", "article": "by article", "is": ""}


@click.command(epilog=example("warehouse capacity --models 50 --sentences 20000 --words 25 --readers 300"))
@click.option("--models", type=click.IntRange(1), default=1, show_default=True, help="Language models.")
@click.option("--layers", type=click.IntRange(1), default=32, show_default=True, help="Layers of each.")
@click.option("--heads", type=click.IntRange(1), default=32, show_default=True, help="Heads of a layer.")
@click.option("--sentences", type=click.IntRange(1), required=True, help="Sentences of the corpus.")
@click.option("--words", type=click.FloatRange(1), default=11, show_default=True, help="Words of a sentence.")
@click.option("--article", type=click.IntRange(1), default=30, show_default=True, help="Sentences of an article.")
@click.option("--readers", type=click.IntRange(0), default=0, show_default=True, help="Readers, each of all sentences.")
@click.option(
    "--measures", type=click.IntRange(1), default=4, show_default=True,
    help="Measures of the readers: counts and durations by two rules unless they are chosen.",
)  # fmt: skip
@click.option("--predictors", type=click.IntRange(0), default=50, show_default=True, help="Predictors and patterns.")
@printing()
def capacity(form: Form, **given: float) -> None:
    """Reckon the disk, memory and hours that a study will take, for cells and for sums in their place.

    Hours are those of one processor, client and server together, for every analysis of `warehouse compute all`; they
    and bytes are in proportion to figures measured by `python -m benchmarks.growth` and `benchmarks.sums`, and each
    row says whether that much was measured, or is extrapolated (projected). Sums are those of `warehouse ingest
    attention --keep sums`; where they do not serve, the row says `cells`. Comparisons of models are of all pairs.

    Example: warehouse capacity --models 50 --sentences 20000 --words 25 --readers 300
    """
    study, constants = Study(**given), Constants.shipped()  # type: ignore[arg-type]
    rows = list(reckoned(study, constants))
    for row in rows:
        row["is"] = {True: "projected", False: "measured", None: ""}[row["is_extrapolated"]]
    told = f"Measured on {constants.source}."
    if (times := study.cells / constants.largest[CELL]) > 1:
        told += f" This study has {times:,.0f} times the cells of the largest that was measured: it is extrapolated."
    print_rows(rows, form, WHAT)
    click.echo(told, err=True)
