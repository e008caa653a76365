"""Small pieces of HTML: everything that comes from a file is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

Row = list[str] | tuple[str, list[str] | str]


def text(value: object) -> str:
    """Any value as safe text."""
    return escape(str(value), quote=True)


def link(words: object, url: object) -> str:
    """A link if the address is http(s), else the words: a scenario must not be able to smuggle a script
    address."""
    try:
        scheme = urlsplit(str(url)).scheme
    except ValueError:  # brackets that are no address
        scheme = ""
    if scheme not in ("http", "https"):
        return text(words)
    return f'<a href="{text(url)}" rel="noopener noreferrer">{text(words)}</a>'


def table(head: Sequence[object], rows: Sequence[Row], numeric: Sequence[int] = (), css: str = "") -> str:
    """A table in a box that scrolls by itself. ``rows``: lists of safe HTML, or (class, list), or
    (``group`` or ``still``, one safe text across the whole width); ``numeric``: column numbers.

    On narrow screens a line above a wide table says that it goes on to the right."""

    def cell(tag: str, i: int, content: object) -> str:
        return f"<{tag}{' class=n' if i in numeric else ''}>{content}</{tag}>"

    heads = (f"<th scope=col{' class=n' if i in numeric else ''}>{text(h)}</th>" for i, h in enumerate(head))
    hint = '<p class="hint">More columns to the right: scroll the table →</p>' if len(head) > 2 else ""
    out = [
        f'{hint}<div class="scroll" tabindex="0"><table class="{css}"><thead><tr>',
        *heads,
        "</tr></thead><tbody>",
    ]
    for row in rows:
        name, cells = row if isinstance(row, tuple) else ("", row)
        if name in ("group", "still"):
            out.append(f'<tr class="{name}"><td colspan="{len(head)}"><span>{cells}</span></td></tr>')
        else:
            out.append(
                (f'<tr class="{name}">' if name else "<tr>")
                + "".join(cell("td", i, c) for i, c in enumerate(cells))
                + "</tr>"
            )
    return "".join(out) + "</tbody></table></div>"


def figure(svg: str, caption: object) -> str:
    """A figure with its caption."""
    return f"<figure>{svg}<figcaption>{text(caption)}</figcaption></figure>"


def section(title: object, *parts: str) -> str:
    """A section with a heading; nothing at all if it has no content."""
    body = "".join(p for p in parts if p)
    return f"<section><h2>{text(title)}</h2>{body}</section>" if body else ""


def paragraph(words: object, css: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{css}">{text(words)}</p>' if css else f"<p>{text(words)}</p>"


def fold(title: object, content: str) -> str:
    """Content behind a line to click on; nothing at all if it has no content."""
    return f"<details><summary>{text(title)}</summary>{content}</details>" if content else ""
