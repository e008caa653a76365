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
      chips_(axes.size(Dim::Chip)),
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
      chip_powered_(clouds_ * chips_ * months_),
      chip_time_(months_),
      served_(labs_ * products_ * months_),
      unserved_(labs_ * products_ * months_),
      lab_compute_(labs_ * clouds_ * months_),
      hosted_(labs_ * clouds_ * months_),
      routing_price_(labs_ * clouds_ * months_),
      own_(clouds_ * months_),
      customers_(clouds_ * months_),
      placed_(segments_ * labs_ * channels_ * clouds_ * months_),
      runtime_(segments_ * labs_ * clouds_ * months_),
      placements_known_(months_),
      discounts_(segments_ * months_),
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
  for (auto* of_segment : {&surplus_, &variety_, &spending_, &reliance_, &leverage_})
    of_segment->resize(segments_ * months_);
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
  add_hosting(window, m);
  add_chips(window, m);
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
  const auto month = static_cast<std::int64_t>(m);
  const std::int64_t ms = window.length.count();
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

void MonthStates::add_compute(const market::WindowFact& window, std::size_t m) {
  const std::int64_t ms = window.length.count();
  const auto month = static_cast<std::int64_t>(m);
  for (const market::PoolFact& f : window.pools) {
    Pool& pool = pools_[cell({{f.cloud, clouds_}, {f.region, regions_}, {month, months_}})];
    const std::int64_t used = f.internal + f.customers + f.served, running = used + f.idle;
    if (f.installed != f.unpowered + f.down + running)
      throw core::LedgerError("pool (cloud " + std::to_string(f.cloud.number()) + ", region " +
                              std::to_string(f.region.number()) + ")" + at(window.start) + ": installed is " +
                              std::to_string(f.installed) +
                              "; expected unpowered + down + internal + customers + served + idle = " +
                              std::to_string(f.unpowered + f.down + running) + " H100e");
    pool.time += ms;
    pool.installed += f.installed * ms;
    pool.powered += (f.installed - f.unpowered) * ms;
    pool.running += running * ms;
    pool.used += used * ms;
    pool.rent += f.rent * ms;
    if (f.rent > market::Money{}) pool.scarce_time += ms;
    pool.lost_at_peaks += f.lost_at_peaks * ms;
    pool.wait += f.wait_hours * static_cast<double>(running) * core::in_hours(window.length);
  }
  for (const market::DemandFact& d : window.demand) {
    const std::size_t i = cell({{d.lab, labs_}, {static_cast<std::int64_t>(d.product), products_}, {month, months_}});
    if (d.served > d.demand)
      throw core::LedgerError("lab " + std::to_string(d.lab.number()) + at(window.start) + " was served " +
                              std::to_string(d.served) + " of a demand of " + std::to_string(d.demand) + " H100e");
    served_[i] += d.served * ms;
    unserved_[i] += (d.demand - d.served) * ms;
  }
  for (const market::FleetUseFact& u : window.uses) {
    if (u.served > u.demand)
      throw core::LedgerError("a use of cloud " + std::to_string(u.cloud.number()) + at(window.start) + " was served " +
                              std::to_string(u.served) + " of a demand of " + std::to_string(u.demand) + " H100e");
    auto& uses = u.use == market::FleetUse::Own ? own_ : customers_;
    Use& use = uses[cell({{u.cloud, clouds_}, {month, months_}})];
    use.served += u.served * ms;
    use.unserved += (u.demand - u.served) * ms;
  }
  for (const market::PortFact& p : window.ports)
    ported_share_[cell({{p.lab, labs_}, {p.host, clouds_}, {month, months_}})] = {p.share, true};
  for (const market::ServiceFact& s : window.service)
    lab_compute_[cell({{s.lab, labs_}, {s.host, clouds_}, {month, months_}})] += s.served * ms;
}

void MonthStates::add_hosting(const market::WindowFact& window, std::size_t m) {
  const std::int64_t ms = window.length.count();
  const double hours = core::in_hours(window.length);
  for (const market::HostingFact& h : window.hosting) {
    const std::size_t i = cell({{h.lab, labs_}, {h.host, clouds_}, {static_cast<std::int64_t>(m), months_}});
    if (h.inside < 0 || h.inside > h.served)
      throw core::LedgerError("the firm of host " + std::to_string(h.host.number()) + at(window.start) + " pays for " +
                              std::to_string(h.inside) + " of " + std::to_string(h.served) + " H100e of lab " +
                              std::to_string(h.lab.number()));
    hosted_[i].served += h.served * ms;
    hosted_[i].inside += h.inside * ms;
    hosted_[i].surcharge += h.surcharge.usd() * hours;
    hosted_[i].dearest += h.dearest.usd() * hours;
    routing_price_[i].sum += h.price.usd() * hours;
    routing_price_[i].time += ms;
  }
}

/// What the pools of each cloud have powered is what its kinds of chip come to.
void MonthStates::add_chips(const market::WindowFact& window, std::size_t m) {
  if (window.chips.empty()) return;
  const std::int64_t ms = window.length.count();
  chip_time_[m] += ms;
  std::vector<std::int64_t> stated(clouds_), powered(clouds_);
  for (const market::ChipFact& f : window.chips) {
    chip_powered_[cell({{f.cloud, clouds_}, {f.chip, chips_}, {static_cast<std::int64_t>(m), months_}})] +=
        f.powered * ms;
    stated[f.cloud.position()] += f.powered;
  }
  for (const market::PoolFact& f : window.pools) powered[f.cloud.position()] += f.installed - f.unpowered;
  for (std::size_t c = 0; c < clouds_; ++c)
    if (stated[c] != powered[c])
      throw core::LedgerError("the kinds of chip of cloud " + std::to_string(c) + at(window.start) + " come to " +
                              std::to_string(stated[c]) + " H100e; expected the " + std::to_string(powered[c]) +
                              " that its pools have powered");
}

void MonthStates::add_frontier(const market::WindowFact& window, std::size_t m) {
  if (training_block_ <= 0) return;
  std::vector<char> can(clouds_);
  for (const market::PoolFact& f : window.pools)
    if (static_cast<double>(f.installed - f.unpowered - f.down) >= training_block_) can[f.cloud.position()] = 1;
  frontier_clouds_[m] = {static_cast<double>(std::count(can.begin(), can.end(), 1)), true};
}

void MonthStates::add_placements(const market::WindowFact& window, std::size_t m) {
  if (window.placements.empty()) return;
  for (auto* table : {&placed_, &runtime_})  // a later window of the month replaces an earlier one
    for (std::size_t i = m; i < table->size(); i += months_) (*table)[i] = 0.0;
  placements_known_[m] = 1;
  const auto month = static_cast<std::int64_t>(m);
  for (const market::PlacementFact& p : window.placements) {
    placed_[cell(
        {{p.segment, segments_}, {p.lab, labs_}, {p.channel, channels_}, {p.host, clouds_}, {month, months_}})] +=
        p.units_per_day;
    if (p.runtime.exists())
      runtime_[cell({{p.segment, segments_}, {p.lab, labs_}, {p.runtime, clouds_}, {month, months_}})] +=
          p.units_per_day;
  }
}

void MonthStates::add_accounts(const market::SegmentFact& s, std::size_t cell, core::SimDuration length) {
  discounts_[cell] += s.discount_usd_per_day * core::in_days(length);
  if (s.account_spending <= 0) return;
  reliance_[cell].sum += s.reliance / s.account_spending * core::in_hours(length);
  reliance_[cell].time += length.count();
  if (s.at_stake <= 0) return;
  leverage_[cell].sum += s.gain / s.at_stake * core::in_hours(length);
  leverage_[cell].time += length.count();
}

void MonthStates::add_cash(const market::LabFact& lab, std::size_t cell, core::SimDuration length) {
  if (!lab.cash) return;
  cash_[cell] = {lab.cash->usd(), true};
  lab_funding_[cell] += lab.funding.usd();
  funded_[cell].sum += lab.funded * core::in_hours(length);
  funded_[cell].time += length.count();
}

void MonthStates::add_integration(const market::WindowFact& window, std::size_t m) {
  for (const market::IntegrationFact& f : window.integration) {
    const std::size_t i = cell({{f.lab, labs_}, {f.channel, channels_}, {static_cast<std::int64_t>(m), months_}});
    const std::array values{f.depth, f.control, f.eligible, f.unmet, f.crossings.value_or(0.0), f.nativeness};
    for (std::size_t k = 0; k < values.size(); ++k) integration_[k][i] = {values[k], true};
    integration_[4][i].stated = f.crossings.has_value();
  }
}

/// Of a month's windows the last states it.
void MonthStates::add_backlog(const market::WindowFact& window, std::size_t m) {
  if (core::month_index(window.start + window.length) == core::month_index(window.start) &&
      window.start + window.length < end_)
    return;
  backlog_known_[m] = 1;
  for (const market::BacklogFact& b : window.backlog)
    backlog_[cell({{b.cloud, clouds_}, {b.payer, payers_}, {static_cast<std::int64_t>(m), months_}})] = b.usd.usd();
}

std::size_t MonthStates::capital_cell(market::CloudId cloud, core::SimTime t) const {
  if (t < start_ || t >= end_)
    throw core::LedgerError("capital of " + core::to_string(t) + " lies outside the run [" + core::to_string(start_) +
                            ", " + core::to_string(end_) + ")");
  return cell({{cloud, clouds_}, {static_cast<std::int64_t>(core::month_index(t) - first_month_), months_}});
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
