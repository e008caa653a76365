"""The structure of sim/: who may include whom, and counts of casts, integers for money, line lengths and function lengths.

structure.py rooms     checks every include line against sim/rooms.toml; exit status 1 if one breaks a rule
structure.py counts    prints the counts; with --limits also fails where a count is beyond its limit
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIM = ROOT / "sim"
INCLUDE = re.compile(r'^#include "(sim/[^"]+)"', re.MULTILINE)
CAST = re.compile(r"\b(?:static|reinterpret|const|dynamic)_cast<")

# What is declared with a 64-bit integer, or a container of them: `std::int64_t a = 0, b = 0`, `Table<LabId, std::int64_t> a`.
INTEGERS = re.compile(
    r"\bint64_t\b[>&*\s]*(?:const\s+)?(\w+(?:\s*=\s*[^,;()]+)?(?:\s*,\s*\w+(?:\s*=\s*[^,;()]+)?(?=\s*[,;]))*)"
)
MONEY_WORDS = {
    *("amount", "balance", "bill", "cash", "commitment", "cost", "costs", "dollars", "fee", "fees", "governance"),
    *("income", "migration", "money", "payment", "payments", "penalty", "price", "prices", "profit", "rent", "rents"),
    *("revenue", "shortfall", "surplus", "usd"),
}
# The min-cost flow knows no money: it minimises whole numbers of any unit. The exchange gives it Money's own unit.
OWN_UNIT = {path.relative_to(ROOT).as_posix() for path in (ROOT / "sim/market/primitives").glob("flow*")}


@dataclass(frozen=True)
class Limits:
    """What `counts --limits` holds the code to."""

    columns: int = 120
    function_lines: int = 60
    median_function_lines: float = 8
    market_casts_per_thousand: float = 10
    integers_for_money: int = 0


def sources(folder: Path = SIM) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".cpp", ".hpp"})


def read_rooms() -> dict[str, list[str]]:
    """Room -> rooms it may include; a name that ends in /* stands for all rooms below it."""
    return tomllib.loads((SIM / "rooms.toml").read_text(encoding="utf-8"))["may_include"]


def read_bans() -> dict[str, list[str]]:
    """Folder -> folders that it may not include, though both lie in one room."""
    bans: dict[str, list[str]] = tomllib.loads((SIM / "rooms.toml").read_text(encoding="utf-8"))["may_not_include"]
    for folder in (*bans, *(other for others in bans.values() for other in others)):
        if not (SIM / folder).is_dir():
            raise SystemExit(f'sim/rooms.toml: "{folder}", named in may_not_include, is no folder of sim/.')
    return bans


def banned(name: str, included: str, bans: dict[str, list[str]]) -> str:
    """The folder of `included` that the folder of `name` may not include; empty if there is none."""
    for folder, others in bans.items():
        if name.startswith(f"sim/{folder}/"):
            for other in others:
                if included.startswith(f"sim/{other}/"):
                    return other
    return ""


def room_of(name: str, rooms: dict[str, list[str]]) -> str:
    """The innermost room that holds a file such as sim/market/supply/pool.cpp."""
    folder = Path(name).parent
    while str(folder) not in ("sim", "."):
        room = folder.relative_to("sim").as_posix()
        if room in rooms:
            return room
        folder = folder.parent
    raise SystemExit(f"{name}: lies in no room of sim/rooms.toml. Add its folder there.")


def allowed(room: str, rooms: dict[str, list[str]]) -> set[str]:
    """Rooms that `room` may include: itself, those listed, and what those may include in turn."""
    found, open_ = {room}, list(rooms[room])
    while open_:
        name = open_.pop()
        if name not in rooms:
            raise SystemExit(f'sim/rooms.toml: "{name}", named by "{room}", is no room.')
        if name not in found:
            found.add(name)
            open_.extend(rooms[name])
    return found


def circles(rooms: dict[str, list[str]]) -> list[str]:
    return [
        f"sim/rooms.toml: {room} may include itself through {other}"
        for room in rooms
        for other in rooms[room]
        if room in allowed(other, rooms)
    ]


def broken_rules() -> list[str]:
    rooms, bans = read_rooms(), read_bans()
    found = circles(rooms)
    if found:
        return found
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        room = room_of(name, rooms)
        may = allowed(room, rooms)
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            target = room_of(match.group(1), rooms)
            line = text.count("\n", 0, match.start()) + 1
            if ban := banned(name, match.group(1), bans):
                found.append(f"{name}:{line}: includes {match.group(1)} of {ban}, which sim/rooms.toml forbids.")
            if target not in may:
                found.append(
                    f"{name}:{line}: {room} includes {match.group(1)} of {target}; expected only {', '.join(sorted(may - {room})) or 'itself'}."
                )
    return found


@dataclass(frozen=True)
class Function:
    name: str
    place: str
    lines: int


def functions() -> list[Function]:
    """Definitions in sim/, by universal-ctags."""
    if shutil.which("ctags") is None:
        raise SystemExit("ctags is not installed; the package is universal-ctags.")
    command = [
        "ctags",
        "--languages=C++",
        "--kinds-C++=f",
        "--fields=+ne",
        "--output-format=json",
        "-f",
        "-",
        *map(str, sources()),
    ]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    tags = [json.loads(line) for line in listed]
    return [
        Function(tag["name"], f"{Path(tag['path']).relative_to(ROOT)}:{tag['line']}", tag["end"] - tag["line"] + 1)
        for tag in tags
        if "end" in tag
    ]


def casts_per_thousand(folder: Path) -> tuple[int, int, float]:
    texts = [path.read_text(encoding="utf-8") for path in sources(folder)]
    casts, lines = sum(len(CAST.findall(text)) for text in texts), sum(text.count("\n") for text in texts)
    return casts, lines, 1000 * casts / lines


def integers_for_money(text: str) -> list[int]:
    """Lines that declare money as a 64-bit integer instead of core::Money, as far as names and comments tell.

    A name tells by one of MONEY_WORDS in it, a comment by a dollar sign.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        code, _, comment = line.partition("//")
        for match in INTEGERS.finditer(code):
            names = re.findall(r"[A-Za-z]\w*", match.group(1))
            if "$" in comment or any(word in MONEY_WORDS for name in names for word in name.split("_")):
                found.append(number)
                break
    return found


def money_places() -> list[str]:
    """Where the model and what reads it use integers for money; core holds the type itself."""
    paths = [path for room in ("market", "scenario", "record", "study") for path in sources(SIM / room)]
    names = [(path, path.relative_to(ROOT).as_posix()) for path in paths]
    return [
        f"{name}:{line}"
        for path, name in names
        if name not in OWN_UNIT
        for line in integers_for_money(path.read_text(encoding="utf-8"))
    ]


def counts(enforce: bool) -> int:
    limits, mistakes = Limits(), []
    rooms = [
        SIM,
        *sorted(path for path in SIM.iterdir() if path.is_dir()),
        *sorted(path for path in (SIM / "market").iterdir() if path.is_dir()),
    ]
    print(f"{'folder':32} {'lines':>7} {'casts':>6} {'casts/1000 lines':>17}")
    for folder in rooms:
        casts, lines, rate = casts_per_thousand(folder)
        print(f"{folder.relative_to(ROOT).as_posix():32} {lines:7} {casts:6} {rate:17.1f}")
    rate = casts_per_thousand(SIM / "market")[2]
    if rate > limits.market_casts_per_thousand:
        mistakes.append(
            f"sim/market has {rate:.1f} casts per thousand lines; expected at most {limits.market_casts_per_thousand:g}."
        )
    integers = money_places()
    print(f"integers for money, by name or comment: {len(integers)}")
    if len(integers) > limits.integers_for_money:
        mistakes += [f"{place}: money is declared as an integer; expected core::Money." for place in integers]
    widths = [
        (len(line), f"{path.relative_to(ROOT)}:{number}")
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]
    long = [place for width, place in widths if width > limits.columns]
    print(
        f"lines over {limits.columns} columns: {len(long)} of {len(widths)}; the longest has {max(widths)[0]} ({max(widths)[1]})"
    )
    mistakes += [f"{place}: the line has more than {limits.columns} columns." for place in long]
    found = functions()
    median, longest = statistics.median(f.lines for f in found), sorted(found, key=lambda f: -f.lines)
    print(
        f"functions: {len(found)}, median {median:g} lines, the longest {', '.join(f'{f.name} {f.lines} ({f.place})' for f in longest[:3])}"
    )
    mistakes += [
        f"{f.place}: {f.name} has {f.lines} lines; expected at most {limits.function_lines}."
        for f in longest
        if f.lines > limits.function_lines
    ]
    if median > limits.median_function_lines:
        mistakes.append(f"the median function has {median:g} lines; expected at most {limits.median_function_lines:g}.")
    if enforce:
        for mistake in mistakes:
            print(mistake, file=sys.stderr)
    return 1 if enforce and mistakes else 0


def main(arguments: list[str]) -> int:
    if arguments == ["rooms"]:
        found = broken_rules()
        for line in found:
            print(line, file=sys.stderr)
        return 1 if found else 0
    if arguments[:1] == ["counts"]:
        return counts("--limits" in arguments)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
