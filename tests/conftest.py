"""What all Python tests share: how they are spread over processes when pytest runs with -n."""

from pathlib import Path

import pytest

OF_THE_QUEUE = {"test_clusters.py", "test_queues.py"}  # SLURM on loopback has fixed ports
APART = {"test_notebooks.py"}  # a test is minutes, and shares nothing with the next


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keeps the tests of one file in one process, so that what a file computes once is computed once.

    All files that use SLURM share a process as well; notebooks run side by side.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.split("::", 1)[0]
            name = Path(file).name
            return "slurm" if name in OF_THE_QUEUE else nodeid if name in APART else file

    return ByFile(config, log)
