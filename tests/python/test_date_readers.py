"""Who reads a date of a contract before it has come: an end, a signature, a step of a schedule.

Arms share their past until the first date on which they can differ, and results are kept by what their terms can do. Both
must know every date that a run reads ahead (sim/study/first_difference.cpp, sim/study/terms.cpp). A file that begins to
read such dates, or reads more of them, fails here until somebody has looked at both.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "sim" / "market"
ROOMS = ("dependency", "enterprise", "exchange", "labs", "negotiation", "pricing", "regime", "supply", "view", "world")
AHEAD = re.compile(
    r"(?:\.|->)(?:until|ends|terminated|exercised|signed_on|schedule|switched_off|bought_out)\b(?!\()|version_expected\(|\bbreakpoints\(\)"
)

# lines that match, and why first_difference and terms_digest know them
READERS = {
    "exchange/audit/breaches.cpp": (6, "on the day of a breach or a notice; a version counts from its signature"),
    "exchange/audit/commit.cpp": (8, "the commitment's own periods and end, known from its first day"),
    "exchange/facts/backlog.cpp": (3, "what is owed counts from its signature (counts_when_signed, add_promises)"),
    "exchange/terms/capacity_terms.cpp": (
        6,
        "a reservation's steps and end, for the backlog: counts from its signature",
    ),
    "exchange/clauses/commit.cpp": (4, "the commitment's own period and end, known from its first day"),
    "exchange/clauses/commitment_part.cpp": (
        2,
        "the commitment's own term, known from its first day; is it bought out today? (a cut)",
    ),
    "exchange/clearing/commitment_steer.cpp": (2, "the open period of a commitment"),
    "exchange/clauses/damages.cpp": (1, "a contradiction that has begun (compare_conflicts)"),
    "exchange/finance/defaults.cpp": (2, "a commitment counts from its signature (counts_when_signed, add_promises)"),
    "exchange/interval.cpp": (7, "cutting_dates, the one list of them (compare_cuts, add_cuts)"),
    "exchange/clearing/leases.cpp": (2, "leases, which no contract states"),
    "exchange/clearing/network.cpp": (2, "when to build the network anew: the same one, unless something changed"),
    "exchange/clearing/run_queue.cpp": (4, "ends of training runs, which no contract states"),
    "exchange/clauses/termination.cpp": (5, "on the day of the notice"),
    "labs/finance.cpp": (1, "promised tranches count from their signature (counts_when_signed, add_promises)"),
    "labs/launch.cpp": (1, "is the right in force today?"),
    "negotiation/renegotiation.cpp": (1, "a contradiction that has begun (compare_conflicts)"),
    "negotiation/static_contracts.cpp": (5, "the contracts of one day, what is bought out by then left out"),
    "negotiation/tender.cpp": (3, "the tender's own shortfalls and the contract's end, once it has begun"),
    "regime/access.cpp": (3, "intervals of permissions (compare_access, add_feasibility)"),
    "regime/awareness.cpp": (4, "announcements (compare_announcements, add_announcements)"),
    "regime/compiled_scenario.cpp": (1, "the dates of a clause on money, which others read"),
    "regime/compiled_scenario.hpp": (1, "is it in force today?"),
    "supply/budget.cpp": (5, "spans of guidance, which no contract states"),
    "supply/vendor.cpp": (2, "lines of production, which no contract states"),
    "view/milestones.cpp": (1, "has it been signed? (a version counts from its signature; add_signatures)"),
    "world/announce.cpp": (3, "versions and contradictions that have begun"),
    "world/world.cpp": (1, "the end of a step of the run"),
}


def found():
    lines = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.?pp")):
            code = (line.split("//", 1)[0] for line in path.read_text("utf-8").splitlines())
            lines[path.relative_to(ROOT).as_posix()] = sum(bool(AHEAD.search(line)) for line in code)
    return {name: count for name, count in lines.items() if count}


def test_whoever_reads_dates_ahead_is_known():
    assert found() == {name: count for name, (count, _) in READERS.items()}, (
        "dates of contracts are read in a new place: see that first_difference and terms_digest know them, then say so here"
    )
