"""Names that a user chooses freely: of scenarios, arms and groups. They become labels of result files, parts of messages
and lines of tables."""

from __future__ import annotations

import os
import unicodedata

from rackrate._core import ScenarioError

LONGEST = 200
#: Control and invisible characters, halves of surrogate pairs, ends of lines and paragraphs.
_REFUSED = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """The text with bytes that are not UTF-8 (from file names) written as ``\\xNN``.

    Example:
        >>> printable("sc\\udce9nario")
        'sc\\\\xe9nario'
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # halves of characters that stand for no byte
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def of_file(name: str) -> str:
    """A name as the file system accepts it; a name that no file can have is escaped, for the message.

    Example:
        >>> of_file("a\\0b")
        'a\\\\x00b'
    """
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        name = printable(name)
    return name.replace("\0", "\\x00")


def sound(what: str, name: str) -> str:
    """The name, if it can be written in a file, a message and a table, and be typed again.

    It is not empty, has at most 200 characters, none of them a control or invisible one, no space at its ends, and is
    normalised (NFC), so names that look equal are equal.
    Raises: ScenarioError in one sentence that begins with ``what``.

    Example:
        >>> sound("arms", "open, from 2026")
        'open, from 2026'
        >>> sound("arms", "open\\u200b")
        Traceback (most recent call last):
        ...
        rackrate.ScenarioError: arms has the name "open\\u200b"; expected one without control or invisible characters. Remove U+200B.
    """
    refused = next((c for c in name if unicodedata.category(c) in _REFUSED), None)
    if not name:
        problem = "an empty name; expected one of at least one character. Give it one."
    elif len(name) > LONGEST:
        problem = (
            f'the name "{_quoted(name[:40])}..." of {len(name)} characters; expected at most {LONGEST}. Shorten it.'
        )
    elif refused is not None:
        problem = f'the name "{_quoted(name)}"; expected one without control or invisible characters. Remove U+{ord(refused):04X}.'
    elif name != name.strip():
        problem = f'the name "{name}"; expected one without spaces at its ends. Remove them.'
    elif name != unicodedata.normalize("NFC", name):
        problem = f'the name "{_quoted(name)}"; expected its characters composed (Unicode NFC). Type it anew, or rename the file.'
    else:
        return name
    raise ScenarioError(f"{what} has {problem}")


def cleaned(name: str) -> str:
    """The nearest valid name, for text from any source that must serve as a name.

    Example:
        >>> cleaned("a\\nb "), cleaned("")
        ('a\\\\nb', 'text')
    """
    shown = "".join(
        _quoted(c) if unicodedata.category(c) in _REFUSED else c for c in unicodedata.normalize("NFC", name)
    )
    return shown[:LONGEST].strip() or "text"


def _quoted(name: str) -> str:
    return "".join(c if c.isascii() and c.isprintable() else c.encode("unicode_escape").decode() for c in name)
