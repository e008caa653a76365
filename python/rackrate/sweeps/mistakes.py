"""What is wrong with a design: all of it, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rackrate._core import ScenarioError, nearest

LIMIT = 100  # more than anybody reads


class Mistakes:
    """Sentences about one design, raised together."""

    def __init__(self, origin: str = "") -> None:
        self._front = f"{origin}: " if origin else ""
        self._sentences: dict[str, None] = {}

    def add(self, key: str, got: str, expected: str, remedy: str = "") -> None:
        """``key is got; expected rule. What to do``."""
        self.say(f"{key} is {got}; expected {expected}." + (f" {remedy}" if remedy else ""))

    def say(self, sentence: str) -> None:
        """A sentence of its own form, without the name of the file."""
        if len(self._sentences) < LIMIT:
            self._sentences[self._front + sentence] = None

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Takes the mistakes that the block raises."""
        try:
            yield
        except ScenarioError as error:
            for line in str(error).splitlines():
                self.say(line)

    def raise_if_any(self) -> None:
        """Raises: ScenarioError with all of them, one per line."""
        if self._sentences:
            raise ScenarioError("\n".join(self._sentences))

    def __bool__(self) -> bool:
        return bool(self._sentences)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """``Did you mean x?``, or another remedy where nothing is near."""
    near = nearest(word, list(known))
    return f"Did you mean {near}?" if near else otherwise


def shown(value: object) -> str:
    """A value of a design in a message."""
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, bool):
        text = str(value).lower()
    elif value is None:
        text = "nothing"
    else:
        text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
