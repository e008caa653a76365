"""The questions that one command answers: ``rackrate answer QUESTION STUDY.h5``, ``an.answer(ds, "concentration")``.

Each has a function here that makes an :class:`Answer`: plain words with an interval, tables, and a picture drawn from the
same numbers. docs/answers.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xarray as xr

from .. import study_data
from .assumptions import assumptions_answer
from .chips import chips_answer
from .competition import concentration_answer, divergence, market_concentration
from .inputs import binding_share, inputs_answer
from .integrated import integrated_answer
from .integration import integration_answer, nativeness_lead
from .leverage import break_even_clouds, buyers_gain, leverage_answer, leverage_index, spend_at_list
from .premium_by_year import premium_answer, premium_routes
from .pull import lost_work, pull_answer, pulled_revenue
from .question import Answer
from .uptake import friction_elasticities, listing_uptake, months_to, uptake_answer

#: By word: what is asked, the number in the list of questions, and who answers.
QUESTIONS: dict[str, tuple[str, str, Callable[..., Answer]]] = {
    "premium": ("Q1", "What is exclusivity worth to its holder, by year and by route?", premium_answer),
    "uptake": ("Q4", "How fast does the opened channel win the lab's work, by segment?", uptake_answer),
    "pull": ("Q5", "How much revenue that is not AI is at risk when AI no longer pulls it?", pull_answer),
    "leverage": ("Q9", "How much do enterprise buyers gain, net of governance?", leverage_answer),
    "integration": ("", "Which cloud integrates the lab's models most deeply, and when?", integration_answer),
    "integrated": ("", "What does opening do to a firm that makes models and hosts them?", integrated_answer),
    "concentration": ("Q10", "Does opening lower or raise concentration?", concentration_answer),
    "inputs": ("", "Which scarce input holds clouds back, and how concentrated are the inputs?", inputs_answer),
    "chips": ("", "Whose chips does compute run on, who depends on them, and what does each kind cost?", chips_answer),
    "assumptions": ("", "Which of what the study does not know moves the premium most?", assumptions_answer),
}


def answer(ds: xr.Dataset, question: str, **options: Any) -> Answer:
    """Answer one question from a study: its word, or its number (``Q10``) if it has one.

    Args: ``options`` of the answering function: ``arm`` and ``baseline`` (default: the study's first question), ``level``
        (0.9), and ``firm``, ``lab``, ``channel`` or ``control`` where it has them.
    Raises: KeyError for an unknown question; what the answering function raises.
    Example:
        >>> an.answer(st, "concentration").sentence  # doctest: +SKIP
    """
    by_number = {number: word for word, (number, _, _) in QUESTIONS.items() if number}
    word = by_number.get(str(question).upper(), str(question))
    study_data.member(QUESTIONS, word, "question", "there is no")
    return QUESTIONS[word][2](ds, **options)


__all__ = [
    "QUESTIONS",
    "Answer",
    "answer",
    "assumptions_answer",
    "binding_share",
    "break_even_clouds",
    "buyers_gain",
    "chips_answer",
    "concentration_answer",
    "divergence",
    "friction_elasticities",
    "inputs_answer",
    "integrated_answer",
    "integration_answer",
    "leverage_answer",
    "leverage_index",
    "listing_uptake",
    "lost_work",
    "market_concentration",
    "months_to",
    "nativeness_lead",
    "premium_answer",
    "premium_routes",
    "pull_answer",
    "pulled_revenue",
    "spend_at_list",
    "uptake_answer",
]
