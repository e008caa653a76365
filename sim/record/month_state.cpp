#include "sim/record/month_state.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "sim/core/error.hpp"

namespace rackrate::record {
namespace {

/// Row-major position of one fact, each index checked against the size of its list.
struct Place {
  std::int64_t index;
  std::size_t size;
  Place(std::int64_t i, std::size_t n) : index(i), size(n) {}
  template <class Tag>
  Place(core::Index<Tag> id, std::size_t n) : index(id.number()), size(n) {}
};

std::size_t cell(std::initializer_list<Place> indices) {
  std::size_t flat = 0;
  for (const auto& [index, size] : indices) {
    if (index < 0 || static_cast<std::size_t>(index) >= size)
      throw core::LedgerError("a window states index " + std::to_string(index) + " of a list of " +
                              std::to_string(size));
    flat = flat * size + static_cast<std::size_t>(index);
  }
  return flat;
}

std::string at(core::SimTime t) { return " in the window of " + core::to_string(t); }

}  // namespace

MonthStates::MonthStates(const Axes& axes, double training_block)
    : clouds_(axes.size(Dim::Cloud)),
      regions_(axes.size(Dim::Region)),
      labs_(axes.size(Dim::Lab)),
      products_(axes.size(Dim::Product)),
      channels_(axes.size(Dim::Channel)),
      segments_(axes.size(Dim::Segment)),
      payers_(axes.size(Dim::Payer)),
      applications_(axes.size(Dim::Application)),
      months_(axes.months.size()),
      first_month_(axes.months.front()),
      start_(axes.start),
      end_(axes.end),
      training_block_(training_block),
      time_(months_),
      pools_(clouds_ * regions_ * months_),
      served_(labs_ * products_ * months_),
      unserved_(labs_ * products_ * months_),
      lab_compute_(labs_ * clouds_ * months_),
      own_(clouds_ * months_),
      customers_(clouds_ * months_),
      placed_(segments_ * labs_ * channels_ * clouds_ * months_),
      runtime_(segments_ * labs_ * clouds_ * months_),
      placements_known_(months_),
      surplus_(segments_ * months_),
      variety_(segments_ * months_),
      spending_(segments_ * months_),
      discounts_(segments_ * months_),
      reliance_(segments_ * months_),
      leverage_(segments_ * months_),
      adoption_(segments_ * months_),
      quality_(labs_ * months_),
      users_(labs_ * months_),
      kappa_(labs_ * months_),
      seats_(months_),
      price_(labs_ * channels_ * months_),
      effort_(labs_ * channels_ * months_),
      compute_price_(clouds_ * months_),
      plan_(clouds_ * months_),
      plan_known_(clouds_ * months_),
      cash_(labs_ * months_),
      lab_funding_(labs_ * months_),
      funded_(labs_ * months_),
      backlog_(clouds_ * payers_ * months_),
      backlog_known_(months_),
      app_seats_(applications_ * months_),
      agent_sales_(labs_ * channels_ * months_),
      ported_share_(labs_ * clouds_ * months_),
      training_places_(labs_ * months_),
      app_revenue_(applications_ * months_),
      seats_added_(applications_ * months_),
      seats_lapsed_(applications_ * months_),
      demand_common_(months_),
      frontier_clouds_(months_),
      demand_hits_(labs_ * products_ * months_) {
  for (auto& kind : capital_) kind.assign(clouds_ * months_, 0.0);
  for (auto& point : integration_) point.resize(labs_ * channels_ * months_);
}

std::size_t MonthStates::month_of(const market::WindowFact& window) const {
  const core::SimTime end = window.start + window.length;
  if (window.start < start_ || end > end_ || window.length <= core::SimDuration{0})
    throw core::LedgerError("the window of " + core::to_string(window.start) + " to " + core::to_string(end) +
                            " lies outside the run [" + core::to_string(start_) + ", " + core::to_string(end_) + ")");
  const int month = core::month_index(window.start);
  if (core::month_index(end - core::SimDuration{1}) != month)
    throw core::LedgerError("the window of " + core::to_string(window.start) + " to " + core::to_string(end) +
                            " lies in more than one month");
  return static_cast<std::size_t>(month - first_month_);
}

void MonthStates::add(const market::WindowFact& window) {
  const std::size_t m = month_of(window);
  time_[m] += window.length.count();
  add_compute(window, m);
  add_frontier(window, m);
  add_placements(window, m);
  add_backlog(window, m);
  add_integration(window, m);
  add_segments(window, m);
  add_labs(window, m);
  add_prices(window, m);
  add_applications(window, m);
  demand_common_[m] = {window.demand_common, true};
}

void MonthStates::add_segments(const market::WindowFact& window, std::size_t m) {
  const double days = core::in_days(window.length);
  for (const market::SegmentFact& s : window.segments) {
    const std::size_t i = cell({{s.segment, segments_}, {static_cast<std::int64_t>(m), months_}});
    surplus_[i].sum += s.surplus_usd_per_day * days;
    variety_[i].sum += s.variety_usd_per_day * days;
    spending_[i].sum += s.spending_usd_per_day * days;
    for (auto* sum : {&surplus_, &variety_, &spending_}) (*sum)[i].time += window.length.count();
    add_accounts(s, i, window.length);
    adoption_[i] = {s.adopters, true};
  }
}

void MonthStates::add_labs(const market::WindowFact& window, std::size_t m) {
  const auto month = static_cast<std::int64_t>(m);
  for (const market::LabFact& l : window.labs) {
    const std::size_t i = cell({{l.lab, labs_}, {month, months_}});
    quality_[i] = {l.quality, true};
    users_[i] = {l.users, true};
    kappa_[i] = {l.kappa, true};
    training_places_[i].sum += static_cast<double>(l.training_places) * core::in_hours(window.length);
    training_places_[i].time += window.length.count();
    add_cash(l, i, window.length);
    for (const market::Product product : market::ByProduct<double>::keys())
      if (const auto kind = market::work_kind(product))
        demand_hits_[cell({{l.lab, labs_}, {static_cast<std::int64_t>(product), products_}, {month, months_}})] = {
            l.hits[*kind], true};
  }
}

void MonthStates::add_prices(const market::WindowFact& window, std::size_t m) {
  const auto month = static_cast<std::int64_t>(m), ms = static_cast<std::int64_t>(window.length.count());
  const double hours = core::in_hours(window.length);
  for (const market::PriceFact& p : window.prices) {
    const std::size_t i = cell({{p.lab, labs_}, {p.channel, channels_}, {month, months_}});
    price_[i].sum += p.usd_per_unit * hours;
    effort_[i].sum += p.effort * hours;
    agent_sales_[i].sum += p.agents_usd;
    for (auto* sum : {&price_, &effort_, &agent_sales_}) (*sum)[i].time += ms;
  }
  for (const market::ComputePriceFact& p : window.compute_prices) {
    Mean& mean = compute_price_[cell({{p.cloud, clouds_}, {month, months_}})];
    mean.sum += p.usd_per_h100e_hour * hours;
    mean.time += ms;
  }
}

void MonthStates::add_applications(const market::WindowFact& window, std::size_t m) {
  double seats = 0.0;
  for (const market::ApplicationFact& a : window.applications) {
    const std::size_t i = cell({{a.application, applications_}, {static_cast<std::int64_t>(m), months_}});
    seats += a.seats;
    app_seats_[i] = {a.seats, true};
    for (const auto& [sum, amount] :
         {std::pair{&app_revenue_, a.usd}, {&seats_added_, a.added}, {&seats_lapsed_, a.lapsed}}) {
      (*sum)[i].sum += amount;
      (*sum)[i].time += window.length.count();
    }
  }
  seats_[m] = {seats, true};
}

void MonthStates::add(const market::CapitalFact& paid) {
  capital_[static_cast<std::size_t>(paid.kind)][capital_cell(paid.cloud, paid.time)] += paid.usd;
}

void MonthStates::add(const market::CapitalPlanFact& plan) {
  const std::size_t i = capital_cell(plan.cloud, plan.month);
  plan_[i] = plan;
  plan_known_[i] = 1;
}

std::vector<char> MonthStates::known() const {
  std::vector<char> out(months_);
  for (std::size_t m = 0; m < months_; ++m) out[m] = time_[m] > 0;
  return out;
}

}  // namespace rackrate::record
