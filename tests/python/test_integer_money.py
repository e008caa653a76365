"""Money in sim/ is core::Money, never a bare integer."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def structure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("structure", ROOT / "cmake" / "dev" / "structure.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "line",
    [
        "  std::int64_t unit_price = 0;",
        "void award(const Clause& tender, std::int64_t price);",
        "[[nodiscard]] std::int64_t serving_cost(LabId lab, CloudId host) const;",
        "std::int64_t base = 0;  ///< what the rate is taken of, 1e-4 $",
        "  std::int64_t units = 0, amount = 0;",
        "  Grid<SegmentId, CloudId, std::int64_t> governance;",
        "inline std::vector<std::int64_t> split(std::int64_t amount, std::span<const std::int64_t> weights) {",
        "const std::int64_t* rent;",
    ],
)
def test_an_integer_for_money_is_found(structure, line):
    assert structure.integers_for_money("int x;\n" + line) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "  Money unit_price;",
        "  std::int64_t units = 0;  ///< of a chip",
        "void buy(std::int64_t units, Money price);",
        "void buy(std::int64_t units, double price_usd);",
        "  Table<LabId, Money> revenue;",
        "  // an amount as std::int64_t amount",
    ],
)
def test_what_is_no_money_or_money_is_let_be(structure, line):
    assert structure.integers_for_money(line) == []


def test_sim_declares_no_money_as_an_integer(structure):
    assert structure.money_places() == []
