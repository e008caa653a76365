"""One look for all figures: small and narrow enough to be read on a telephone, colours that survive colour
blindness."""

from __future__ import annotations

import functools
import io
import re
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, DateFormatter, YearLocator
from matplotlib.figure import Figure
from matplotlib.text import Text

from .. import study_data

WIDTH_INCHES = 4.6
# A colour has one meaning on a page. Arms: Okabe and Ito's palette, distinct under the common colour deficiencies, and in
# grey by line style. Places where work runs or is sold: another range. Amounts, whatever their sign: slate.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6C6C6C", "#B8A800")
PLACES = ("#5B3A8E", "#A58CCB", "#7A4B2A", "#C9A27E", "#2F4F4F", "#9BB8B3", "#8C2D5A", "#D9A3BD", "#50602C", "#B7C48A")
AMOUNT, PREMIUM = "#4A5A6A", "#222222"
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
INK, FAINT = "#222222", "#8a8a8a"
_RC: dict[Any, Any] = {
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
    "text.usetex": False,
    "svg.hashsalt": "rackrate",
    "figure.titlesize": 9.5,
    "figure.titleweight": "bold",
    "lines.linewidth": 1.4,
}


_Drawing = TypeVar("_Drawing", bound=Callable[..., Any])


def styled(function: _Drawing) -> _Drawing:
    """Draws with the house style and leaves matplotlib's settings as they were."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with matplotlib.rc_context(_RC):
            drawing = function(*args, **kwargs)
            # Whoever saves the figure does so with settings of his own: the texts keep that they are no formulas.
            for written in drawing.findobj(Text):
                written.set_parse_math(False)
            return drawing

    return wrapper  # type: ignore[return-value]


def canvas(
    title: str, rows: int = 1, row_height: float = 1.25, extra: float = 0.75, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    """A figure with a bold title and a column of axes. Returns: (Figure, list of Axes)."""
    lines = textwrap.wrap(" ".join(str(title).split()), 50, max_lines=4, placeholder=" …") or [""]
    figure = Figure(figsize=(WIDTH_INCHES, rows * row_height + extra + 0.16 * (len(lines) - 1)), layout="constrained")
    FigureCanvasSVG(figure)
    # Lines are broken here: matplotlib's own wrapping reads a title with dollar signs as a formula.
    figure.suptitle("\n".join(lines), x=0.01, ha="left")
    axes = figure.subplots(rows, 1, sharex=True, sharey=sharey, squeeze=False)[:, 0]
    return figure, list(axes)


def title_of(figure: Figure) -> str:
    """A figure's title in one line."""
    return " ".join(figure.get_suptitle().split())


def panel_title(words: str) -> str:
    """A title above one panel, at most two lines."""
    return "\n".join(textwrap.wrap(str(words), 56, max_lines=2, placeholder=" …"))


def label(words: str) -> str:
    """A legend's label: matplotlib leaves out those that begin with an underscore."""
    return f"\u200b{words}" if str(words).startswith("_") else str(words)


def arm_look(ds: xr.Dataset, arm: str) -> tuple[str, Any]:
    """Colour and dashes of an arm: its position in the file decides, the same in every figure."""
    i = study_data.arms(ds).index(arm)
    return PALETTE[i % len(PALETTE)], DASHES[i % len(DASHES)]


def short(words: object, most: int = 24) -> str:
    """A title that fits beside an axis: what stands before a colon, shortened at a word if still too long.

    Example:
        >>> short("Colossus: it sells nothing in this model")
        'Colossus'
    """
    head = re.split(r"[:;(]| and | / ", str(words))[0].strip()
    return (head or str(words)[:most]) if len(head) <= most else head[:most].rsplit(" ", 1)[0] + " …"


def legend(figure: Figure, ax: Axes, columns: int = 3) -> None:
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


def months(axis: Axes, ds: xr.Dataset) -> None:
    """The time axis of a monthly series. A run of one month shows its days, not the years around its one point."""
    if ds.sizes["time"] == 1:
        start, end = study_data.month_bounds(ds)
        low, high = (bound[0].astype("datetime64[ms]") for bound in (start, end))
        axis.set_xlim(low, high)  # type: ignore[arg-type]
    years(axis)


def years(axis: Axes) -> None:
    """Whole years on the time axis, days where the run is shorter than two years."""
    low, high = axis.get_xlim()
    if high - low < 730:
        axis.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=6))
        axis.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d" if high - low < 120 else "%Y-%m"))
        return
    axis.xaxis.set_major_locator(YearLocator())
    axis.xaxis.set_major_formatter(DateFormatter("%Y"))


def dates(time: Any) -> np.ndarray:
    """Months as dates matplotlib plots without pandas' converters."""
    return np.asarray(time).astype("datetime64[D]")


def points(ds: xr.Dataset) -> np.ndarray:
    """Where the numbers of each month stand on the time axis: at its start, or in the middle of the days of a single one."""
    if ds.sizes["time"] > 1:
        return dates(ds["time"].values)
    start, end = study_data.month_bounds(ds)
    middle: np.ndarray = (start + (end - start) / 2).astype("datetime64[ms]")
    return middle


def mark(ax: Axes, ds: xr.Dataset) -> None:
    """A thin line on the valuation date, where the run has it."""
    if not study_data.has_valuation_date(ds):
        return
    starts, ends = study_data.month_bounds(ds)
    day: Any = study_data.valuation_date(ds)
    if starts[0] <= day <= ends[-1]:
        ax.axvline(day, color=FAINT, lw=0.8, ls=":", zorder=1)


def svg(figure: Figure, key: str = "figure", description: str = "") -> str:
    """A figure as an inline ``<svg>`` that scales with its box and carries no name that another figure uses.

    Args: ``key`` prefixes every id; ``description`` is read out by screen readers.
    Example:
        >>> svg(fan(st, "revenue", firm="microsoft"), "revenue").startswith("<svg")  # doctest: +SKIP
        True
    """
    target = io.StringIO()
    with matplotlib.rc_context(_RC):
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = target.getvalue()
    text = text[text.index("<svg") :].rstrip()
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
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


def _escape(text: object) -> str:
    return str(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
