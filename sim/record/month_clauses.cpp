#include "sim/record/month_clauses.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/record/detail/missing.hpp"

namespace rackrate::record {
namespace {

double hours(std::int64_t milliseconds) { return static_cast<double>(milliseconds) / 3'600'000.0; }

}  // namespace

MonthClauses::MonthClauses(const Axes& axes, double discount_rate, core::SimTime valuation_date)
    : clauses_(axes.size(Dim::Clause)),
      firms_(axes.size(Dim::Firm)),
      months_(axes.months.size()),
      first_month_(axes.months.front()),
      discount_(axes.start, discount_rate, valuation_date),
      lines_(clauses_ * months_),
      acted_(clauses_, detail::kMissing),
      gain_(clauses_ * months_, detail::kMissing),
      income_(firms_ * months_),
      present_(firms_, 0.0) {}

void MonthClauses::acted(market::LabelId clause, double days) {
  if (!within(clause, clauses_))
    throw core::LedgerError("clause " + std::to_string(clause.number()) + " acted; there are only " +
                            std::to_string(clauses_));
  double& day = acted_[clause.position()];
  if (std::isnan(day)) day = days;
}

void MonthClauses::appraised(market::LabelId clause, core::SimTime time, double usd_per_year) {
  const int month = core::month_index(time) - first_month_;
  if (!within(clause, clauses_))
    throw core::LedgerError("clause " + std::to_string(clause.number()) + " was appraised; there are only " +
                            std::to_string(clauses_));
  if (month >= 0 && static_cast<std::size_t>(month) < months_)
    gain_[clause.position() * months_ + static_cast<std::size_t>(month)] = usd_per_year;
}

bool MonthClauses::ever_stated(std::size_t clause) const {
  for (std::size_t month = 0; month < months_; ++month)
    if (lines_[clause * months_ + month].stated || !std::isnan(gain_[clause * months_ + month])) return true;
  return !std::isnan(acted_[clause]);
}

void MonthClauses::relabel(const std::vector<std::size_t>& to, std::size_t size) {
  std::vector<Month> lines(size * months_);
  std::vector<double> acted(size, detail::kMissing);
  for (std::size_t clause = 0; clause < to.size(); ++clause)
    if (to[clause] < size) acted[to[clause]] = acted_[clause];
  acted_ = std::move(acted);
  std::vector<double> gain(size * months_, detail::kMissing);
  for (std::size_t clause = 0; clause < to.size(); ++clause)
    for (std::size_t month = 0; month < months_ && to[clause] < size; ++month) {
      auto& line = lines[to[clause] * months_ + month];
      line = lines_[clause * months_ + month];
      line.sum.clause = market::LabelId(to[clause]);
      gain[to[clause] * months_ + month] = gain_[clause * months_ + month];
    }
  lines_ = std::move(lines);
  gain_ = std::move(gain);
  clauses_ = size;
}

void MonthClauses::add(const market::WindowFact& window) {
  if (window.clauses.empty()) return;
  const auto month = static_cast<std::size_t>(core::month_index(window.start) - first_month_);
  if (month >= months_)
    throw core::LedgerError("a statement of " + core::to_string(window.start) + " lies outside the run");
  for (const auto& fact : window.clauses) {
    if (!within(fact.clause, clauses_))
      throw core::LedgerError("a statement of " + core::to_string(window.start) + " speaks of clause " +
                              std::to_string(fact.clause.number()) + "; there are only " + std::to_string(clauses_));
    if (fact.owner.exists() && !within(fact.owner, firms_))
      throw core::LedgerError("income of party " + std::to_string(fact.owner.number()) + ", which is no firm");
    auto& line = lines_[fact.clause.position() * months_ + month];
    const market::ClauseFact before = line.sum;
    line.stated = true;
    line.sum = fact;  // the stocks; the flows follow
    line.sum.base += before.base;
    line.sum.commitment += before.commitment;
    line.sum.used += before.used;
    line.sum.shortfall += before.shortfall;
    line.sum.credit_created += before.credit_created;
    line.sum.credit_used += before.credit_used;
    line.sum.credit_expired += before.credit_expired;
    line.sum.income += before.income;
    line.quantity += fact.quantity * window.length.count();
    line.quantity_short += fact.quantity_short * window.length.count();
    if (!fact.owner.exists()) continue;
    income_[fact.owner.position() * months_ + month] += fact.income;
    spread(discount_, fact.income, window.start, window.start + window.length, [&](std::int64_t day, core::Money part) {
      present_[fact.owner.position()] += discount_.weight(day) * part.usd();
    });
  }
}

void MonthClauses::fill(const std::vector<char>& known, RunSeries& out) const {
  const auto put = [&](Var v, auto value) {
    for (std::size_t i = 0; i < lines_.size(); ++i) out[v][i] = lines_[i].stated ? value(lines_[i]) : detail::kMissing;
  };
  put(Var::ClauseBase, [](const Month& m) { return m.sum.base.usd(); });
  put(Var::ClauseRate, [](const Month& m) { return m.sum.rate; });
  put(Var::ClauseCumulative, [](const Month& m) { return m.sum.cumulative.usd(); });
  put(Var::ClauseCap, [](const Month& m) { return m.sum.cap ? m.sum.cap->usd() : detail::kMissing; });
  put(Var::ClauseCommitment, [](const Month& m) { return m.sum.commitment.usd(); });
  put(Var::ClauseUsed, [](const Month& m) { return m.sum.used.usd(); });
  put(Var::ClauseShortfall, [](const Month& m) { return m.sum.shortfall.usd(); });
  put(Var::ClauseCreditCreated, [](const Month& m) { return m.sum.credit_created.usd(); });
  put(Var::ClauseCreditUsed, [](const Month& m) { return m.sum.credit_used.usd(); });
  put(Var::ClauseCreditExpired, [](const Month& m) { return m.sum.credit_expired.usd(); });
  put(Var::ClauseRemaining, [](const Month& m) { return m.sum.remaining ? m.sum.remaining->usd() : detail::kMissing; });
  put(Var::ClauseQuantity, [](const Month& m) { return hours(m.quantity); });
  put(Var::ClauseQuantityShort, [](const Month& m) { return hours(m.quantity_short); });
  put(Var::ClauseIncome, [](const Month& m) { return m.sum.income.usd(); });
  for (std::size_t i = 0; i < income_.size(); ++i)
    out[Var::EquityIncome][i] = known[i % months_] ? income_[i].usd() : detail::kMissing;
  out[Var::NpvEquity] = present_;
  out[Var::ClauseDay] = acted_;
  out[Var::ClauseGain] = gain_;
}

}  // namespace rackrate::record
