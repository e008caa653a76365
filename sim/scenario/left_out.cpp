#include "sim/scenario/left_out.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/market/regime/buyer_and_hosts.hpp"
#include "sim/market/regime/regime.hpp"
#include "sim/market/regime/sample_sizes.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {
namespace {

using market::Clause;
using market::Parameters;
using market::Permission;

constexpr std::size_t kNamed = 4;  // key paths in a sentence; the rest is counted

/// Things that are left out for one reason.
class Reason {
 public:
  explicit Reason(std::string sentence) : sentence_(std::move(sentence)) {}
  void add(std::string key) { keys_.push_back(std::move(key)); }
  void tell(std::vector<std::string>& out) const {
    if (!keys_.empty()) out.push_back(listed() + ": " + sentence_);
  }

 private:
  [[nodiscard]] std::string listed() const {
    std::string out;
    for (std::size_t i = 0; i < std::min(keys_.size(), kNamed); ++i) out += (i == 0 ? "" : ", ") + keys_[i];
    return keys_.size() > kNamed ? out + " and " + std::to_string(keys_.size() - kNamed) + " more" : out;
  }
  std::string sentence_;
  std::vector<std::string> keys_;
};

class LeftOut {
 public:
  explicit LeftOut(const Parameters& p) : p_(p) {}

  std::vector<std::string> find() {
    sampling();
    deliveries();
    makers();
    builders();
    entrants();
    streams();
    cash();
    training_runs();
    contracts();
    if (!p_.labs.empty()) permissions();
    return std::move(out_);
  }

 private:
  /// Segments without an enterprise in the sample, and segments whose enterprises have no demand.
  void sampling() {
    const std::string sample =
        "none of the " + std::to_string(p_.run.enterprises) +
        " simulated enterprises stands for it, so what it wants is left out. Raise run.enterprises or sample_share.";
    Reason unsampled(p_.run.enterprises == 0 ? "run.enterprises is 0, so what its enterprises want is left out."
                                             : sample);
    Reason idle(
        "its enterprises bring no work: products, units_per_day, workloads_per_year and max_workloads decide how "
        "much.");
    sizes_ = market::sample_sizes(p_);
    for (const market::SegmentId g : p_.segments.ids()) {
      const auto& segment = p_.segments[g];
      if (segment.enterprises <= 0) continue;
      if (sizes_[g] == 0)
        unsampled.add("segments." + segment.name);
      else if (segment.products.empty() || segment.units_per_day <= 0 || segment.max_workloads < 1)
        idle.add("segments." + segment.name);
    }
    unsampled.tell(out_);
    idle.tell(out_);
  }

  void deliveries() {
    const auto start = p_.run.start, end = p_.run.end;
    Reason late("it comes when the run is over (" + core::to_string(end) + ") and is left out.");
    Reason early("it comes before the run begins (" + core::to_string(start) + ") and counts from its first day.");
    Reason nothing("it rounds to 0 whole units and is left out.");
    const auto arrival = [&](const std::string& key, core::SimTime t) {
      if (t >= end) late.add(key);
      if (t < start) early.add(key);
    };
    for (const auto& cloud : p_.clouds)
      for (const auto& region : cloud.regions) {
        const std::string here = "clouds." + cloud.name + ".regions." + region.name;
        for (const auto& entry : region.fleet)
          if (entry.units > 0 && entry.units < 0.5) nothing.add(here + ".fleet." + entry.chip);
        for (const auto& lot : region.lots) {
          arrival(here + ".lots." + lot.name, lot.arrives);
          if (lot.units > 0 && lot.units < 0.5) nothing.add(here + ".lots." + lot.name);
        }
        for (const auto& site : region.sites) {
          arrival(here + ".sites." + site.name, site.energised);
          if (site.megawatts > 0 && site.megawatts * 1e3 < 0.5) nothing.add(here + ".sites." + site.name);
        }
      }
    for (const auto& vendor : p_.vendors)
      for (const auto& line : vendor.lines)
        if (line.from >= end) late.add("supply." + vendor.name + '.' + line.chip);
    late.tell(out_);
    early.tell(out_);
    nothing.tell(out_);
  }

  /// What is said of vendors and their chips and has no effect.
  void makers() {
    Reason share("it is for outside_orders = \"path\", and here the rest of the world orders a share of what is made.");
    Reason endless("its production never ends, so nothing is phased out. Give until.");
    for (const auto& vendor : p_.vendors) {
      const bool grows = vendor.outside_growth.rate != 0 || vendor.outside_price_elasticity > 0;
      if (vendor.outside_orders == market::OutsideOrders::Share && grows)
        share.add("supply." + vendor.name +
                  (vendor.outside_growth.rate != 0 ? ".outside_growth" : ".outside_price_elasticity"));
      for (const auto& line : vendor.lines)
        if (line.phase_out_months > 0 && line.until >= core::kNever)
          endless.add("supply." + vendor.name + '.' + line.chip + ".phase_out");
    }
    Reason weak("none of its vendor's chips is that strong, so the lab trains on none of them.");
    for (const auto& lab : p_.labs)
      for (const auto& port : lab.chips)
        if (port.training_least > 0 && std::none_of(p_.chips.begin(), p_.chips.end(), [&](const market::Chip& chip) {
              return chip.vendor == port.vendor && chip.h100e >= port.training_least;
            }))
          weak.add("labs." + lab.name + ".chips." + port.vendor + ".training_least");
    share.tell(out_);
    endless.tell(out_);
    weak.tell(out_);
  }

  /// A draw of both values may come to this, so it is no error.
  void entrants() {
    Reason large("it is more than its regions can start in a year (build_limit), and it enters with it all the same.");
    for (const auto& cloud : p_.clouds) {
      double limit = 0.0;
      bool limited = !cloud.regions.empty();
      for (const auto& region : cloud.regions) {
        limited = limited && region.build_limit_mw >= 0;
        limit += region.build_limit_mw;
      }
      if (limited && limit < cloud.entry.scale_mw) large.add("clouds." + cloud.name + ".entry.least_scale");
    }
    large.tell(out_);
  }

  /// Clouds that would build and cannot.
  void builders() {
    Reason nothing_sold(
        "it orders from a vendor that sells nothing, so that part of its orders is never met. Give one of its chips "
        "units_per_month.");
    Reason idle_budget("its cloud has invests = false, so it is not spent.");
    Reason idle_backlog("its cloud names no silicon, so no vendor has this order.");
    Reason unread_backlog(
        "its capital.first_orders is \"rule\", so what it had ordered is what its order rule would have. Leave one "
        "out.");
    Reason no_silicon(
        "it has a budget and names no silicon, so it orders nothing. Add [clouds.NAME.silicon] or invests = false.");
    for (const auto& cloud : p_.clouds) {
      if (!cloud.invests && cloud.capital.usd_per_year > 0) idle_budget.add("clouds." + cloud.name + ".capex");
      if (cloud.silicon.empty() && cloud.backlog_h100e >= 1) idle_backlog.add("clouds." + cloud.name + ".backlog");
      if (cloud.capital.first_orders == market::FirstOrders::Rule && cloud.backlog_h100e > 0)
        unread_backlog.add("clouds." + cloud.name + ".backlog");
      if (!cloud.invests) continue;
      if (cloud.silicon.empty() && cloud.capital.usd_per_year > 0) no_silicon.add("clouds." + cloud.name);
      for (const auto& vendor : p_.vendors) {
        const auto share = cloud.silicon.find(vendor.name);
        if (share != cloud.silicon.end() && share->second > 0 && vendor.lines.empty())
          nothing_sold.add("clouds." + cloud.name + ".silicon." + vendor.name);
      }
    }
    nothing_sold.tell(out_);
    no_silicon.tell(out_);
    idle_budget.tell(out_);
    idle_backlog.tell(out_);
    unread_backlog.tell(out_);
    Reason bare("this cloud has no region, so the lab never runs there.");
    for (const auto& lab : p_.labs)
      for (const auto& route : lab.routes) {
        const auto cloud = std::find_if(p_.clouds.begin(), p_.clouds.end(),
                                        [&](const market::Cloud& c) { return c.name == route.host; });
        if (route.ported && cloud != p_.clouds.end() && cloud->regions.empty())
          bare.add("labs." + lab.name + ".routes." + route.host);
      }
    bare.tell(out_);
  }

  /// Values of streams that another value of the same stream puts out of use.
  void streams() {
    Reason of_users("it is for streams of users, and this one is given as compute.");
    Reason of_compute("it is for streams of compute, and this one is given as users.");
    Reason full("users stand at their ceiling from the start, so their growth has no effect. Raise users_ceiling.");
    Reason empty("it asks for nothing: give compute or users.");
    for (const auto& lab : p_.labs)
      for (const auto& s : lab.streams) {
        const std::string key = "labs." + lab.name + ".streams." + s.name;
        if (s.users <= 0 && s.compute_h100e <= 0) empty.add(key);
        if (s.users > 0 && s.price_usd > 0) of_compute.add(key + ".price");
        if (s.users > 0 && s.user_growth != 0 && s.users_ceiling <= s.users) full.add(key + ".user_growth");
        if (s.users > 0) continue;
        if (s.user_growth != 0) of_users.add(key + ".user_growth");
        if (s.usd_per_user_month > 0) of_users.add(key + ".revenue_per_user");
        if (s.h100e_per_million_users > 0) of_users.add(key + ".compute_per_million_users");
      }
    for (const Reason* reason : {&of_users, &of_compute, &full, &empty}) reason->tell(out_);
  }

  /// Money without an account, and rounds that the run never sees.
  void cash() {
    Reason no_account("the lab keeps no account, so it has no effect. Give opening.");
    Reason before("its date lies before the run, so it never comes in. What came before the start is in opening.");
    for (const auto& lab : p_.labs) {
      const std::string key = "labs." + lab.name + ".cash.";
      if (lab.cash.opening_usd < 0 && lab.cash.round_gap_months > 0) no_account.add(key + "round_gap");
      for (const auto& round : lab.cash.rounds) {
        if (lab.cash.opening_usd < 0)
          no_account.add(key + "rounds." + round.name);
        else if (round.date < p_.run.start)
          before.add(key + "rounds." + round.name);
      }
    }
    no_account.tell(out_);
    before.tell(out_);
  }

  /// Runs that never begin, or are taken for later ones.
  void training_runs() {
    Reason late("it is submitted when the run is over (" + core::to_string(p_.run.end) + ") and is left out.");
    Reason early("it is submitted before the run begins (" + core::to_string(p_.run.start) +
                 ") and waits from its first day.");
    Reason no_plan("its lab has no stream of training, of which it would be a part, so it never begins.");
    Reason no_place("no pool where it may run ever holds its size, so it never begins.");
    for (const auto& lab : p_.labs)
      for (const auto& run : lab.runs) {
        const std::string key = "labs." + lab.name + ".runs." + run.name;
        if (run.submitted >= p_.run.end) late.add(key);
        if (run.submitted < p_.run.start) early.add(key);
        const auto trains = [](const market::Stream& s) { return s.product == market::Product::Training; };
        if (std::none_of(lab.streams.begin(), lab.streams.end(), trains))
          no_plan.add(key);
        else if (!fits_somewhere(lab, run))
          no_place.add(key);
      }
    for (const Reason* reason : {&late, &early, &no_plan, &no_place}) reason->tell(out_);
  }

  /// Clouds that invest may grow to any size.
  [[nodiscard]] bool fits_somewhere(const market::Lab& lab, const market::TrainingRun& run) const {
    const auto allows = [](const std::vector<std::string>& names, const std::string& name) {
      return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto& cloud : p_.clouds) {
      const bool routed = std::any_of(lab.routes.begin(), lab.routes.end(),
                                      [&](const market::Route& r) { return r.host == cloud.name && r.ported; });
      if (!routed || !allows(run.clouds, cloud.name)) continue;
      for (const auto& region : cloud.regions)
        if (allows(run.regions, region.name) && (cloud.invests || most_of(region) >= run.h100e)) return true;
    }
    return false;
  }
  [[nodiscard]] double most_of(const market::CloudRegion& region) const {
    double h100e = 0.0;
    const auto add = [&](const auto& batch) {
      for (const auto& chip : p_.chips)
        if (chip.name == batch.chip) h100e += batch.units * chip.h100e;
    };
    for (const auto& batch : region.fleet) add(batch);
    for (const auto& batch : region.lots) add(batch);
    return h100e;
  }

  /// Contracts and clauses whose dates lie outside the run, or outside their own version.
  void contracts() {
    Reason over("none of its versions is in force while the run lasts, so it has no effect.");
    Reason outside("its dates lie outside those of its version, so it has no effect.");
    for (const auto& contract : p_.contracts) {
      bool ever = false;
      for (const auto& version : contract.versions) {
        const auto ends = std::min(version.ends, contract.terminated);
        ever = ever || (version.effective < p_.run.end && ends > p_.run.start && version.effective < ends);
        for (const Clause& clause : version.clauses)
          if (clause.enabled && (clause.from >= version.ends || clause.until <= version.effective))
            outside.add("contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name);
      }
      if (!ever) over.add("contracts." + contract.name);
    }
    over.tell(out_);
    outside.tell(out_);
  }

  /// Demand that no contract ever lets anybody serve.
  void permissions() {
    const market::CompiledScenario s = market::compile(p_);
    const auto intervals = market::compile_access(s, p_.run.start, p_.run.end);
    unserved(s, intervals);
    unsold(s, intervals);
    commitments(s, intervals);
  }

  /// Commitments that nobody can ever use: what they ask for would be paid for nothing.
  void commitments(const market::CompiledScenario& s, const std::vector<market::AccessInterval>& intervals) {
    Reason no_cloud("no capacity: its payee has no cloud with a region that holds or will hold any.");
    Reason no_work("no demand: no lab, stream or sale of its payer asks for compute.");
    Reason no_port("no port: no lab of its payer runs at a cloud of its payee before it ends.");
    Reason no_permission(
        "no permission: nothing that its payer pays for may run at a cloud of its payee while it runs.");
    for (const auto& m : s.money) {
      const Clause& clause = s.clause_of(m);
      if (!clause.is<market::kinds::Commit>() || !clause.enabled) continue;
      const auto from = std::max(m.from, p_.run.start), until = std::min(m.until, p_.run.end);
      if (from >= until) continue;
      const std::string key =
          "contracts." + s.contract_of(m).name + ".versions." + s.version_of(m).name + ".clauses." + clause.name;
      const auto sides = market::buyer_and_hosts(s, m);
      if (!has_capacity(sides.hosts))
        no_cloud.add(key);
      else if (!has_work(s, m.payer))
        no_work.add(key);
      else if (!is_ported(s, sides, until) && !pays_as_seller(s, m.payer))
        no_port.add(key);
      else if (!may_use(s, intervals, m, from, until))
        no_permission.add(key);
    }
    for (const Reason* reason : {&no_cloud, &no_work, &no_port, &no_permission}) reason->tell(out_);
  }

  [[nodiscard]] bool has_capacity(const std::vector<market::CloudId>& hosts) const {
    return std::any_of(hosts.begin(), hosts.end(), [this](market::CloudId host) {
      const auto& cloud = p_.clouds[host];
      return std::any_of(cloud.regions.begin(), cloud.regions.end(), [&](const auto& region) {
        const auto counts = [](const auto& batch) { return batch.units >= 0.5; };
        return cloud.invests || std::any_of(region.fleet.begin(), region.fleet.end(), counts) ||
               std::any_of(region.lots.begin(), region.lots.end(), counts);
      });
    });
  }
  [[nodiscard]] static bool pays_as_seller(const market::CompiledScenario& s, market::PartyId payer) {
    return std::find(s.channel_firm.begin(), s.channel_firm.end(), payer) != s.channel_firm.end();
  }
  /// Does it pay for a stream, or for what enterprises buy of its labs or through its channels?
  [[nodiscard]] static bool has_work(const market::CompiledScenario& s, market::PartyId payer) {
    for (const auto& stream : s.streams)
      if (stream.payer == payer) return true;
    for (const auto& a : s.alternatives)
      if (s.lab_firm[a.lab] == payer || s.channel_firm[a.channel] == payer) return true;
    return false;
  }
  [[nodiscard]] static bool is_ported(const market::CompiledScenario& s, const market::contracts::BuyerAndHosts& sides,
                                      core::SimTime until) {
    for (const auto lab : sides.labs)
      for (const auto host : sides.hosts)
        if (s.ported_from(lab, host) < until) return true;
    return false;
  }
  /// May anything that the payer pays for run at a cloud of the payee at some time in [from, until)?
  [[nodiscard]] static bool may_use(const market::CompiledScenario& s,
                                    const std::vector<market::AccessInterval>& intervals,
                                    const market::PaymentClause& m, core::SimTime from, core::SimTime until) {
    const auto at_payee = [&](const market::HostSet& hosts) {
      for (const market::CloudId host : hosts.members())
        if (s.cloud_firm[host] == m.payee) return true;
      return false;
    };
    for (const auto& interval : intervals) {
      if (interval.from >= until || interval.until <= from) continue;
      for (const market::StreamId k : s.streams.ids())
        if (s.streams[k].payer == m.payer && at_payee(interval.stream_hosts[k])) return true;
      for (const market::CellId id : s.cells.ids()) {
        const auto& a = s.alternatives[s.cells.decode(id).alternative];
        if ((s.lab_firm[a.lab] == m.payer || s.channel_firm[a.channel] == m.payer) &&
            at_payee(interval.cells[id].hosts))
          return true;
      }
    }
    return false;
  }

  void unserved(const market::CompiledScenario& s, const std::vector<market::AccessInterval>& intervals) {
    Reason hostless("no cloud that it runs on may host it while the run lasts, so it is never served.");
    std::vector<std::pair<std::string, bool>> served;  // streams with several regions are reported once
    for (const market::StreamId k : s.streams.ids()) {
      const auto& ref = s.streams[k];
      const auto& lab = p_.labs[ref.lab];
      const std::string key = ref.application.exists() ? "applications." + p_.applications[ref.application].name
                                                       : "labs." + lab.name + ".streams." +
                                                             lab.streams[static_cast<std::size_t>(ref.stream)].name;
      const bool somewhere = std::any_of(intervals.begin(), intervals.end(),
                                         [k](const market::AccessInterval& i) { return !i.stream_hosts[k].empty(); });
      if (served.empty() || served.back().first != key) served.emplace_back(key, false);
      served.back().second = served.back().second || somewhere;
    }
    for (const auto& [key, somewhere] : served)
      if (!somewhere) hostless.add(key);
    hostless.tell(out_);
  }

  /// May the segment buy the product somewhere at some time?
  static bool ever_open(const market::CompiledScenario& s, const std::vector<market::AccessInterval>& intervals,
                        market::SegmentId segment, market::Product product) {
    for (const market::CellId id : s.cells.ids()) {
      const market::Cell cell = s.cells.decode(id);
      if (cell.segment != segment || s.alternatives[cell.alternative].product != product) continue;
      for (const auto& interval : intervals)
        if (interval.cells[id].state != Permission::No) return true;
    }
    return false;
  }

  void unsold(const market::CompiledScenario& s, const std::vector<market::AccessInterval>& intervals) {
    Reason nobody("nobody may sell it to these enterprises while the run lasts, so this work stays undone.");
    Reason homeless("its data must stay in this region, where no cloud has capacity.");
    std::set<std::string> with_capacity;
    for (const auto& cloud : p_.clouds)
      for (const auto& region : cloud.regions) with_capacity.insert(region.name);
    for (const market::SegmentId g : p_.segments.ids()) {
      const auto& segment = p_.segments[g];
      if (sizes_[g] == 0) continue;
      for (const auto& [region, share] : segment.regions)
        if (segment.resident && share > 0 && !with_capacity.contains(region))
          homeless.add("segments." + segment.name + ".regions." + region);
      for (const auto& [name, share] : segment.products) {
        if (share <= 0) continue;
        if (!ever_open(s, intervals, g, market::product_named(name).value()))
          nobody.add("segments." + segment.name + ".products." + name);
      }
    }
    nobody.tell(out_);
    homeless.tell(out_);
  }

  const Parameters& p_;
  market::Table<market::SegmentId, int> sizes_;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> find_left_out(const market::Parameters& parameters) { return LeftOut{parameters}.find(); }

}  // namespace rackrate::scenario
