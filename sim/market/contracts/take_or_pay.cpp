#include "sim/market/contracts/take_or_pay.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace rackrate::market::contracts {

namespace {

/// Periods of a day or more end on whole days, so that a year of 365.25 days settles on a window's edge.
core::SimDuration end_of_period(core::SimDuration period, std::int64_t k) {
  const core::SimDuration exact = period * k;
  return period < core::kDay ? exact : exact - exact % core::kDay;
}

}  // namespace

std::vector<CommitPeriod> commit_periods(const Clause& clause, const Version& version, core::SimTime start,
                                         Money drawn) {
  const auto& terms = clause.as<kinds::Commit>();
  const core::SimTime begin = std::max(clause.from, version.effective);
  const core::SimTime end = std::min(clause.until, version.ends);
  const core::SimTime first = std::max(begin, start);
  const Money left =
      std::max(Money::from_usd(terms.amount_usd) - Money::from_usd(terms.already_drawn_usd) - drawn, Money{});
  std::vector<CommitPeriod> out;
  if (first >= end) return out;
  Money given;
  core::SimTime from = first;
  for (std::int64_t k = 1; from < end; ++k) {
    const core::SimTime until = terms.period.count() > 0 ? std::min(end, begin + end_of_period(terms.period, k)) : end;
    if (until <= from) continue;  // a period that ended before the start
    const Money owed_by_then = scaled(left, until - first, end - first);
    out.push_back({from, until, owed_by_then - given});
    given = owed_by_then;
    from = until;
  }
  return out;
}

bool same_commitment(const Clause& clause, const Version& version, const Clause& before, core::SimTime end) {
  const auto &x = clause.as<kinds::Commit>(), &y = before.as<kinds::Commit>();
  return x.amount_usd == y.amount_usd && x.already_drawn_usd == y.already_drawn_usd && x.period == y.period &&
         x.carry == y.carry && x.requires_access == y.requires_access && x.while_barred == y.while_barred &&
         x.undelivered == y.undelivered && (x.requires_access.empty() || clause.scope == before.scope) &&
         std::min(clause.until, version.ends) == end;
}

Money TakeOrPay::spend(core::SimTime t, Money usage) {
  assert(usage >= Money{} && "usage is never negative");
  if (open_ >= periods_.size() || t < periods_[open_].from) return usage;
  assert(t < periods_[open_].until && "settle the period that has ended first");
  spent_ += usage;
  const Money above = std::max(spent_ - periods_[open_].commitment, Money{});
  const Money usable = std::min(credit_, above) - credit_used_;
  credit_used_ += usable;
  return usage - usable;
}

void TakeOrPay::excuse(core::SimDuration time) {
  if (open_ < periods_.size()) excused_ += time;
}

Money TakeOrPay::asked(core::SimDuration excused) const {
  const CommitPeriod& period = periods_[open_];
  const core::SimDuration length = period.until - period.from;
  assert(excused <= length && "no more than the period can be excused");
  return scaled(period.commitment, length - excused, length);
}

Money TakeOrPay::prepaid(core::SimDuration left_out) const {
  if (open_ >= periods_.size()) return {};
  return std::max(asked(excused_ + left_out) + credit_ - credit_used_ - spent_, Money{});
}

Settlement TakeOrPay::close(const CommitPeriod& period) {
  Settlement row{period.from, period.until, period.commitment, spent_, credit_used_, credit_ - credit_used_, {}, {},
                 {}};
  row.shortfall = std::max(period.commitment - spent_, Money{});
  row.cash = spent_ - credit_used_ + row.shortfall;
  credit_ = carry_ == CarryRule::OnePeriod ? row.shortfall : Money{};
  credit_used_ = {};
  spent_ = {};
  excused_ = {};
  settled_ += row.cash;
  return row;
}

Money TakeOrPay::behind(core::SimTime t) const {
  if (open_ >= periods_.size() || t <= periods_[open_].from) return {};
  const CommitPeriod& period = periods_[open_];
  const Money asked_by_then = scaled(period.commitment, t - period.from - excused_, period.until - period.from);
  return std::max(asked_by_then - spent_, Money{});
}

std::optional<Settlement> TakeOrPay::settle(core::SimTime t, std::optional<double> deferral_fee, Money booked) {
  if (open_ >= periods_.size() || t < periods_[open_].until) return std::nullopt;
  CommitPeriod period = periods_[open_];
  period.commitment = asked(excused_);
  ++open_;
  Settlement row = close(period);
  if (!deferral_fee || open_ >= periods_.size()) return row;
  row.deferred = std::max(row.shortfall - booked, Money{});
  row.shortfall -= row.deferred;
  row.cash -= row.deferred;
  settled_ -= row.deferred;
  credit_ = {};  // nothing was paid that could be used
  periods_[open_].commitment += scaled(row.deferred, 1.0 + *deferral_fee);
  return row;
}

Money TakeOrPay::buy_out(Money booked) {
  const Money left = std::max(remaining() - booked, Money{});
  settled_ += spent_ - credit_used_ + booked;
  periods_.resize(std::min(open_, periods_.size()));
  spent_ = credit_ = credit_used_ = {};
  excused_ = {};
  return left;
}

void TakeOrPay::write_down(double share) {
  for (std::size_t i = open_; i < periods_.size(); ++i) periods_[i].commitment = scaled(periods_[i].commitment, share);
}

std::optional<Settlement> TakeOrPay::terminate(core::SimTime t) {
  if (open_ >= periods_.size() || t <= periods_[open_].from) {
    periods_.resize(std::min(open_, periods_.size()));
    return std::nullopt;
  }
  CommitPeriod last = periods_[open_];
  assert(t <= last.until && "settle the period that has ended first");
  last.commitment = scaled(last.commitment, t - last.from - excused_, last.until - last.from);
  last.until = t;
  periods_.resize(open_);
  return close(last);
}

std::optional<Settlement> TakeOrPay::restate(core::SimTime t, std::vector<CommitPeriod> periods, CarryRule carry) {
  std::optional<Settlement> row;
  const Money credit =
      carry == CarryRule::OnePeriod && carry_ == CarryRule::OnePeriod ? credit_ - credit_used_ : Money{};
  if (open_ < periods_.size() && t > periods_[open_].from) {
    assert(t <= periods_[open_].until && "settle the period that has ended first");
    CommitPeriod cut{periods_[open_].from, t, std::min(spent_, periods_[open_].commitment)};  // nothing falls due
    row = close(cut);
    row->credit_expired -= credit;  // it stays valid
  }
  periods_ = std::move(periods);
  end_ = end_of(periods_);
  open_ = 0;
  carry_ = carry;
  credit_ = credit;
  credit_used_ = {};
  spent_ = {};
  excused_ = {};
  return row;
}

Money TakeOrPay::drawn() const { return settled_ + spent_ - credit_used_; }

Money TakeOrPay::remaining() const {
  Money sum;
  for (std::size_t i = open_; i < periods_.size(); ++i)
    sum += i == open_ ? std::max(asked(excused_) - spent_, Money{}) : periods_[i].commitment;
  return sum;
}

}  // namespace rackrate::market::contracts
