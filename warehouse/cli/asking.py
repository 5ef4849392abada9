"""Asks before something is taken away for good; where nobody can be asked, it must have been said beforehand."""

import sys

import click

from warehouse.errors import BadInput


def ask(loss: str, question: str, what: str) -> None:
    """Tell what goes and ask whether it may.

    Parameters
    ----------
    loss : str
        What goes, as a sentence without a full stop.
    question : str
        Ends in a question mark.
    what : str
        What is asked about, e.g. ``database study``.

    Raises
    ------
    BadInput
        Nobody is there to answer.
    click.Abort
        The answer is no.
    """
    if not sys.stdin.isatty():
        raise BadInput(f"{loss[:1].lower()}{loss[1:]}, and nobody can be asked whether it may", what, "give --yes")
    click.echo(f"{loss}.", err=True)
    click.confirm(question, abort=True, err=True)
