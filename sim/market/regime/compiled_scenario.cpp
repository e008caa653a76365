#include "sim/market/regime/compiled_scenario.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/changes.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/regime/first_use.hpp"
#include "sim/market/vocabulary/contains.hpp"
#include "sim/market/vocabulary/facts.hpp"

namespace rackrate::market {
namespace {

using core::name_hash;

/// Clauses that keep an account: all that do not decide permissions.
bool moves_money(const Clause& clause) { return !contracts::decides_permission(clause); }

/// The id of a name; none where the list lacks it.
template <class Id>
Id find(const std::vector<std::string>& names, std::string_view name) {
  const auto i = index_of(names, name);
  return i ? Id(*i) : Id();
}

template <class Id>
Table<Id, core::EntityKey> keys(const std::vector<std::string>& names, std::string_view kind) {
  Table<Id, core::EntityKey> out;
  for (const auto& name : names) out.push_back(name_hash(name, name_hash(kind)));
  return out;
}

void add_pools(CompiledScenario& s) {
  const auto& clouds = s.parameters.clouds;
  s.pools_of_cloud.resize(clouds.size());
  for (const CloudId c : clouds.ids())
    for (std::size_t k = 0; k < clouds[c].regions.size(); ++k) {
      const auto& region = clouds[c].regions[k];
      PoolRef pool;
      pool.cloud = c;
      pool.region = find<RegionId>(s.parameters.vocabulary.regions, region.name);
      pool.position = static_cast<int>(k);
      pool.name = "pool/" + clouds[c].name + "/" + region.name;
      pool.key = name_hash(pool.name);
      s.pools_of_cloud[c].push_back(s.pools.push_back(std::move(pool)));
    }
}

/// A list in a scope: empty means all.
template <class T>
bool covers(const std::vector<T>& list, const T& x) {
  return list.empty() || contains(list, x);
}

/// Does the clause permit the channel to sell this product of the lab, at some time?
bool grants_channel(const Clause& clause, const Lab& lab, const std::string& channel, Product product) {
  const auto* grant = clause.get_if<kinds::Grant>();
  return grant != nullptr && covers(clause.scope.labs, lab.name) && covers(clause.scope.products, product) &&
         covers(clause.scope.model_class, lab.model_class) && contains(grant->grantee, channel) &&
         contains(grant->role, Role::Channel);
}

/// May the product ever be bought through the channel: is it the lab's own channel, or does a contract permit it at
/// some time? At which times, the registry says (Registry::decide).
bool ever_sold(const Parameters& p, const Lab& lab, const std::string& channel, Product product) {
  if (channel == "direct") return true;
  bool ever = false;
  for (const auto& contract : p.contracts)
    for (const auto& version : contract.versions)
      for (const auto& written : version.clauses)
        contracts::for_each_permission(
            written, [&](const Clause& clause) { ever = ever || grants_channel(clause, lab, channel, product); });
  return ever;
}

Alternative alternative(const CompiledScenario& s, LabId lab, ChannelId channel, Product product) {
  const auto& p = s.parameters;
  const Lab& l = p.labs[lab];
  Alternative a;
  a.lab = lab;
  a.channel = channel;
  a.product = product;
  a.cloud = s.channel_cloud[channel];
  a.key = name_hash(l.name + "/" + p.channels[channel].name, name_hash("alternative"));
  a.lab_nest = name_hash(l.name, name_hash("nest/lab"));
  a.cloud_nest = name_hash(a.cloud.exists() ? p.clouds[a.cloud].name : "direct/" + l.name, name_hash("nest/cloud"));
  a.price = l.list_price_usd * l.product_price[product];
  a.compute = l.kappa * l.tokens_per_unit * l.product_price[product];
  return a;
}

std::set<Product> products_of_enterprises(const Parameters& p) {
  std::set<Product> sold;
  for (const auto& segment : p.segments)
    for (const auto& [name, share] : segment.products)
      if (share > 0) sold.insert(product_named(name).value());
  return sold;
}

void add_alternatives(CompiledScenario& s) {
  const auto& p = s.parameters;
  const auto sold = products_of_enterprises(p);
  for (const LabId lab : p.labs.ids())
    for (const ChannelId channel : p.channels.ids())
      for (const Product product : sold) {
        const std::string& name = p.channels[channel].name;
        if (name == "m365" || !ever_sold(p, p.labs[lab], name, product)) continue;
        s.alternatives_of_product[product].push_back(s.alternatives.push_back(alternative(s, lab, channel, product)));
      }
}

void add_runs(CompiledScenario& s) {
  for (const LabId lab : s.parameters.labs.ids())
    for (std::size_t i = 0; i < s.parameters.labs[lab].runs.size(); ++i) {
      const std::string name = s.parameters.labs[lab].name + "/" + s.parameters.labs[lab].runs[i].name;
      s.runs.push_back({lab, i, name, name_hash(name, name_hash("training run"))});
    }
}

void add_streams(CompiledScenario& s) {
  const auto& p = s.parameters;
  const auto add = [&](StreamRef ref, const std::string& name, const std::map<std::string, double>& regions) {
    if (regions.empty()) {
      ref.key = name_hash(name, name_hash("stream"));
      s.streams.push_back(ref);
    }
    for (const auto& [region, share] : regions) {
      ref.region = find<RegionId>(p.vocabulary.regions, region);
      ref.share = share;
      ref.key = name_hash(name + "/" + region, name_hash("stream"));
      s.streams.push_back(ref);
    }
  };
  for (const LabId lab : p.labs.ids())
    for (std::size_t k = 0; k < p.labs[lab].streams.size(); ++k) {
      const auto& stream = p.labs[lab].streams[k];
      StreamRef ref;
      ref.lab = lab;
      ref.channel = find<ChannelId>(p.vocabulary.channels, stream.channel);
      ref.stream = static_cast<int>(k);
      ref.product = stream.product;
      ref.payer = s.lab_firm[lab];
      add(ref, p.labs[lab].name + "/" + stream.name, stream.regions);
    }
  for (const ApplicationId k : p.applications.ids()) {
    const auto& application = p.applications[k];
    StreamRef ref;
    ref.channel = find<ChannelId>(p.vocabulary.channels, application.channel);
    ref.application = k;
    ref.product = Product::Copilot;
    ref.payer = find<PartyId>(p.vocabulary.firms, application.firm);
    const auto add_lab = [&](const std::string& lab, double share, const std::string& name) {
      ref.lab = find<LabId>(p.vocabulary.labs, lab);
      ref.share = share;
      add(ref, name, {});
    };
    if (application.routing.empty()) add_lab(application.lab, 1.0, application.name);
    for (const auto& [lab, share] : application.routing) add_lab(lab, share, application.name + "/" + lab);
  }
}

/// Since when each lab runs on each vendor's chips, and trains on each of them.
void add_chip_ports(CompiledScenario& s) {
  const auto& p = s.parameters;
  s.runs_on_from_ = {p.labs.size(), p.vendors.size(), core::kAlways};
  s.trains_on_from_ = {p.labs.size(), p.chips.size(), core::kAlways};
  for (const LabId lab : p.labs.ids()) {
    if (p.labs[lab].chips.empty()) continue;
    for (const ChipId chip : p.chips.ids()) {
      s.trains_on_from_(lab, chip) = core::kNever;
      for (const auto& port : p.labs[lab].chips)
        if (port.vendor == p.chips[chip].vendor && p.chips[chip].h100e >= port.training_least)
          s.trains_on_from_(lab, chip) = port.from;
    }
    for (const VendorId vendor : p.vendors.ids()) {
      s.runs_on_from_(lab, vendor) = core::kNever;
      for (const auto& port : p.labs[lab].chips)
        if (port.vendor == p.vendors[vendor].name) s.runs_on_from_(lab, vendor) = port.from;
    }
  }
}

/// Where a lab can run, best first: its own preference list, then by serving cost, then by name.
void add_routes(CompiledScenario& s) {
  const auto& p = s.parameters;
  s.serving_cost_ = {p.labs.size(), p.clouds.size()};
  s.ported_from_ = {p.labs.size(), p.clouds.size(), core::kNever};
  s.hosts_of_lab.resize(p.labs.size());
  for (const LabId lab : p.labs.ids()) {
    std::vector<CloudId> hosts;
    for (const auto& route : p.labs[lab].routes) {
      if (!route.ported) continue;
      const auto host = find<CloudId>(p.vocabulary.clouds, route.host);
      const double cost = route.serving_cost_usd >= 0 ? route.serving_cost_usd : p.clouds[host].price_usd;
      s.serving_cost_(lab, host) = Money::from_usd(cost, "a serving cost, in $,");
      s.ported_from_(lab, host) = route.from;
      hosts.push_back(host);
    }
    const auto& preference = p.labs[lab].host_preference;
    const auto rank = [&](CloudId host) {
      const auto at = std::find(preference.begin(), preference.end(), p.clouds[host].name);
      return std::tuple{at - preference.begin(), s.serving_cost_(lab, host), host};
    };
    std::sort(hosts.begin(), hosts.end(), [&](CloudId a, CloudId b) { return rank(a) < rank(b); });
    s.hosts_of_lab[lab] = hosts;
  }
}

void add_money(CompiledScenario& s) {
  const auto& p = s.parameters;
  s.money_labels = money_labels(p);
  for (std::size_t c = 0; c < p.contracts.size(); ++c)
    for (std::size_t v = 0; v < p.contracts[c].versions.size(); ++v)
      for (std::size_t k = 0; k < p.contracts[c].versions[v].clauses.size(); ++k) {
        const auto& version = p.contracts[c].versions[v];
        const auto& clause = version.clauses[k];
        if (!moves_money(clause) || !clause.enabled) continue;
        PaymentClause m;
        m.contract = ContractId(c);
        m.version = VersionId(v);
        m.clause = ClauseId(k);
        m.label = find<LabelId>(s.money_labels.rows(), p.contracts[c].name + "/" + clause.name);
        const kinds::Sides sides = contracts::sides_of(clause);
        m.payer = find<PartyId>(p.vocabulary.firms, sides.payer);
        m.payee = find<PartyId>(p.vocabulary.firms, sides.payee);
        m.lab = find<LabId>(p.vocabulary.labs, sides.lab);
        m.channel = find<ChannelId>(p.vocabulary.channels, sides.channel);
        m.host = find<CloudId>(p.vocabulary.clouds, sides.host);
        m.from = std::max(contracts::first_stated(p.contracts[c], version, clause), clause.switched_on);
        m.until = std::min({clause.until, version.ends, p.contracts[c].terminated, clause.switched_off});
        s.money.push_back(m);
      }
}

}  // namespace

std::vector<std::string> money_labels(const Parameters& parameters) {
  std::set<std::string> labels;
  for (const auto& contract : parameters.contracts) {
    for (const auto& version : contract.versions)
      for (const auto& clause : version.clauses)
        if (moves_money(clause)) labels.insert(contract.name + "/" + clause.name);
    for (const auto& award : contracts::award_names(contract, parameters.run.start, parameters.run.end))
      labels.insert(contract.name + "/" + award);
  }
  return {labels.begin(), labels.end()};
}

CompiledScenario compile(const Parameters& parameters) {
  CompiledScenario s;
  s.parameters = parameters;
  const auto& p = s.parameters;
  const auto& v = p.vocabulary;
  s.parties = Table<PartyId, std::string>(v.firms);
  for (PartyId* const party : {&s.suppliers, &s.services, &s.rest_of_world, &s.enterprises, &s.consumers, &s.investors})
    *party = s.parties.push_back(std::string(kOutsideParties[s.parties.size() - v.firms.size()]));

  for (const auto& cloud : p.clouds) s.cloud_firm.push_back(find<PartyId>(v.firms, cloud.firm));
  for (const auto& lab : p.labs) s.lab_firm.push_back(find<PartyId>(v.firms, lab.firm));
  for (const auto& channel : p.channels) {
    s.channel_cloud.push_back(find<CloudId>(v.clouds, channel.cloud));
    s.channel_firm.push_back(find<PartyId>(v.firms, channel.firm));
  }
  std::vector<std::string> vendor_names;
  for (const auto& vendor : p.vendors) {
    s.vendor_firm.push_back(find<PartyId>(v.firms, vendor.firm));
    vendor_names.push_back(vendor.name);
  }
  for (const auto& chip : p.chips) s.chip_vendor.push_back(find<VendorId>(vendor_names, chip.vendor));
  s.cloud_key = keys<CloudId>(v.clouds, "cloud");
  s.lab_key = keys<LabId>(v.labs, "lab");
  s.channel_key = keys<ChannelId>(v.channels, "channel");
  s.vendor_key = keys<VendorId>(vendor_names, "vendor");

  s.registry = Registry(p.contracts, v, s.channel_cloud);
  add_pools(s);
  add_alternatives(s);
  s.cells = {p.segments.size(), s.alternatives.size(), v.regions.size()};
  add_streams(s);
  add_runs(s);
  add_routes(s);
  add_chip_ports(s);
  add_money(s);
  for (const CloudId cloud : p.clouds.ids()) s.first_use.push_back(first_use(s, cloud));
  return s;
}

}  // namespace rackrate::market
