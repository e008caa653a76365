"""What the command ``elasticities`` does."""

from __future__ import annotations

from collections.abc import Sequence

from rackrate.cli.preparation import with_settings
from rackrate.cli.tables import print_rows


def show(name: str, settings: Sequence[str], *, seed: int, replication: int, settled: bool) -> None:
    """Prints a row per date; what is not sold on a date has no cell."""
    from rackrate.elasticity_years import by_year
    from rackrate.scenario import Scenario

    table = by_year(with_settings(Scenario.load(name), settings), seed=seed, replication=replication, settled=settled)
    kind = "if every workload chose afresh" if settled else "as workloads hold on to what they have"
    rows = [
        [str(date), *("" if v != v else f"{v:+.2f}".replace("-", "−") for v in row)] for date, row in table.iterrows()
    ]
    print_rows(f"Own-price elasticities of enterprises' demand, {kind}; offers and labs are means by volume",
               ["date", *map(str, table.columns)], rows)  # fmt: skip
