"""Python values as TOML text and back, for overrides and for reading single values."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from rackrate import options

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(value: Any) -> str:
    """One value as TOML text.

    Raises: TypeError for a value that TOML cannot hold.

    Example:
        >>> to_toml({"value": "30 k$", "ranges": [1, 2.5], "on": True})
        '{ value = "30 k$", ranges = [1, 2.5], on = true }'
    """
    if options.is_instant(value):
        return options.instant("the value", value)
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()  # a numpy scalar
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key_text(str(key))} = {to_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return "[" + ", ".join(to_toml(item) for item in value) + "]"
    raise TypeError(f"a scenario cannot hold a {type(value).__name__}; use a number, text, bool, date, list or dict")


def _quoted(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise TypeError(f"a scenario cannot hold the text {text!a}; use text that is Unicode") from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)


def key_text(key: str) -> str:
    """One key of a table, in quotes where TOML requires them."""
    return key if _BARE_KEY.fullmatch(key) else _quoted(key)


def from_toml(text: str) -> Any:
    """The Python value of TOML text.

    Raises: tomllib.TOMLDecodeError if the text is no TOML value.

    Example:
        >>> from_toml("2026-04-27")
        datetime.date(2026, 4, 27)
    """
    return tomllib.loads("value = " + text)["value"]
