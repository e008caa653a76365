"""What status and merge do: the commands about the directory of a sweep."""

from __future__ import annotations

import json
import math
import sys

from rackrate import progress
from rackrate.cli.text import one_line, say

_SHOWN = 10  # failures, and points with failures


def status(directory: str, as_json: bool) -> int:
    """``rackrate status``."""
    from rackrate.sweeps.status import status as status_of

    now = status_of(directory)
    if as_json:
        print(json.dumps(now.to_dict()))
        return 0
    for sentence in now.damaged:
        say(sentence)
    share = 100 * now.done / max(1, now.runs)
    print(f"done           {now.done:,} of {now.runs:,} runs ({share:.1f} %), {now.points:,} points")
    print(f"failed         {now.failed:,}")
    left = "" if math.isnan(now.seconds_left) or not now.remaining else f", {progress.roughly(now.seconds_left)}"
    print(f"remaining      {now.remaining:,}{left}")
    rate = "not known yet" if math.isnan(now.rate) else f"{now.rate:.3g} runs a second"
    print(f"rate           {rate}, {now.coordinators} at work")
    print(f"core-hours     {now.core_hours:.3g}")
    print(f"on disk        {now.bytes / 1e6:,.1f} MB in {now.bundles:,} bundles")
    for failure in now.failures[:_SHOWN]:
        at = ", ".join(map(str, failure.points))
        print(one_line(f"failed: point {at}, {failure.arm}, replication {failure.replication}: {failure.message}"))
    if now.failed > _SHOWN:
        print(f"and {now.failed - _SHOWN:,} more; --json lists all")
    return 0


def merge(directory: str, out: str, force: bool, quiet: bool) -> int:
    """``rackrate merge``."""
    from rackrate.sweeps.merging import merge as merge_into

    watch = progress.stopwatch()
    done, asked = merge_into(directory, out, force=force, say=say, show=sys.stderr.isatty() and not quiet)
    missing = f"; {asked - done:,} of {asked:,} runs are not there yet" if done < asked else ""
    say(f"{out}: {done:,} runs, written in {progress.spoken(watch())}{missing}", quiet)
    return 0
