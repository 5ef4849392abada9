"""`--wait SECONDS`, which commands have that others may be in the way of."""

import click

WAIT = "Wait so long for others that are in the way, and say who they are; by default: exit code 7 at once."


def wait_option() -> click.Option:
    """Give the option."""
    return click.Option(["--wait", "wait_s"], type=click.FloatRange(0), default=0.0, metavar="SECONDS", help=WAIT)
