"""The rows that a reader from the industry asks for first, as a page: capital against budgets, payments for nothing, moves of
shares with the event that explains them, what vendors earn, what is unserved, who runs out of cash, how well a premium is known.

``python -m rackrate.rows`` runs the two arms and writes the page.
"""

from .capital import beyond_budget, reasons_beyond_budget, spent_on_compute
from .commitments import Idle, idle_commitments, paid
from .labs import credit_line, unfunded_months
from .moves import LARGE_MOVE, Move, clause_ends, large_moves, largest_moves, reasons
from .page import page
from .service import unserved, waiting_days

__all__ = [
    "LARGE_MOVE",
    "Idle",
    "Move",
    "beyond_budget",
    "clause_ends",
    "credit_line",
    "idle_commitments",
    "large_moves",
    "largest_moves",
    "page",
    "paid",
    "reasons",
    "reasons_beyond_budget",
    "spent_on_compute",
    "unfunded_months",
    "unserved",
    "waiting_days",
]
