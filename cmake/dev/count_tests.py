"""Adds up the JUnit reports of one run and prints `N passed, N failed` as the last line.

A stage that failed without saying which test (a build that broke, say) counts as one failure, so that
the line can never read better than the table above it.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def count(folder: Path) -> tuple[int, int]:
    passed = failed = 0
    for report in sorted(folder.glob("*.xml")):
        for suite in ET.parse(report).getroot().iter("testsuite"):
            number = {key: int(suite.get(key) or 0) for key in ("tests", "failures", "errors", "skipped", "disabled")}
            bad = number["failures"] + number["errors"]
            failed += bad
            passed += number["tests"] - bad - number["skipped"] - number["disabled"]
    return passed, failed


def main() -> int:
    folder = Path(sys.argv[1])
    passed, failed = count(folder)
    stages_failed = sum(line.rstrip().endswith("FAILED") for line in (folder / "stages.txt").read_text().splitlines())
    failed = max(failed, stages_failed)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
