#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/facts.hpp"
#include "sim/record/axes.hpp"
#include "sim/record/discount.hpp"
#include "sim/record/run_series.hpp"

namespace rackrate::record {

/// Sums of ledger entries in Money: exact, and the same in any order. Vectors are
/// row-major over the dimensions named beside them; a *firm* here includes suppliers and services.
struct Accounts {
  std::size_t firms = 0, parties = 0, layers = 0, clauses = 0, months = 0, days = 0;
  core::SimTime start, end;
  int first_month = 0;
  Discount discount;

  std::vector<core::Money> revenue;              ///< [firm, layer, month]
  std::vector<core::Money> internal_revenue;     ///< [firm, layer, month]
  std::vector<core::Money> market_revenue;       ///< [firm, layer, month] what market shares are taken of
  std::vector<core::Money> cost;                 ///< [firm, layer, month]
  std::vector<core::Money> depreciation;         ///< [firm, layer, month]
  std::vector<core::Money> customer_revenue;     ///< [firm, month] of AI customers beyond the labs
  std::vector<core::Money> other_revenue;        ///< [firm, month] of clouds, not AI
  std::vector<core::Money> runtime_rent;         ///< [firm, month] for the state of agents
  std::vector<core::Money> capex;                ///< [firm, month] paid to others
  std::vector<core::Money> investment, funding;  ///< [firm, month]
  std::vector<core::Money> outlay_enterprises, outlay_consumers;  ///< [month]
  std::vector<core::Money> payment;                               ///< [payer, payee, month]
  std::vector<core::Money> clause_payment;                        ///< [clause, month]
  std::vector<core::Money> day_profit;                            ///< [day, firm] gross profit
  std::vector<core::Money> day_cash;                              ///< [day, firm] gross profit + depreciation - capex
  std::vector<char> touched;                                      ///< [month] 1 when an entry fell into it
};

[[nodiscard]] Accounts make_accounts(const Axes& axes, double discount_rate, core::SimTime valuation_date);

/// Adds one entry to the month in which its interval begins, and a flow over the interval to the profit of its days. An
/// entry dated exactly at the run's end closes its last month and is discounted at its own date. Throws:  LedgerError
/// that names the entry, when its party, layer, clause or day does not exist, when
///          depreciation or own hosting leaves the firm, or capital goods are bought from enterprises or consumers.
void post(Accounts& accounts, const market::EntryFact& entry);

/// Has anything been paid under this clause?
[[nodiscard]] bool ever_paid(const Accounts& accounts, std::size_t clause);
/// The clause dimension gets other labels: `to[clause]` is where each one goes, kDropped for one that was never paid
/// under.
inline constexpr std::size_t kDropped = static_cast<std::size_t>(-1);
void relabel_clauses(Accounts& accounts, const std::vector<std::size_t>& to, std::size_t size);

/// The identity of MODEL section 11 in exact integers: value added over all firms and layers equals the
/// outlay of enterprises and consumers plus capital goods bought from others.
/// Throws:  LedgerError with both sides and the difference.
void check_identity(const Accounts& accounts, std::size_t month, const std::string& label);

/// Writes the money variables of `out` (revenue ... clause_payment, npv, npv_cash, market_share, hhi).
/// Months with `known[m] == 0` stay missing.
/// Order:   the days are discounted in ascending order, each day's exact total at once, so the order of
///          entries never shows.
void fill_money(const Accounts& accounts, const std::vector<char>& known, RunSeries& out);

}  // namespace rackrate::record
