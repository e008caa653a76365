#include "sim/market/regime/compiled_scenario.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/vocabulary/facts.hpp"

namespace rackrate::market {
namespace {

using core::name_hash;

/// Clauses that keep an account: all that do not decide permissions.
bool moves_money(const Clause& clause) { return !contracts::decides_permission(clause); }

int require(const std::vector<std::string>& names, std::string_view name) {
  const auto i = index_of(names, name);
  return i ? static_cast<int>(*i) : -1;
}

std::vector<core::EntityKey> keys(const std::vector<std::string>& names, std::string_view kind) {
  std::vector<core::EntityKey> out;
  for (const auto& name : names) out.push_back(name_hash(name, name_hash(kind)));
  return out;
}

void add_pools(CompiledScenario& s) {
  const auto& clouds = s.parameters.clouds;
  s.pools_of_cloud.resize(clouds.size());
  for (std::size_t c = 0; c < clouds.size(); ++c)
    for (std::size_t k = 0; k < clouds[c].regions.size(); ++k) {
      const auto& region = clouds[c].regions[k];
      PoolRef pool;
      pool.cloud = static_cast<int>(c);
      pool.region = require(s.parameters.vocabulary.regions, region.name);
      pool.position = static_cast<int>(k);
      pool.name = "pool/" + clouds[c].name + "/" + region.name;
      pool.key = name_hash(pool.name);
      s.pools_of_cloud[c].push_back(static_cast<int>(s.pools.size()));
      s.pools.push_back(std::move(pool));
    }
}

/// Channels through which a lab's models may ever be bought: direct, and every channel that some
/// grant of CHANNEL (or, for copilot, a licence) names for this lab. The date is F's business.
void add_alternatives(CompiledScenario& s) {
  const auto& p = s.parameters;
  const auto& v = p.vocabulary;
  s.alternatives_of_product.resize(kProductNames.size());
  std::set<Product> sold;
  for (const auto& segment : p.segments)
    for (const auto& [name, share] : segment.products)
      if (share > 0) sold.insert(static_cast<Product>(*index_of(kProductNames, name)));
  for (std::size_t lab = 0; lab < p.labs.size(); ++lab)
    for (std::size_t channel = 0; channel < p.channels.size(); ++channel)
      for (const Product product : sold) {
        const auto& l = p.labs[lab];
        const bool direct = v.channels[channel] == "direct";
        bool ever = direct;
        for (const auto& contract : p.contracts)
          for (const auto& version : contract.versions)
            for (const auto& written : version.clauses)
              contracts::for_each_permission(written, [&](const Clause& clause) {
                const auto* grant = clause.get_if<kinds::Grant>();
                if (grant == nullptr) return;
                const auto& labs = clause.scope.labs;
                const auto& products = clause.scope.products;
                const bool speaks_of_lab = labs.empty() || std::find(labs.begin(), labs.end(), l.name) != labs.end();
                const bool of_product =
                    products.empty() || std::find(products.begin(), products.end(), product) != products.end();
                const auto& classes = clause.scope.model_class;
                const bool of_class =
                    classes.empty() || std::find(classes.begin(), classes.end(), l.model_class) != classes.end();
                const bool names_channel = std::find(grant->grantee.begin(), grant->grantee.end(),
                                                     v.channels[channel]) != grant->grantee.end();
                const bool role = std::find(grant->role.begin(), grant->role.end(), Role::Channel) != grant->role.end();
                ever = ever || (speaks_of_lab && of_product && of_class && names_channel && role);
              });
        if (!ever || p.channels[channel].name == "m365") continue;
        Alternative a;
        a.lab = static_cast<int>(lab);
        a.channel = static_cast<int>(channel);
        a.product = product;
        a.cloud = s.channel_cloud[channel];
        const std::string name = l.name + "/" + v.channels[channel];
        a.key = name_hash(name, name_hash("alternative"));
        a.lab_nest = name_hash(l.name, name_hash("nest/lab"));
        a.cloud_nest = name_hash(a.cloud >= 0 ? v.clouds[static_cast<std::size_t>(a.cloud)] : "direct/" + l.name,
                                 name_hash("nest/cloud"));
        const auto product_index = static_cast<std::size_t>(product);
        a.price = l.list_price_usd * l.product_price[product_index];
        a.compute = l.kappa * l.tokens_per_unit * l.product_price[product_index];
        s.alternatives_of_product[product_index].push_back(static_cast<int>(s.alternatives.size()));
        s.alternatives.push_back(a);
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
      ref.region = require(p.vocabulary.regions, region);
      ref.share = share;
      ref.key = name_hash(name + "/" + region, name_hash("stream"));
      s.streams.push_back(ref);
    }
  };
  for (std::size_t lab = 0; lab < p.labs.size(); ++lab)
    for (std::size_t k = 0; k < p.labs[lab].streams.size(); ++k) {
      const auto& stream = p.labs[lab].streams[k];
      StreamRef ref;
      ref.lab = static_cast<int>(lab);
      ref.channel = require(p.vocabulary.channels, stream.channel);
      ref.stream = static_cast<int>(k);
      ref.product = stream.product;
      ref.payer = s.lab_firm[lab];
      add(ref, p.labs[lab].name + "/" + stream.name, stream.regions);
    }
  for (std::size_t k = 0; k < p.applications.size(); ++k) {
    const auto& application = p.applications[k];
    StreamRef ref;
    ref.lab = require(p.vocabulary.labs, application.lab);
    ref.channel = require(p.vocabulary.channels, application.channel);
    ref.application = static_cast<int>(k);
    ref.product = Product::Copilot;
    ref.payer = require(p.vocabulary.firms, application.firm);
    add(ref, application.name, {});
  }
}

/// Where a lab can run, best first: its own preference list, then by serving cost, then by name.
void add_routes(CompiledScenario& s) {
  const auto& p = s.parameters;
  s.serving_cost_.assign(p.labs.size(), std::vector<std::int64_t>(p.clouds.size(), -1));
  s.ported_from_.assign(p.labs.size(), std::vector<core::SimTime>(p.clouds.size(), core::kNever));
  s.hosts_of_lab.resize(p.labs.size());
  for (std::size_t lab = 0; lab < p.labs.size(); ++lab) {
    std::vector<int> hosts;
    for (const auto& route : p.labs[lab].routes) {
      if (!route.ported) continue;
      const int host = require(p.vocabulary.clouds, route.host);
      const auto& cloud = p.clouds[static_cast<std::size_t>(host)];
      const double cost = route.serving_cost_usd >= 0 ? route.serving_cost_usd : cloud.price_usd;
      s.serving_cost_[lab][static_cast<std::size_t>(host)] = core::tenthousandths(cost, "a serving cost, in $,");
      s.ported_from_[lab][static_cast<std::size_t>(host)] = route.from;
      hosts.push_back(host);
    }
    const auto& preference = p.labs[lab].host_preference;
    const auto rank = [&](int host) {
      const auto at =
          std::find(preference.begin(), preference.end(), p.vocabulary.clouds[static_cast<std::size_t>(host)]);
      return std::tuple{at - preference.begin(), s.serving_cost_[lab][static_cast<std::size_t>(host)], host};
    };
    std::sort(hosts.begin(), hosts.end(), [&](int a, int b) { return rank(a) < rank(b); });
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
        m.contract = static_cast<int>(c);
        m.version = static_cast<int>(v);
        m.clause = static_cast<int>(k);
        m.label = require(s.money_labels, p.contracts[c].name + "/" + clause.name);
        const kinds::Sides sides = contracts::sides_of(clause);
        m.payer = require(p.vocabulary.firms, sides.payer);
        m.payee = require(p.vocabulary.firms, sides.payee);
        m.lab = require(p.vocabulary.labs, sides.lab);
        m.channel = require(p.vocabulary.channels, sides.channel);
        m.host = require(p.vocabulary.clouds, sides.host);
        m.from = std::max({clause.from, version.effective, clause.switched_on});
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
  s.parties = v.firms;
  s.suppliers = static_cast<int>(v.firms.size());
  s.services = s.suppliers + 1;
  s.enterprises = s.suppliers + 2;
  s.consumers = s.suppliers + 3;
  for (const auto name : kOutsideParties) s.parties.emplace_back(name);

  for (const auto& cloud : p.clouds) s.cloud_firm.push_back(require(v.firms, cloud.firm));
  for (const auto& lab : p.labs) s.lab_firm.push_back(require(v.firms, lab.firm));
  for (const auto& channel : p.channels) {
    s.channel_cloud.push_back(require(v.clouds, channel.cloud));
    s.channel_firm.push_back(require(v.firms, channel.firm));
  }
  std::vector<std::string> vendor_names;
  for (const auto& vendor : p.vendors) {
    s.vendor_firm.push_back(require(v.firms, vendor.firm));
    vendor_names.push_back(vendor.name);
  }
  for (const auto& chip : p.chips) s.chip_vendor.push_back(require(vendor_names, chip.vendor));
  s.cloud_key = keys(v.clouds, "cloud");
  s.lab_key = keys(v.labs, "lab");
  s.channel_key = keys(v.channels, "channel");
  s.vendor_key = keys(vendor_names, "vendor");

  s.registry = Registry(p.contracts, v, s.channel_cloud);
  add_pools(s);
  add_alternatives(s);
  add_streams(s);
  add_routes(s);
  add_money(s);
  return s;
}

}  // namespace rackrate::market
