"""`warehouse dashboard`: look at results and heads in a browser."""

import click

from warehouse.cli.commands import example
from warehouse.cli.context import CommandContext
from warehouse.dashboard import serve


@click.command(epilog=example("warehouse dashboard --open"))
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.pass_obj
def dashboard(command: CommandContext, port: int, opens: bool) -> None:
    """Serve a page on this machine: curves, fits, claims, and each head beside the readers.

    It only reads, needs no internet, and can be reached from this machine only; Ctrl-C ends it. The address holds what
    is shown, so that any view can be bookmarked.
    """

    def announce(address: str) -> None:
        click.echo(address)
        if opens:
            click.launch(address)

    try:
        serve(command.database(), port, announce)
    except KeyboardInterrupt:
        command.remark("Ended.")
