"""The command ``rackrate``, also as ``python -m rackrate``.

Signals are taken over first: the import of the rest takes a tenth of a second, and Ctrl-C may come in it.
"""

from rackrate import stopping

stopping.leave_at_once()


def main() -> None:
    """Entry point of the command; ends the process with the exit status."""
    from rackrate import streams

    streams.use_utf8()
    from rackrate import cli

    cli.main()


if __name__ == "__main__":
    main()
