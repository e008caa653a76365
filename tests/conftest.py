"""What all Python tests share: how they are spread over processes when pytest runs with -n."""

import pytest


def pytest_collection_modifyitems(items):
    """Keeps the tests of one file in one process, so that what a file computes once is computed once.

    All files that use SLURM share a process as well: the queue on loopback has fixed ports.
    """
    of_the_queue = {item.path for item in items if "slurm" in getattr(item, "fixturenames", ())}
    for item in items:
        group = "slurm" if item.path in of_the_queue else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
