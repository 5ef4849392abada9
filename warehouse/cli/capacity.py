"""`warehouse capacity`: what a study will need, before it is begun."""

import click

from warehouse.cli.commands import example
from warehouse.cli.formats import Form, printing
from warehouse.cli.output import print_rows
from warehouse.report.capacity import Constants, Study, reckoned

WHAT = {"what": "what", "cells": "with cells", "sums": "with sums by sentence"}


@click.command(epilog=example("warehouse capacity --models 50 --sentences 20000 --words 25 --readers 300"))
@click.option("--models", type=click.IntRange(1), default=1, show_default=True, help="Language models.")
@click.option("--layers", type=click.IntRange(1), default=32, show_default=True, help="Layers of each.")
@click.option("--heads", type=click.IntRange(1), default=32, show_default=True, help="Heads of a layer.")
@click.option("--sentences", type=click.IntRange(1), required=True, help="Sentences of the corpus.")
@click.option("--words", type=click.FloatRange(1), default=11, show_default=True, help="Words of a sentence.")
@click.option("--readers", type=click.IntRange(0), default=0, show_default=True, help="Readers, each of all sentences.")
@printing()
def capacity(models: int, layers: int, heads: int, sentences: int, words: float, readers: int, form: Form) -> None:
    """Reckon the disk, memory and hours that a study will take.

    From figures measured by `python -m benchmarks.growth`, in proportion to cells and sentences read; for one process.
    Sums by sentence are what every regression needs of a layer, here for one measure of the readers: `warehouse ingest
    attention --keep sums` keeps them, with readers by article where they are many, which is less.

    Example: warehouse capacity --models 50 --sentences 20000 --words 25 --readers 300
    """
    study, constants = Study(models, layers, heads, sentences, words, readers), Constants.shipped()
    rows = [dict(zip(WHAT, row, strict=True)) for row in reckoned(study, constants)]
    told = f"Measured on {constants.source}."
    if (times := study.cells / constants.cells) > 1:
        told += f" This study has {times:,.0f} times the cells of the largest that was measured: it is extrapolated."
    print_rows([{**row, "is_extrapolated": times > 1} for row in rows], form, WHAT)
    click.echo(told, err=True)
