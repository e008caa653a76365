"""One look for all figures: small and narrow enough to be read on a telephone, colours that survive colour
blindness."""

from __future__ import annotations

import functools
import io
import re

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import DateFormatter, YearLocator
from matplotlib.figure import Figure

from .. import study_data

WIDTH_INCHES = 4.6
# Okabe and Ito's palette: distinct under the common colour deficiencies, and in grey by line style.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6C6C6C", "#B8A800")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
INK, FAINT = "#222222", "#8a8a8a"
_RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.0,
    "axes.titleweight": "regular",
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a title with two dollar signs is not a formula
    "svg.hashsalt": "rackrate",
    "figure.titlesize": 9.5,
    "figure.titleweight": "bold",
    "lines.linewidth": 1.4,
}


def styled(function):
    """Draws with the house style and leaves matplotlib's settings as they were."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with matplotlib.rc_context(_RC):
            return function(*args, **kwargs)

    return wrapper


def canvas(title, rows=1, row_height=1.25, extra=0.75, sharey=False):
    """A figure with a bold title and a column of axes. Returns: (Figure, list of Axes)."""
    figure = Figure(figsize=(WIDTH_INCHES, rows * row_height + extra), layout="constrained")
    FigureCanvasSVG(figure)
    figure.suptitle(title, x=0.01, ha="left", wrap=True)
    axes = figure.subplots(rows, 1, sharex=True, sharey=sharey, squeeze=False)[:, 0]
    return figure, list(axes)


def arm_look(ds, arm):
    """Colour and dashes of an arm: its position in the file decides, the same in every figure."""
    i = study_data.arms(ds).index(arm)
    return PALETTE[i % len(PALETTE)], DASHES[i % len(DASHES)]


def short(words, most=24):
    """A title that fits beside an axis: what stands before a colon, shortened at a word if still too long.

    Example:
        >>> short("Colossus: it sells nothing in this model")
        'Colossus'
    """
    head = re.split(r"[:;(]| and | / ", str(words))[0].strip()
    return head if len(head) <= most else head[:most].rsplit(" ", 1)[0] + " …"


def legend(figure, ax, columns=3):
    """One legend below the figure, in its own strip: it cannot cover data or be cut off."""
    entries = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))  # one entry per label
    if entries:
        columns = min(columns, max(1, 72 // (max(map(len, entries)) + 7)))
        figure.legend(
            entries.values(),
            entries.keys(),
            loc="outside lower center",
            ncols=columns,
            handlelength=1.8,
            columnspacing=1.2,
        )


def years(axis):
    """Whole years on the time axis."""
    axis.xaxis.set_major_locator(YearLocator())
    axis.xaxis.set_major_formatter(DateFormatter("%Y"))


def dates(time):
    """Months as dates matplotlib plots without pandas' converters."""
    return np.asarray(time).astype("datetime64[D]")


def mark(ax, ds):
    """A thin line on the valuation date."""
    if "valuation_date" in ds.attrs:
        ax.axvline(
            np.datetime64(str(ds.attrs["valuation_date"])[:10], "D"), color=FAINT, lw=0.8, ls=":", zorder=1
        )


def svg(figure, key="figure", description=""):
    """A figure as an inline ``<svg>`` that scales with its box and carries no name that another figure uses.

    Args: ``key`` prefixes every id; ``description`` is read out by screen readers.
    Example:
        >>> svg(fan(st, "revenue", firm="microsoft"), "revenue").startswith("<svg")  # doctest: +SKIP
        True
    """
    target = io.StringIO()
    with matplotlib.rc_context(_RC):
        figure.savefig(
            target, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = target.getvalue()
    text = text[text.index("<svg") :].rstrip()
    text = re.sub(
        r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S
    )
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", text)
    text = re.sub(r'xlink:href="#([^"]+)"', rf'xlink:href="#{key}-\1"', text)
    text = re.sub(
        r"'?DejaVu Sans'?", "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, 'DejaVu Sans', sans-serif", text
    )
    label = _escape(description)
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def _escape(text):
    return str(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
