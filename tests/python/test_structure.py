"""The modules of the package: what they import of each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOMES = {"rackrate": ROOT / "python" / "rackrate", "rackrate.analysis": ROOT / "analysis"}


def modules() -> dict[str, Path]:
    """Every module of the package as it is installed, by its name."""
    found = {}
    for package, folder in HOMES.items():
        for path in sorted([*folder.rglob("*.py"), *folder.glob("*.pyi")]):  # a compiled module is known by its stubs
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join([package, *(part for part in parts if part != "__init__")])] = path
    return found


def named(tree: ast.AST, module: str, is_package: bool) -> Iterator[tuple[str, str]]:
    """(module, name in it or empty) of each import, those inside functions and those for type checkers too."""
    inside = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = inside[: len(inside) - node.level + 1] if node.level else []
            source = ".".join([*parts, *([node.module] if node.module else [])])
            yield from ((source, alias.name) for alias in node.names)


def imports(known: dict[str, Path]) -> dict[str, set[str]]:
    """The modules of the package that each of them imports. A package is meant only where one of its own names is taken."""
    found = {}
    for module, path in known.items():
        asked = named(ast.parse(path.read_text("utf-8")), module, path.name == "__init__.py")
        found[module] = {f"{source}.{name}" if f"{source}.{name}" in known else source for source, name in asked} & set(
            known
        )
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules of which each imports the next and the last the first; empty if there are none."""
    done: set[str] = set()

    def follow(module: str, path: list[str]) -> list[str]:
        if module in path:
            return path[path.index(module) :]
        if module in done:
            return []
        found = next((c for other in sorted(graph[module]) if (c := follow(other, [*path, module]))), [])
        done.add(module)
        return found

    return next((c for module in sorted(graph) if (c := follow(module, []))), [])


def test_no_two_modules_import_each_other_in_a_circle():
    assert circle(imports(modules())) == []


def test_every_module_is_looked_at():
    graph = imports(modules())
    assert {
        "rackrate",
        "rackrate.cli.study",
        "rackrate.attributions.plan",
        "rackrate.analysis",
        "rackrate.analysis.figure.style",
    } <= set(graph)
    assert "rackrate.cli.text" in graph["rackrate.cli.interface"]  # inside a function
    assert "rackrate.study_request" in graph["rackrate.estimates"]  # for type checkers
    assert "rackrate.analysis.pairing" in graph["rackrate.analysis.attributions"]  # relative
    assert "rackrate.files" in graph["rackrate.analysis.page"]


def test_a_circle_is_found(tmp_path):
    for name, text in (
        ("a", "def f():\n    from rackrate import b\n"),
        ("b", "from .c import f\n"),
        ("c", "import rackrate.a\n"),
        ("d", "from . import a\n"),
    ):
        (tmp_path / f"{name}.py").write_text(text)
    graph = imports({f"rackrate.{path.stem}": path for path in tmp_path.iterdir()})
    assert circle(graph) == ["rackrate.a", "rackrate.b", "rackrate.c"]
    assert circle(graph | {"rackrate.c": set()}) == []
