"""How a value of a scenario is changed: set to a value of its own, multiplied, or added to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

Operation = Literal["set", "multiply", "add", "percent"]
SET: Operation = "set"
MULTIPLY: Operation = "multiply"
ADD: Operation = "add"

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TIMES = re.compile(rf"\s*[×x*]\s*([+-]?{_NUMBER})\s*")
_PLUS = re.compile(rf"\s*([+\-−])\s*({_NUMBER})\s*(.*?)\s*")


@dataclass(frozen=True)
class Change:
    """One change, before it is known what it changes.

    ``set`` has a ``value``; ``multiply`` a ``number``; ``add`` a ``number`` in a ``unit``. ``percent`` is ``"-10 %"``: a
    multiple, where the value it changes cannot itself be written in per cent.
    """

    operation: Operation
    number: float = 0.0
    unit: str = ""
    value: Any = None


def read_change(given: Any) -> Change:
    """A change as a design writes it.

    ``"×1.1"`` (or x, or *) multiplies; ``"+90 d"``, ``"-0.5 $/H100e-h"`` add; ``"+10 %"`` multiplies by 1.1; ``"+5 pp"``
    adds 0.05. All else is a value to set. A value that begins with a sign is written behind one of equality: ``"=-5 %/y"``.

    Example:
        >>> read_change("x1.1").number, read_change("+90 d").unit, read_change("=-5 %/y").value
        (1.1, 'd', '-5 %/y')
    """
    if not isinstance(given, str):
        return Change(SET, value=given)
    if given.lstrip().startswith("="):
        return Change(SET, value=given.lstrip()[1:].strip())
    if times := _TIMES.fullmatch(given):
        return Change(MULTIPLY, float(times[1]))
    if plus := _PLUS.fullmatch(given):
        number = float(plus[2]) * (1.0 if plus[1] == "+" else -1.0)
        if plus[3] == "%":
            return Change("percent", number / 100.0)
        return Change(ADD, number / 100.0) if plus[3] == "pp" else Change(ADD, number, plus[3])
    return Change(SET, value=given)


def change_text(operation: Operation, number: float, unit: str = "") -> str:
    """A number of a factor as the design would write it.

    Example:
        >>> change_text("multiply", 1.1), change_text("add", -90.0, "d"), change_text("set", 0.1, "/y")
        ('×1.1', '-90 d', '10 %/y')
    """
    if unit.startswith("/"):  # a rate of growth
        number, unit = 100.0 * number, f"%{unit}"
    sign = {"multiply": "×", "add": "+" if number >= 0 else ""}.get(operation, "")
    return f"{sign}{number:.12g}{' ' + unit if unit else ''}"
