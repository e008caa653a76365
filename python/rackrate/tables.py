"""``ds.rackrate.to_pandas()``: tidy tables in B$ as methods of a dataset. rackrate.analysis computes them."""

from __future__ import annotations

import importlib
import io
import os
from collections.abc import Iterator
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
        period: Literal["quarter", "year", "fiscal"] = "quarter",
        *,
        metric: str = "npv",
        firm: str | None = None,
        level: float = 0.9,
    ) -> pd.DataFrame:
        """Money per firm, layer and period: the mean, and ``_low`` and ``_high``, the interval that contains ``level`` of the futures.

        Of a sweep one row per point and arm: the factors, the metric's mean, and both intervals (outcome spread, Monte Carlo
        error); see :func:`rackrate.analysis.point_table`.

        Args: ``period`` is ``quarter`` or ``year`` (calendar), or ``fiscal``: each firm's own fiscal year. ``metric`` and ``firm``
        are those of a sweep's table; without ``firm`` it has a row for each.
        Returns: one row per arm, firm, layer and period, in B$; ``months`` counts those that the run covers.
        Raises: ValueError for another period; KeyError if a variable was not recorded.

        Example:
            >>> import rackrate as rr
            >>> table = rr.run("toy-10").rackrate.to_pandas("year")
            >>> sorted(table["period"].unique().tolist())
            ['2026']
        """
        if self._is_sweep():
            return analysis.point_table(self._ds, metric, firm, level)
        return analysis.by_period(self._ds, period, level=level)

    def _is_sweep(self) -> bool:
        return "point" in self._ds.dims and "sweep" in self._ds.attrs

    def to_parquet(
        self, path: str | os.PathLike[str], *, metric: str = "npv", firm: str | None = None, level: float = 0.9
    ) -> None:
        """The table of :meth:`to_pandas` as a Parquet file; ``pip install 'rackrate[parquet]'``.

        Raises: ModuleNotFoundError without pyarrow; OSError if ``path`` cannot be written.
        """
        _needed("pyarrow", "a Parquet file", "parquet")
        content = io.BytesIO()
        self.to_pandas(metric=metric, firm=firm, level=level).to_parquet(content, engine="pyarrow", index=False)
        files.atomic_write(path, content.getvalue())

    def statement(self, contract: str, *, arm: str | None = None, replication: int | None = None) -> pd.DataFrame:
        """The statement of one contract; see :func:`rackrate.analysis.statement`."""
        return analysis.statement(self._ds, contract, arm=arm, replication=replication)

    def to_csv(self, *, level: float = 0.9) -> str:
        """Calendar quarters and fiscal years in one tidy CSV text, in B$."""
        return analysis.to_csv(self._ds, level=level)

    def to_excel(
        self, path: str | os.PathLike[str], *, metric: str = "npv", firm: str | None = None, level: float = 0.9
    ) -> None:
        """A workbook of three sheets: calendar quarters, calendar years, fiscal years, in B$; ``pip install 'rackrate[excel]'``.

        Of a sweep one sheet, the table of :meth:`to_pandas` for ``metric`` and ``firm``.
        Raises: ModuleNotFoundError without openpyxl; OSError if ``path`` cannot be written.
        """
        _needed("openpyxl", "a workbook", "excel")
        import pandas as pd

        content = io.BytesIO()
        with pd.ExcelWriter(content, engine="openpyxl") as book:
            for sheet, table in self._sheets(metric, firm, level):
                table.to_excel(book, sheet_name=sheet, index=False, freeze_panes=(1, 0))
        files.atomic_write(path, content.getvalue())

    def _sheets(self, metric: str, firm: str | None, level: float) -> Iterator[tuple[str, pd.DataFrame]]:
        if self._is_sweep():
            yield "points", self.to_pandas(metric=metric, firm=firm, level=level)
            return
        sheets: dict[str, Literal["quarter", "year", "fiscal"]] = {
            "quarters": "quarter",
            "years": "year",
            "fiscal years": "fiscal",
        }
        for sheet, period in sheets.items():
            yield sheet, self.to_pandas(period, level=level)


def _needed(package: str, what: str, extra: str) -> None:
    """Raises: ModuleNotFoundError that says what to type; pandas would only name the package."""
    try:
        importlib.import_module(package)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{what} needs {package}, which is not here; expected it beside rackrate. "
            f"Type: pip install 'rackrate[{extra}]', or ask for CSV"
        ) from None


notebook_views.register()
