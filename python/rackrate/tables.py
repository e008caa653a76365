"""``ds.rackrate.to_pandas()``: tidy tables in B$ as methods of a dataset. rackrate.analysis computes them."""

from __future__ import annotations

import io
import os
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
        self, period: Literal["quarter", "year", "fiscal"] = "quarter", *, level: float = 0.9
    ) -> pd.DataFrame:
        """Money per firm, layer and period: the mean, and ``_low`` and ``_high``, the interval that contains ``level`` of the futures.

        Args: ``period`` is ``quarter`` or ``year`` (calendar), or ``fiscal``: each firm's own fiscal year.
        Returns: one row per arm, firm, layer and period, in B$; ``months`` counts those that the run covers.
        Raises: ValueError for another period; KeyError if a variable was not recorded.

        Example:
            >>> import rackrate as rr
            >>> table = rr.run("toy-10").rackrate.to_pandas("year")
            >>> sorted(table["period"].unique().tolist())
            ['2026']
        """
        return analysis.by_period(self._ds, period, level=level)

    def statement(self, contract: str, *, arm: str | None = None, replication: int | None = None) -> pd.DataFrame:
        """The statement of one contract; see :func:`rackrate.analysis.statement`."""
        return analysis.statement(self._ds, contract, arm=arm, replication=replication)

    def to_csv(self, *, level: float = 0.9) -> str:
        """Calendar quarters and fiscal years in one tidy CSV text, in B$."""
        return analysis.to_csv(self._ds, level=level)

    def to_excel(self, path: str | os.PathLike[str], *, level: float = 0.9) -> None:
        """A workbook of three sheets: calendar quarters, calendar years, fiscal years, in B$; ``pip install 'rackrate[excel]'``.

        Raises: ModuleNotFoundError without openpyxl; OSError if ``path`` cannot be written.
        """
        try:
            import openpyxl  # noqa: F401  pandas would name a package, not what to type
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                "a workbook needs openpyxl, which is not here; expected it beside rackrate. "
                "Type: pip install 'rackrate[excel]', or ask for CSV"
            ) from None
        import pandas as pd

        content = io.BytesIO()
        with pd.ExcelWriter(content, engine="openpyxl") as book:
            sheets: dict[str, Literal["quarter", "year", "fiscal"]] = {
                "quarters": "quarter",
                "years": "year",
                "fiscal years": "fiscal",
            }
            for sheet, period in sheets.items():
                self.to_pandas(period, level=level).to_excel(book, sheet_name=sheet, index=False, freeze_panes=(1, 0))
        files.atomic_write(path, content.getvalue())


notebook_views.register()
