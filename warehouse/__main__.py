"""The program `warehouse`, and `python -m warehouse`."""

import signal


def main() -> None:
    """Run the command line; while it is being imported, Ctrl-C ends the process without a word."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from warehouse.cli import main as run

    signal.signal(signal.SIGINT, handler)
    run()


if __name__ == "__main__":
    main()
