"""``ds.rackrate.to_pandas()``: tidy tables in B$ as methods of a dataset. rackrate.analysis computes them."""

from __future__ import annotations

import importlib
import io
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import xarray as xr

from rackrate import analysis, files, notebook_views

if TYPE_CHECKING:
    import pandas as pd


@xr.register_dataset_accessor("rackrate")
class Tables:
    """The tables of a result. Every dataset that :func:`rackrate.open` returns has them as ``ds.rackrate``."""

    def __init__(self, ds: xr.Dataset) -> None:
        self._ds = ds

    def _repr_html_(self) -> str:
        return notebook_views.study(self._ds)

    def to_pandas(
        self,
        what: Literal["quarter", "year", "fiscal", "premium", "points"] | str | Sequence[str] | None = None,
        *,
        metric: str = "npv",
        firm: str | None = None,
        level: float = 0.9,
    ) -> pd.DataFrame:
        """A tidy table of the result, by default by quarter; of a sweep by point.

        Args: ``what`` is ``points``, for one row per point and arm of a sweep, with the factors and the mean of ``metric`` (of one
            ``firm``, or a row for each) with both intervals, as :func:`rackrate.analysis.point_table` has it; or a period, for money per firm, layer and period: ``quarter`` or ``year`` (calendar), or ``fiscal``, each
            firm's own fiscal year; or ``premium``, for the table of :func:`rackrate.analysis.premium_table`; or a variable of
            the result or several, for their values as they were recorded. ``level`` is that of the intervals.
        Returns: of a period one row per arm, firm, layer and period, in B$, with the mean, and ``_low`` and ``_high``, the interval
            that contains ``level`` of the futures; ``months`` counts those that the run covers. Of variables one row per arm,
            replication, entities and month, in the variables' own units; several must have the same dimensions. Studies side by
            side have their dimension, and the coordinates along it, in the first columns.
        Raises: KeyError for an unknown variable, with the nearest; ValueError for variables of different dimensions.

        Example:
            >>> import rackrate as rr
            >>> ds = rr.run("toy-10", replications=2)
            >>> sorted(ds.rackrate.to_pandas("year")["period"].unique().tolist())
            ['2026']
            >>> ds.rackrate.to_pandas("npv").query("firm == 'oai'").columns.tolist()
            ['arm', 'replication', 'firm', 'npv']
        """
        what = self._usual(what)
        if what == "points":
            return analysis.point_table(self._ds, metric, firm, level)
        if what == "premium":
            return analysis.premium_table(self._ds, level=level)
        if isinstance(what, str) and what in ("quarter", "year", "fiscal"):
            return analysis.by_period(self._ds, what, level=level)
        return analysis.values_table(self._ds, what)

    def _usual(self, what: str | Sequence[str] | None) -> str | Sequence[str]:
        """What a table is of where nobody says."""
        return what if what is not None else "points" if self._is_sweep() else "quarter"

    def _is_sweep(self) -> bool:
        return "point" in self._ds.dims and "sweep" in self._ds.attrs

    def statement(self, contract: str, *, arm: str | None = None, replication: int | None = None) -> pd.DataFrame:
        """The statement of one contract; see :func:`rackrate.analysis.statement`."""
        return analysis.statement(self._ds, contract, arm=arm, replication=replication)

    def to_csv(self, *, level: float = 0.9) -> str:
        """Calendar quarters and fiscal years in one tidy CSV text, in B$."""
        return analysis.to_csv(self._ds, level=level)

    def to_parquet(
        self,
        path: str | os.PathLike[str],
        what: str | Sequence[str] | None = None,
        *,
        metric: str = "npv",
        firm: str | None = None,
        level: float = 0.9,
    ) -> None:
        """One table as a Parquet file, for pandas, polars, DuckDB or Arrow; ``pip install 'rackrate[parquet]'``.

        Args: as for :meth:`to_pandas`; without ``what`` the table of :meth:`to_csv`, calendar quarters and fiscal years, or of a
            sweep that of its points.
        Raises: what :meth:`to_pandas` raises; ModuleNotFoundError without pyarrow; OSError if ``path`` cannot be written.
        """
        _needed("pyarrow", "a Parquet file", "parquet")
        import pandas as pd

        if what is None and not self._is_sweep():
            frame = analysis.quarters_and_years(self._ds, level=level)
        else:
            frame = self.to_pandas(what, metric=metric, firm=firm, level=level)
        content = io.BytesIO()
        pd.DataFrame(frame).to_parquet(content, engine="pyarrow", index=False)
        files.atomic_write(path, content.getvalue())

    def to_excel(
        self, path: str | os.PathLike[str], *, metric: str = "npv", firm: str | None = None, level: float = 0.9
    ) -> None:
        """A workbook of three sheets: calendar quarters, calendar years, fiscal years, in B$; ``pip install 'rackrate[excel]'``.

        Of a sweep one sheet: its points, for ``metric`` and ``firm``.
        Raises: ModuleNotFoundError without openpyxl; OSError if ``path`` cannot be written.
        """
        _needed("openpyxl", "a workbook", "excel")
        import pandas as pd

        content = io.BytesIO()
        with pd.ExcelWriter(content, engine="openpyxl") as book:
            sheets = {"quarters": "quarter", "years": "year", "fiscal years": "fiscal"}
            for sheet, what in {"points": "points"}.items() if self._is_sweep() else sheets.items():
                table = self.to_pandas(what, metric=metric, firm=firm, level=level)
                table.to_excel(book, sheet_name=sheet, index=False, freeze_panes=(1, 0))
        files.atomic_write(path, content.getvalue())


def _needed(module: str, what: str, extra: str) -> None:
    """Raises: ModuleNotFoundError that says what to type; pandas would name a package."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{what} needs {module}, which is not here; expected it beside rackrate. "
            f"Type: pip install 'rackrate[{extra}]', or ask for CSV"
        ) from None


notebook_views.register()
