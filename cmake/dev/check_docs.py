"""Documentation checks: every relative link of every page leads to a file, and generated pages are current."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def pages() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]


def broken_links() -> list[str]:
    found = []
    for page in pages():
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            for target in LINK.findall(line):
                if "://" in target or target.startswith("mailto:"):
                    continue
                if not (page.parent / target).exists():
                    found.append(f"{page.relative_to(ROOT)}:{number}: the link to {target} leads nowhere")
    return found


def stale_pages() -> list[str]:
    """Pages written from the parser's own tables; a page that is absent is not checked."""
    from rackrate import _core

    generated = {"docs/scenario-keys.md": _core.reference_page, "scenarios/scenario.schema.json": _core.json_schema}
    found = []
    for name, make in generated.items():
        page = ROOT / name
        if page.exists() and page.read_text(encoding="utf-8").strip() != make().strip():
            found.append(
                f"{name} differs from what the parser says; write it again from rackrate._core.{make.__name__}()"
            )
    return found


def main() -> int:
    problems = broken_links() + stale_pages()
    print("\n".join(problems) if problems else f"{len(pages())} pages checked")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
