"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 done, 1 a check failed, 2 bad input, 75 time budget spent, 128 + n stopped by signal n (130: Ctrl-C).
``process`` runs a command, ``interface`` lists the commands and their options, ``errors`` says what went wrong. What the
commands do is in ``study`` and ``attribution``, what they print in ``text``, ``tables`` and ``results``.
"""

from rackrate.cli.interface import commands
from rackrate.cli.process import main, status

__all__ = ["commands", "main", "status"]
