// The second half of MonthStates: from sums to values. A cell nobody spoke of stays missing (NaN).
#include "sim/record/month_state.hpp"

namespace rackrate::record {
namespace {

constexpr double kMsPerHour = 3'600'000.0;

double ratio(std::int64_t a, std::int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

}  // namespace

void MonthStates::fill(RunSeries& out) const {
  fill_pools(out);
  fill_compute(out);
  fill_hosting(out);
  fill_placements(out);
  fill_capital(out);
  fill_entry(out);
  fill_cash(out);
  const auto points = [](const std::vector<Point>& from, std::vector<double>& to) {
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i].stated) to[i] = from[i].value;
  };
  const auto means = [](const std::vector<Mean>& from, std::vector<double>& to) {
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i].time > 0) to[i] = from[i].sum / (static_cast<double>(from[i].time) / kMsPerHour);
  };
  const auto sums = [](const std::vector<Mean>& from, std::vector<double>& to) {
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i].time > 0) to[i] = from[i].sum;
  };
  points(adoption_, out[Var::Adoption]);
  points(quality_, out[Var::Quality]);
  points(users_, out[Var::Users]);
  points(kappa_, out[Var::Kappa]);
  points(seats_, out[Var::Seats]);
  points(app_seats_, out[Var::AppSeats]);
  sums(app_revenue_, out[Var::AppRevenue]);
  sums(seats_added_, out[Var::SeatsAdded]);
  sums(seats_lapsed_, out[Var::SeatsLapsed]);
  sums(surplus_, out[Var::Surplus]);
  sums(variety_, out[Var::SurplusVariety]);
  sums(spending_, out[Var::EnterpriseSpending]);
  means(reliance_, out[Var::Reliance]);
  means(leverage_, out[Var::Leverage]);
  for (std::size_t i = 0; i < discounts_.size(); ++i)
    if (spending_[i].sum > 0) out[Var::Discount][i] = discounts_[i] / spending_[i].sum;
  points(demand_common_, out[Var::DemandCommon]);
  points(frontier_clouds_, out[Var::FrontierClouds]);
  points(demand_hits_, out[Var::DemandHits]);
  constexpr std::array kIntegration{Var::IntegrationDepth, Var::ControlScore, Var::AgentsEligible,
                                    Var::DepthUnmet,       Var::Crossings,    Var::Nativeness};
  for (std::size_t k = 0; k < kIntegration.size(); ++k) points(integration_[k], out[kIntegration[k]]);
  sums(agent_sales_, out[Var::AgentSales]);
  points(ported_share_, out[Var::PortedShare]);
  means(training_places_, out[Var::TrainingPlaces]);
  means(routing_price_, out[Var::RoutingPrice]);
  means(price_, out[Var::Price]);
  means(effort_, out[Var::ChannelEffort]);
  means(compute_price_, out[Var::ComputePrice]);
}

void MonthStates::fill_pools(RunSeries& out) const {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    const Pool& p = pools_[i];
    if (p.time == 0) continue;
    out[Var::Capacity][i] = ratio(p.installed, p.time);
    out[Var::Powered][i] = ratio(p.powered, p.time);
    if (p.running > 0) out[Var::Utilisation][i] = ratio(p.used, p.running);
    out[Var::ScarcityRent][i] = ratio(p.rent.tenthousandths(), p.time) / 10'000.0;
    out[Var::ScarceDays][i] = ratio(p.scarce_time, p.time);
  }
  for (std::size_t i = 0; i < chip_powered_.size(); ++i)
    if (chip_time_[i % months_] > 0) out[Var::FleetChips][i] = ratio(chip_powered_[i], chip_time_[i % months_]);
  for (std::size_t c = 0; c < clouds_; ++c)
    for (std::size_t m = 0; m < months_; ++m) {
      double wait = 0.0;
      std::int64_t running = 0, lost = 0;
      for (std::size_t r = 0; r < regions_; ++r) {
        const Pool& p = pools_[(c * regions_ + r) * months_ + m];
        wait += p.wait;
        running += p.running;
        lost += p.lost_at_peaks;
      }
      if (time_[m] > 0) out[Var::PeakUnserved][c * months_ + m] = ratio(lost, time_[m]);
      if (running > 0) out[Var::Wait][c * months_ + m] = wait / (static_cast<double>(running) / kMsPerHour);
    }
}

void MonthStates::fill_compute(RunSeries& out) const {
  for (std::size_t i = 0; i < served_.size(); ++i) {
    if (time_[i % months_] == 0) continue;
    out[Var::Served][i] = static_cast<double>(served_[i]) / kMsPerHour;
    out[Var::Unserved][i] = static_cast<double>(unserved_[i]) / kMsPerHour;
  }
  for (std::size_t i = 0; i < lab_compute_.size(); ++i)
    if (time_[i % months_] > 0) out[Var::LabCompute][i] = ratio(lab_compute_[i], time_[i % months_]);
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const std::int64_t time = time_[i % months_];
    if (time == 0) continue;
    out[Var::OwnUse][i] = ratio(own_[i].served, time);
    out[Var::OwnUseUnserved][i] = ratio(own_[i].unserved, time);
    out[Var::CustomerUse][i] = ratio(customers_[i].served, time);
    out[Var::CustomerUnserved][i] = ratio(customers_[i].unserved, time);
  }
}

void MonthStates::fill_hosting(RunSeries& out) const {
  for (std::size_t i = 0; i < hosted_.size(); ++i) {
    const Hosted& h = hosted_[i];
    if (time_[i % months_] > 0) out[Var::ComputeInside][i] = ratio(h.inside, time_[i % months_]);
    if (h.served == 0) continue;
    const double h100e_hours = static_cast<double>(h.served) / kMsPerHour;
    out[Var::HostingSurcharge][i] = h.surcharge / h100e_hours;
    out[Var::SurchargeDearest][i] = h.dearest / h100e_hours;
  }
}

void MonthStates::fill_capital(RunSeries& out) const {
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    if (time_[i % months_] == 0) continue;
    out[Var::CapitalChips][i] = capital_[0][i];
    out[Var::CapitalShells][i] = capital_[1][i];
    out[Var::CapitalPower][i] = capital_[2][i];
    if (plan_known_[i] == 0) continue;
    out[Var::CapitalBudget][i] = plan_[i].budget_usd;
    out[Var::CapitalCommitted][i] = plan_[i].committed_usd;
    out[Var::CapitalPrior][i] = plan_[i].prior_usd;
    out[Var::CapitalCarried][i] = plan_[i].carried_usd;
    out[Var::CapitalAdvanced][i] = plan_[i].advanced_usd;
    out[Var::CapitalDearer][i] = plan_[i].dearer_usd;
    out[Var::CapitalRefused][i] = plan_[i].refused_usd;
    out[Var::CapitalPlanned][i] = plan_[i].planned_usd;
    out[Var::SitesStarted][i] = plan_[i].site_kw * 1e-3;
    out[Var::ComputeDemand][i] = plan_[i].demand_h100e;
    if (const auto& lacks = plan_[i].short_h100e)
      for (std::size_t k = 0; k < lacks->size(); ++k)
        out[Var::InputShort][(i / months_ * lacks->size() + k) * months_ + i % months_] = lacks->begin()[k];
    if (!plan_[i].borrows) continue;
    out[Var::NetDebt][i] = plan_[i].net_debt_usd;
    out[Var::DebtLimit][i] = plan_[i].debt_limit_usd;
    out[Var::DebtCoverage][i] = plan_[i].debt_coverage;
  }
}

void MonthStates::fill_entry(RunSeries& out) const {
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    if (time_[i % months_] == 0 || plan_known_[i] == 0) continue;
    const market::CapitalPlanFact& plan = plan_[i];
    if (plan.usd_per_mw > 0) out[Var::CapitalPerMw][i] = plan.usd_per_mw;
    if (plan.may_enter && plan.entered != core::kNever)
      out[Var::EnteredDay][i / months_] = core::in_days(plan.entered - start_);
    if (!plan.entry_value) continue;
    out[Var::EntryValue][i] = *plan.entry_value;
    out[Var::FundingGap][i] = plan.funding_gap_usd;
  }
}

void MonthStates::fill_cash(RunSeries& out) const {
  for (std::size_t i = 0; i < cash_.size(); ++i) {
    if (!cash_[i].stated) continue;
    out[Var::LabCash][i] = cash_[i].value;
    out[Var::LabFunding][i] = lab_funding_[i];
    out[Var::LabFunded][i] = funded_[i].sum / (static_cast<double>(funded_[i].time) / kMsPerHour);
  }
  for (std::size_t i = 0; i < backlog_.size(); ++i)
    if (backlog_known_[i % months_]) out[Var::Backlog][i] = backlog_[i];
}

void MonthStates::fill_placements(RunSeries& out) const {
  const std::size_t per_segment = labs_ * channels_ * clouds_, runtimes = labs_ * clouds_;
  for (std::size_t s = 0; s < segments_; ++s)
    for (std::size_t m = 0; m < months_; ++m) {
      if (!placements_known_[m]) continue;
      double total = 0.0;
      for (std::size_t k = 0; k < per_segment; ++k) total += placed_[(s * per_segment + k) * months_ + m];
      out[Var::PlacedUnits][s * months_ + m] = total;
      if (!(total > 0.0)) continue;
      for (std::size_t k = 0; k < per_segment; ++k) {
        const std::size_t i = (s * per_segment + k) * months_ + m;
        out[Var::PlacementShare][i] = placed_[i] / total;
      }
      for (std::size_t k = 0; k < runtimes; ++k) {
        const std::size_t i = (s * runtimes + k) * months_ + m;
        out[Var::RuntimeShare][i] = runtime_[i] / total;
      }
    }
}

}  // namespace rackrate::record
