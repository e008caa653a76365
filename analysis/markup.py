"""Small pieces of HTML: everything that comes from a file is escaped here and nowhere else."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit


def text(value):
    """Any value as safe text."""
    return escape(str(value), quote=True)


def link(words, url):
    """A link if the address is http(s), else the words: a scenario must not be able to smuggle a script
    address."""
    if urlsplit(str(url)).scheme not in ("http", "https"):
        return text(words)
    return f'<a href="{text(url)}" rel="noopener noreferrer">{text(words)}</a>'


def table(head, rows, numeric=(), css=""):
    """A table in a box that scrolls by itself. ``rows``: lists of safe HTML, or (class, list), or
    (``group`` or ``still``, one safe text across the whole width); ``numeric``: column numbers."""

    def cell(tag, i, content):
        return f"<{tag}{' class=n' if i in numeric else ''}>{content}</{tag}>"

    out = [
        f'<div class="scroll" tabindex="0"><table class="{css}"><thead><tr>',
        "".join(cell("th", i, text(h)) for i, h in enumerate(head)),
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


def figure(svg, caption):
    """A figure with its caption."""
    return f"<figure>{svg}<figcaption>{text(caption)}</figcaption></figure>"


def section(title, *parts):
    """A section with a heading; nothing at all if it has no content."""
    body = "".join(p for p in parts if p)
    return f"<section><h2>{text(title)}</h2>{body}</section>" if body else ""


def paragraph(words, css=""):
    """A paragraph of plain text."""
    return f'<p class="{css}">{text(words)}</p>' if css else f"<p>{text(words)}</p>"
