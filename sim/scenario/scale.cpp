#include "sim/scenario/scale.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/regime/efficiency.hpp"
#include "sim/market/vocabulary/limits.hpp"

namespace rackrate::scenario {
namespace {

using market::Clause;
using market::GrowthPath;
using market::Parameters;
using market::kinds::Hosting;
using market::kinds::Reservation;
using market::kinds::Tender;

// ---- the limits --------------------------------------------------------------------------------

/// Box::labs and its like have one bit per name and keep two.
constexpr std::size_t kMostNames = 254;
constexpr std::size_t kMostChips = 1000;
/// FlowSolver takes 1000 pools; with a cap on interactive load each place has two.
constexpr double kMostPlaces = 500;
constexpr double kMostCells = 2e6;      ///< answers of the contracts by segment, lab, channel, product, region
constexpr double kMostWorkloads = 1e8;  ///< of all enterprises, 48 bytes each
constexpr double kMostRecorded = 1e8;   ///< numbers of the largest result variable
constexpr double kLongestYears = 100;
constexpr double kMostDollars = 4e14;  ///< of the 9.2e14 that the books hold; the rest is for prices that move
constexpr double kMostH100e = 1e10;    ///< the books count millionths of them
constexpr double kMostUnits = 1e11;    ///< work units a day, counted in millionths
constexpr double kMostKilowatts = 1e11;

std::string short_number(double x) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::general, 3).ptr};
}

/// A sum that remembers where most of it comes from.
class Sum {
 public:
  void add(double amount, const std::string& key) {
    total_ += amount;
    if (!(amount <= largest_)) {  // also what is not finite
      largest_ = amount;
      key_ = key;
    }
  }
  void check(double most, const std::string& unit, const std::string& of, std::vector<core::Mistake>& mistakes) const {
    if (total_ <= most) return;
    core::Mistake m;
    m.where.key = key_;
    m.got = "the largest part of " + short_number(total_) + ' ' + unit + ' ' + of;
    m.expected = "at most " + short_number(most) + ' ' + unit + " in all";
    m.remedy = "Lower it, or the values it is multiplied by";
    mistakes.push_back(std::move(m));
  }
  [[nodiscard]] double total() const { return total_; }

 private:
  double total_ = 0.0, largest_ = -1.0;
  std::string key_;
};

class LargestSums {
 public:
  explicit LargestSums(const Parameters& p)
      : p_(p),
        years_(core::in_years(p.run.end - p.run.start)),
        shocked_(market::any_shock(p.shocks) ? core::math::exp(market::kMostShock) : 1.0),
        boom_(core::math::sqrt(shocked_)),
        other_boom_(p.shocks.other_business.gap_per_year > 0 || p.pull.elasticity > 0
                        ? core::math::exp(market::kMostShock / 2)
                        : 1.0) {}

  std::vector<core::Mistake> find() {
    lengths();
    if (!mistakes_.empty()) return std::move(mistakes_);  // what follows multiplies them
    demand();
    supply();
    contracts();
    compute_.check(kMostH100e, "H100e", "that are wanted, installed or delivered", mistakes_);
    units_.check(kMostUnits, "work units a day", "that enterprises may want", mistakes_);
    kilowatts_.check(kMostKilowatts, "kW", "that fleets and sites come to", mistakes_);
    dollars_.check(kMostDollars, "$", "that would move in this run", mistakes_);
    return std::move(mistakes_);
  }

 private:
  void complain(const std::string& key, std::string got, std::string expected, std::string remedy) {
    core::Mistake m;
    m.where.key = key;
    m.got = std::move(got);
    m.expected = std::move(expected);
    m.remedy = std::move(remedy);
    mistakes_.push_back(std::move(m));
  }

  void count(const std::string& key, const std::string& what, double n, double most) {
    if (n > most) complain(key, short_count(n) + ' ' + what, "at most " + short_count(most), "Merge some of them");
  }
  static std::string short_count(double n) {
    return n < 1e6 ? std::to_string(static_cast<long long>(n)) : short_number(n);
  }

  // ---- how many, how long ----------------------------------------------------------------------

  void lengths() {
    if (years_ > kLongestYears)
      complain("run.end", core::to_string(p_.run.end),
               "at most 100 years after run.start (" + core::to_string(p_.run.start) + ")", "");
    const auto& v = p_.vocabulary;
    count("firms", "firms", static_cast<double>(v.firms.size()), kMostNames);
    count("supply", "vendors", static_cast<double>(p_.vendors.size()), kMostNames);
    count("supply", "chips", static_cast<double>(p_.chips.size()), kMostChips);
    count("clouds", "clouds", static_cast<double>(v.clouds.size()), market::kMostClouds);
    count("labs", "labs", static_cast<double>(v.labs.size()), kMostNames);
    count("channels", "channels", static_cast<double>(v.channels.size()), kMostNames);
    count("segments", "segments", static_cast<double>(v.segments.size()), kMostNames);
    count("regions", "regions", static_cast<double>(v.regions.size()), kMostNames);
    count_places();
    count_products();
  }

  /// Places where compute is offered: pools, and the parts of them that each reservation holds apart.
  void count_places() {
    std::map<std::string, double> pools;  // by cloud
    double all = 0.0, largest = 0.0;
    for (const auto& cloud : p_.clouds) {
      all += pools[cloud.name] = static_cast<double>(cloud.regions.size());
      largest = std::max(largest, pools[cloud.name]);
    }
    std::string key = "clouds";
    for (const auto& contract : p_.contracts) {
      std::map<std::string, double> at;  // versions restate a reservation under its name
      for (const auto& version : contract.versions)
        for (const Clause& clause : version.clauses)
          if (const auto* reservation = clause.get_if<Reservation>())
            at[clause.name] = std::max(at[clause.name], pools[reservation->host]);
      const double awards =
          largest * static_cast<double>(market::contracts::award_names(contract, p_.run.start, p_.run.end).size());
      if (!at.empty() || awards > 0) key = "contracts." + contract.name;
      all += awards;
      for (const auto& [name, n] : at) all += n;
      if (all > kMostPlaces) break;
    }
    count(key, "regions of clouds and parts of them that are reserved", all, kMostPlaces);
  }

  void count_products() {
    std::set<std::string> sold;
    for (const auto& segment : p_.segments)
      for (const auto& [name, share] : segment.products)
        if (share > 0) sold.insert(name);
    const double offers = static_cast<double>(p_.labs.size()) * static_cast<double>(p_.channels.size());
    const double cells = offers * static_cast<double>(sold.size()) * static_cast<double>(p_.segments.size()) *
                         static_cast<double>(p_.vocabulary.regions.size());
    count("segments", "combinations of segment, lab, channel, product and region", cells, kMostCells);
    const double months = 12.0 * years_ + 1.0;
    count("segments", "combinations of segment, lab, channel, host and month to record",
          offers * static_cast<double>(p_.segments.size()) * static_cast<double>(p_.clouds.size()) * months,
          kMostRecorded);
    double workloads = 0.0;
    for (const auto& segment : p_.segments) workloads = std::max(workloads, p_.run.enterprises * segment.max_workloads);
    count("run.enterprises", "workloads that enterprises may bring", workloads, kMostWorkloads);
  }

  // ---- quantities and money --------------------------------------------------------------------

  /// A level over the run: what must fit at its highest, and what is paid for on average.
  struct OverRun {
    double peak = 0.0, mean = 0.0;
  };
  template <class Level>
  [[nodiscard]] OverRun over_run(Level level) const {
    constexpr int kSteps = 24;
    OverRun found;
    for (int k = 0; k <= kSteps; ++k) {
      const double now = level(years_ * k / kSteps);
      if (!(now <= found.peak)) found.peak = now;
      found.mean += now * (k == 0 || k == kSteps ? 0.5 : 1.0) / kSteps;  // trapezoids
    }
    return found;
  }
  [[nodiscard]] double kappa(market::LabId lab, double years) const {
    return market::relative_kappa(p_, lab, p_.run.start + core::years(years));
  }
  [[nodiscard]] double hours() const { return years_ * core::kHoursPerYear; }

  /// What an H100e-hour costs at most: at the clouds' lists, and under the contracts of a lab, which nobody else pays.
  void find_dearest() {
    for (const auto& cloud : p_.clouds) dearest_list_ = std::max(dearest_list_, cloud.price_usd);
    for (const auto& contract : p_.contracts)
      for (const auto& version : contract.versions)
        for (const Clause& clause : version.clauses)
          if (const auto* hosting = clause.get_if<Hosting>())
            dearest_hosting_[hosting->lab] = std::max(dearest_hosting_[hosting->lab], hosting->price_usd);
  }
  [[nodiscard]] double dearest(const std::string& lab) const {
    const auto it = dearest_hosting_.find(lab);
    return it == dearest_hosting_.end() ? dearest_list_ : std::max(dearest_list_, it->second);
  }

  void demand() {
    find_dearest();
    for (const market::LabId l : p_.labs.ids()) {
      const auto& lab = p_.labs[l];
      for (const auto& s : lab.streams) stream("labs." + lab.name + ".streams." + s.name, l, s);
      dollars_.add(lab.channel_cost_usd * static_cast<double>(p_.channels.size()) * years_,
                   "labs." + lab.name + ".channel_cost");
      dollars_.add(std::max(lab.cash.opening_usd, 0.0), "labs." + lab.name + ".cash.opening");
      for (const auto& round : lab.cash.rounds)
        dollars_.add(round.amount_usd, "labs." + lab.name + ".cash.rounds." + round.name + ".amount");
      for (const auto& port : lab.chips)
        dollars_.add(port.cost_usd, "labs." + lab.name + ".chips." + port.vendor + ".cost");
    }
    for (const auto& a : p_.applications) application("applications." + a.name, a);
    for (const auto& segment : p_.segments) enterprises("segments." + segment.name, segment);
  }

  void load(OverRun h100e, double usd_per_hour, const std::string& key) {
    compute_.add(shocked_ * h100e.peak, key);
    dollars_.add(boom_ * h100e.mean * usd_per_hour * hours(), key);
  }

  void stream(const std::string& key, market::LabId lab, const market::Stream& s) {
    const double users = std::max(s.users, s.users_ceiling);
    const double base = s.users > 0 ? users * 1e-6 * s.h100e_per_million_users : s.compute_h100e;
    const OverRun h100e =
        over_run([&](double t) { return base * s.intensity.level(t) * (s.efficiency_applies ? kappa(lab, t) : 1.0); });
    load(h100e, dearest(p_.labs[lab].name), key + (s.users > 0 ? ".users" : ".compute"));
    if (s.users > 0) {
      const OverRun paid = over_run([&](double t) { return s.usd_per_user_month * 12.0 * s.revenue.level(t); });
      dollars_.add(boom_ * users * paid.mean * years_, key + ".revenue_per_user");
    } else {
      dollars_.add(boom_ * h100e.mean * s.price_usd * hours(), key + ".price");
    }
  }

  void application(const std::string& key, const market::SeatApplication& a) {
    const market::LabId lab(market::index_of(p_.vocabulary.labs, a.lab).value());
    const double seats = std::max(a.seats, a.installed_base * a.ceiling_share);
    const OverRun h100e = over_run(
        [&](double t) { return seats * 1e-6 * a.h100e_per_million_seats * a.intensity.level(t) * kappa(lab, t); });
    load(h100e, dearest(a.lab), key + ".compute_per_million_seats");
    dollars_.add(boom_ * seats * a.usd_per_seat_month * 12.0 * years_, key + ".revenue_per_seat");
  }

  void enterprises(const std::string& key, const market::Segment& segment) {
    const GrowthPath growth{p_.choice.volume_growth_rate, p_.choice.volume_growth_half_life};
    const auto units = [&](double t) {
      return segment.enterprises * workloads(segment, t) * segment.units_per_day * growth.level(t);
    };
    double compute = 0.0, hosted = 0.0, paid = 0.0;  // H100e, $ an hour, $ a day: at the lab that takes most
    for (const market::LabId l : p_.labs.ids()) {
      const auto& lab = p_.labs[l];
      const double most = *std::max_element(lab.product_price.begin(), lab.product_price.end());
      const double list = lab.list_price_usd * most * (1.0 + lab.channel_price_bound);
      const double own = lab.kappa * lab.tokens_per_unit * most / 24.0;
      const OverRun sold =  // token lists may follow kappa
          over_run([&](double t) { return units(t) * list * std::max(1.0, kappa(l, t)); });
      const OverRun used = over_run([&](double t) { return units(t) * own * kappa(l, t); });
      paid = std::max(paid, sold.mean);
      compute = std::max(compute, used.peak);
      hosted = std::max(hosted, used.mean * dearest(lab.name));
    }
    const double most = over_run(units).peak * shocked_;  // hits on top of a boom are left to the books
    units_.add(most, key + ".units_per_day");
    compute_.add(shocked_ * compute, key + ".units_per_day");
    dollars_.add(boom_ * hosted * hours(), key + ".units_per_day");
    dollars_.add(boom_ * paid * years_ * core::kDaysPerYear, key + ".units_per_day");
    dollars_.add(most * p_.choice.switching_usd, "choice.switching_cost");
    dollars_.add(segment.enterprises * segment.commitment_usd_per_year * years_, key + ".commitment");
  }

  /// Workloads of an enterprise after some years: on the first day those of 1.5 years, and never more than its most.
  static double workloads(const market::Segment& segment, double years) {
    return std::min<double>(segment.max_workloads, 1.0 + segment.workloads_per_year * (1.5 + years));
  }

  [[nodiscard]] const market::Chip* chip(const std::string& name) const {
    const auto it =
        std::find_if(p_.chips.begin(), p_.chips.end(), [&](const market::Chip& c) { return c.name == name; });
    return it == p_.chips.end() ? nullptr : &*it;
  }

  void units_of(const std::string& name, double units, const std::string& key) {
    const market::Chip* c = chip(name);
    if (c == nullptr) return;
    compute_.add(units * c->h100e, key);
    kilowatts_.add(units * c->facility_kw, key);
    dollars_.add(units * c->unit_price_usd, key);
    dollars_.add(units * c->facility_kw * hours() * dearest_energy_, key);
  }

  void supply() {
    for (const auto& cloud : p_.clouds)
      dearest_energy_ =
          std::max(dearest_energy_, cloud.energy_usd_per_mwh * 1e-3 + cloud.opex_usd_per_kw_year / core::kHoursPerYear);
    for (const auto& vendor : p_.vendors)
      for (const auto& line : vendor.lines) {
        const std::string key = "supply." + vendor.name + '.' + line.chip + ".units_per_month";
        const double months =
            12.0 * std::max(0.0, core::in_years(std::min(line.until, p_.run.end) - std::max(line.from, p_.run.start)));
        const double after = std::max(0.0, core::in_years(p_.run.end - line.from));
        const double most = p_.shocks.supply.gap_per_year > 0 ? core::math::exp(market::kMostShock) : 1.0;
        units_of(line.chip, most * line.units_per_month * months * std::max(1.0, line.growth.level(after)), key);
      }
    for (const auto& cloud : p_.clouds) {
      const std::string at = "clouds." + cloud.name;
      compute_.add(cloud.backlog_h100e, at + ".backlog");
      kilowatts_.add(cloud.entry.scale_mw * 1e3, at + ".entry.least_scale");
      dollars_.add(cloud.entry.scale_mw * cloud.facility_usd_per_mw, at + ".entry.least_scale");
      dollars_.add(cloud.entry.equity_usd, at + ".entry.equity");
      fleet_uses(at, cloud);
      const auto base = over_run([&](double t) { return cloud.base_revenue_usd * cloud.base_growth.level(t); });
      const auto spent = over_run([&](double t) { return cloud.other.capex_usd * cloud.other.capex_growth.level(t); });
      const auto owed =
          over_run([&](double t) { return cloud.other.contracted_usd * cloud.other.contracted_growth.level(t); });
      dollars_.add(other_boom_ * base.mean * years_, at + ".base_revenue");
      dollars_.add(spent.mean * years_, at + ".other.capex");
      dollars_.add(owed.peak * cloud.other.contract_years, at + ".other.contracted");
      for (const auto& region : cloud.regions) {
        const std::string here = at + ".regions." + region.name;
        kilowatts_.add(std::max(0.0, region.power_mw) * 1e3, here + ".power");
        for (const auto& entry : region.fleet) units_of(entry.chip, entry.units, here + ".fleet." + entry.chip);
        for (const auto& lot : region.lots) units_of(lot.chip, lot.units, here + ".lots." + lot.name + ".units");
        for (const auto& site : region.sites) {
          kilowatts_.add(site.megawatts * 1e3, here + ".sites." + site.name + ".power");
          dollars_.add(site.megawatts * cloud.facility_usd_per_mw, here + ".sites." + site.name + ".power");
        }
      }
    }
  }

  /// Own products and customers of a cloud, at most. Those of all clouds may turn to the one that is cheapest: what
  /// prices multiply them by is left to the books.
  void fleet_uses(const std::string& at, const market::Cloud& cloud) {
    double fleet = 0.0;
    for (const auto& region : cloud.regions)
      for (const auto& entry : region.fleet)
        if (const market::Chip* c = chip(entry.chip); c != nullptr) fleet += entry.units * c->h100e;
    GrowthPath growth = cloud.own_use.growth;
    if (growth.rate <= -1.0) growth.rate = cloud.expected_growth;
    const double own = std::max(cloud.own_use.h100e, cloud.internal_share * fleet);
    load(over_run([&](double t) { return own * growth.level(t); }), dearest_list_, at + ".own_use");
    const GrowthPath& path = cloud.customers_growth.rate <= -1.0 ? p_.customers.growth : cloud.customers_growth;
    const double sold = std::max(cloud.customers_h100e, cloud.internal_share * cloud.customers_share * fleet);
    load(over_run([&](double t) { return sold * path.level(t); }), dearest_list_, at + ".customers");
    dollars_.add(cloud.own_use.income_usd * cloud.own_use.h100e * hours(), at + ".own_use.income");
  }

  void contracts() {
    for (const auto& contract : p_.contracts)
      for (const auto& version : contract.versions)
        for (const Clause& clause : version.clauses) {
          const std::string key =
              "contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name;
          market::visit_terms(clause, [&](const auto& terms) { money(key, terms); });
          if (const auto* reserved = clause.get_if<Reservation>()) reservation(key, version, clause, *reserved);
          if (const auto* tender = clause.get_if<Tender>()) {
            compute_.add(tender->quantity_h100e, key + ".quantity");
            dollars_.add(
                tender->quantity_h100e * dearest(tender->lab) * core::in_years(tender->term) * core::kHoursPerYear,
                key + ".quantity");
          }
        }
  }

  /// The sums that kinds state: `amount` and `per_year`.
  template <class Terms>
  void money(const std::string& key, const Terms& terms) {
    if constexpr (requires { terms.amount_usd; }) dollars_.add(terms.amount_usd, key + ".amount");
    if constexpr (requires { terms.per_year_usd; }) dollars_.add(terms.per_year_usd * years_, key + ".per_year");
  }

  void reservation(const std::string& key, const market::Version& version, const Clause& clause,
                   const Reservation& reserved) {
    double h100e = reserved.quantity_h100e;
    if (const market::Chip* c = chip(reserved.chip); c != nullptr && reserved.power_mw > 0)
      h100e = reserved.power_mw * 1e3 / c->facility_kw * c->h100e;
    const auto from = std::max(clause.from, version.effective), until = std::min(clause.until, version.ends);
    const double lasts = until >= core::kNever ? years_ : std::max(0.0, core::in_years(until - from));
    const std::string at = key + (reserved.power_mw > 0 ? ".power" : ".quantity");
    compute_.add(h100e, at);
    dollars_.add(h100e * std::max(reserved.price_usd, 0.0) * lasts * core::kHoursPerYear, at);
  }

  const Parameters& p_;
  double years_;
  double shocked_;                                 ///< the most by which shocks multiply demand on one day
  double boom_;                                    ///< and over the run: half of its logarithm
  double other_boom_;                              ///< and what clouds sell that is not AI, over the run
  double dearest_list_ = 0.0;                      ///< $ per H100e-hour, of all clouds
  std::map<std::string, double> dearest_hosting_;  ///< under hosting clauses, by lab
  double dearest_energy_ = 0.0;                    ///< $ per kWh, operations included
  Sum compute_, units_, kilowatts_, dollars_;
  std::vector<core::Mistake> mistakes_;
};

}  // namespace

std::vector<core::Mistake> find_scale_mistakes(const market::Parameters& parameters) {
  return LargestSums{parameters}.find();
}

}  // namespace rackrate::scenario
