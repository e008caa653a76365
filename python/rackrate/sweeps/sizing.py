"""How many runs make a bundle: enough that its overhead does not show, few enough that every worker gets several."""

from __future__ import annotations

from rackrate.sweeps.bundle_values import Outcome

_MOST_BYTES = 64 << 20
_MOST_RUNS = 1 << 16
_MOST_BUNDLES = 20_000  # a shared file system has no use for more files
_LONGEST_S = 600.0  # what is lost with a worker at most
_SHORTEST_S = 0.25
_SHARE = 3  # of what remains, a worker takes this fraction of its part at a time
_GROWTH = 16  # from one bundle to the next: what was seen of a few runs need not hold for many


class Sizing:
    """Learns from outcomes how long a run takes and how large it is. The first bundles have one run each."""

    def __init__(self, seconds: float, workers: int, runs: int) -> None:
        """``seconds``: what a bundle should take; ``runs``: how many there are to do."""
        self._wanted = seconds
        self._workers = max(1, workers)
        self._left = runs
        self._all = runs
        self._seconds = self._bytes = 0.0
        self._runs = self._last = 0
        self.longest = 0.0  #: seconds of the longest bundle so far

    def note(self, outcome: Outcome) -> None:
        """A bundle came back."""
        done = outcome.runs + len(outcome.failures)
        self._left -= done
        if outcome.found or not done:
            return
        fade = 0.9 if self._runs > 1000 else 1.0  # the runs of other points may be longer
        self._seconds = fade * self._seconds + outcome.seconds
        self._bytes = fade * self._bytes + outcome.bytes
        self._runs = round(fade * self._runs) + done
        self._last = max(self._last, done)
        self.longest = max(self.longest, outcome.seconds)

    def runs(self) -> int:
        """How many runs the next bundle should have."""
        if not self._runs:
            return 1
        each = max(self._seconds / self._runs, 1e-7)
        seconds = min(max(self._wanted, each * self._all / _MOST_BUNDLES / self._workers), _LONGEST_S)
        shared = max(self._left / (self._workers * _SHARE), _SHORTEST_S / each) if self._workers > 1 else self._left
        size = min(seconds / each, shared, _MOST_BYTES / max(1.0, self._bytes / self._runs), _MOST_RUNS)
        return max(1, min(int(size), self._last * _GROWTH))
