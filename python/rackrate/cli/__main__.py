"""The command, as ``python -m rackrate.cli``."""

from rackrate.cli import main

if __name__ == "__main__":
    main()
