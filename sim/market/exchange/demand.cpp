#include "sim/market/exchange/demand.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/core/math.hpp"
#include "sim/core/whole.hpp"
#include "sim/market/exchange/positions.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

std::int64_t to_money(double usd) { return core::tenthousandths(usd, "a penalty, in $,"); }

struct Payer { int party = 0; Layer layer = Layer::Model; };

Payer payer_of(const Setting& s, int lab, int channel, core::SimTime t) {
  const int seller = s.channel_firm[static_cast<std::size_t>(channel)];
  if (seller >= 0 && resale_terms(s, lab, channel, t).channel_pays_host) return {seller, Layer::Deployment};
  return {s.lab_firm[static_cast<std::size_t>(lab)], Layer::Model};
}

void add_cells(const Scene& scene, core::SimTime t, std::vector<DemandClass>& classes) {
  const auto& s = scene.setting();
  const auto& p = s.parameters;
  using Key = std::tuple<int, int, int, bool, Tier, std::uint32_t>;
  std::map<Key, std::size_t> index;
  for (std::size_t segment = 0; segment < p.segments.size(); ++segment)
    for (std::size_t a = 0; a < s.alternatives.size(); ++a)
      for (std::size_t region = 0; region < p.vocabulary.regions.size(); ++region) {
        const auto cell = s.cell(static_cast<int>(segment), static_cast<int>(a), static_cast<int>(region));
        const auto& access = scene.access().cells[static_cast<std::size_t>(cell)];
        const auto& alternative = s.alternatives[a];
        const Key key{alternative.lab, alternative.channel, static_cast<int>(region), p.segments[segment].resident, tier_of(alternative.product), access.hosts};
        const auto [it, fresh] = index.try_emplace(key, classes.size());
        if (fresh) {
          DemandClass c;
          c.lab = alternative.lab;
          c.channel = alternative.channel;
          c.region = static_cast<int>(region);
          c.resident = p.segments[segment].resident;
          c.tier = tier_of(alternative.product);
          c.hosts = access.hosts;
          c.penalty = to_money(p.clearing.penalty_usd[static_cast<std::size_t>(c.tier)]);
          const Payer payer = payer_of(s, c.lab, c.channel, t);
          c.payer = payer.party;
          c.payer_layer = payer.layer;
          std::uint64_t name = core::name_hash(p.vocabulary.regions[region], alternative.key);
          name = core::name_hash(std::to_string(static_cast<int>(c.tier)) + (c.resident ? "r" : "-"), name);
          for (std::size_t host = 0; host < p.clouds.size(); ++host)
            if (c.hosts >> host & 1U) name = core::name_hash(p.clouds[host].name, name);
          c.key = name;
          classes.push_back(std::move(c));
        }
        classes[it->second].cells.push_back(cell);
      }
}

/// Compute price of a lab's hosts relative to the start, weighted by what they have for sale.
double compute_price_index(const Scene& scene, int lab) {
  double price = 0.0, available = 0.0;
  for (const int host : scene.setting().hosts_of_lab[static_cast<std::size_t>(lab)]) {
    if ((scene.access().lab_hosts[static_cast<std::size_t>(lab)] >> host & 1U) == 0) continue;
    const auto& signal = scene.board.clouds[static_cast<std::size_t>(host)];
    price += signal.available * signal.price_index;
    available += signal.available;
  }
  return available > 0 ? price / available : 1.0;
}

void add_streams(const Scene& scene, std::vector<DemandClass>& classes) {
  const auto& s = scene.setting();
  for (std::size_t k = 0; k < s.streams.size(); ++k) {
    const auto& stream = s.streams[k];
    DemandClass c;
    c.lab = stream.lab;
    c.channel = stream.channel;
    c.region = stream.region;
    c.tier = tier_of(stream.product);
    c.hosts = scene.access().stream_hosts[k];
    c.stream = static_cast<int>(k);
    c.payer = stream.payer;
    c.payer_layer = stream.application >= 0 ? Layer::Application : Layer::Model;
    c.key = stream.key;
    double penalty = s.parameters.clearing.penalty_usd[static_cast<std::size_t>(c.tier)];
    if (stream.stream >= 0) {
      const double own = s.parameters.labs[static_cast<std::size_t>(stream.lab)].streams[static_cast<std::size_t>(stream.stream)].unserved_penalty_usd;
      if (own > 0) penalty = own;
    }
    c.penalty = to_money(penalty);
    classes.push_back(std::move(c));
  }
}

}  // namespace

Tier tier_of(Product product) {
  switch (product) {
    case Product::Finetune:
    case Product::Batch:
      return Tier::Batch;
    case Product::Training:
      return Tier::Training;
    case Product::Research:
      return Tier::Research;
    default:
      return Tier::Interactive;
  }
}

ResaleTerms resale_terms(const Setting& s, int lab, int channel, core::SimTime t) {
  ResaleTerms terms;
  if (s.channel_firm[static_cast<std::size_t>(channel)] >= 0) terms.channel_share = s.parameters.labs[static_cast<std::size_t>(lab)].channel_fee;
  for (const auto& m : s.money) {
    const auto* resale = s.clause_of(m).get_if<kinds::Resale>();
    if (resale == nullptr || m.lab != lab || m.channel != channel || !s.in_force(m, t)) continue;
    terms.channel_share = resale->rate;
    terms.channel_pays_host = resale->hosting == HostingPayer::Channel;
    terms.label = m.label;
  }
  return terms;
}

namespace {

/// Adds a place where a pool's capacity is offered, open to interactive load or not.
void add_node(DemandTable& table, std::size_t pool, bool open, int reservation, core::EntityKey key) {
  table.network.pools.push_back({core::name_hash(open ? "open" : "rest", key), 0});
  table.pool_of_node.push_back(static_cast<std::int32_t>(pool));
  table.reservation_of_node.push_back(reservation);
  table.node_is_open.push_back(open ? 1 : 0);
}

/// Who may use what was reserved: its lab, and everybody where what the lab leaves is released.
bool may_enter(const DemandTable& table, const Setting& s, std::size_t node, const DemandClass& c) {
  const int r = table.reservation_of_node[node];
  if (r < 0) return true;
  const auto& m = s.money[static_cast<std::size_t>(table.reservations[static_cast<std::size_t>(r)])];
  return s.clause_of(m).as<kinds::Reservation>().unused == UnusedRule::Release || may_use(m, c);
}

void add_network_class(DemandTable& table, const Setting& s, std::size_t k, std::uint64_t key) {
  const auto& c = table.classes[k];
  const auto self = static_cast<std::int32_t>(table.network.classes.size());
  table.network.classes.push_back({key, 0, c.penalty});
  table.class_of_node.push_back(static_cast<std::int32_t>(k));
  for (std::size_t node = 0; node < table.network.pools.size(); ++node) {
    const auto& ref = s.pools[static_cast<std::size_t>(table.pool_of_node[node])];
    if ((c.hosts >> ref.cloud & 1U) == 0 || (c.resident && ref.region != c.region)) continue;
    if (!table.node_is_open[node] && c.tier == Tier::Interactive) continue;
    if (!may_enter(table, s, node, c)) continue;
    FlowArc arc;
    arc.demand_class = self;
    arc.pool = static_cast<std::int32_t>(node);
    const std::uint64_t part = key + (table.node_is_open[node] ? 0 : 1);
    const int r = table.reservation_of_node[node];
    arc.key = core::name_hash(ref.name, r < 0 ? part : core::name_hash(s.money_labels[static_cast<std::size_t>(s.money[static_cast<std::size_t>(table.reservations[static_cast<std::size_t>(r)])].label)], part));
    table.network.arcs.push_back(arc);
    table.arc_host.push_back(ref.cloud);
  }
}

}  // namespace

double hosting_price(const Scene& scene, int lab, int host, core::SimTime t) {
  const auto& s = scene.setting();
  const auto& p = scene.parameters();
  double price = p.clouds[static_cast<std::size_t>(host)].price_usd;
  for (const auto& m : s.money) {
    const auto* hosting = s.clause_of(m).get_if<kinds::Hosting>();
    if (hosting == nullptr || m.lab != lab || m.host != host || hosting->price_usd < 0) continue;
    if (t < m.from || t >= m.until || s.registry.version_in_force(m.contract, t) != m.version) continue;
    price = hosting->price_usd;
  }
  return price * scene.board.clouds[static_cast<std::size_t>(host)].price_index;
}

DemandTable build_demand(const Scene& scene, core::SimTime t) {
  const auto& s = scene.setting();
  const auto& p = s.parameters;
  DemandTable table;
  add_cells(scene, t, table.classes);
  add_streams(scene, table.classes);
  find_positions(s, t, table);

  // A pool is two nodes when interactive load is capped: what it may use, and the rest, which only
  // batch, training and research may use (MODEL 9.3). So is each part of it that somebody reserved.
  const bool capped = p.clearing.rho_max < 1.0;
  for (std::size_t pool = 0; pool < s.pools.size(); ++pool)
    for (int part = 0; part < (capped ? 2 : 1); ++part) add_node(table, pool, part == 0, -1, s.pools[pool].key);
  for (std::size_t r = 0; r < table.reservations.size(); ++r) {
    const auto& m = s.money[static_cast<std::size_t>(table.reservations[r])];
    for (const int pool : s.pools_of_cloud[static_cast<std::size_t>(m.host)])
      for (int part = 0; part < (capped ? 2 : 1); ++part)
        add_node(table, static_cast<std::size_t>(pool), part == 0, static_cast<int>(r),
                 core::name_hash(s.money_labels[static_cast<std::size_t>(m.label)], s.pools[static_cast<std::size_t>(pool)].key));
  }
  for (std::size_t k = 0; k < table.classes.size(); ++k) add_network_class(table, s, k, table.classes[k].key);
  table.preferring.assign(table.classes.size(), -1);
  table.primary_of_class.assign(table.classes.size(), -1);
  for (std::size_t k = 0; k < table.classes.size() && !table.primaries.empty(); ++k) {
    const int i = primary_of(s, table, table.classes[k], true);
    if (i < 0) continue;
    const int host = s.money[static_cast<std::size_t>(table.primaries[static_cast<std::size_t>(i)])].host;
    if (table.classes[k].hosts == 1U << host) continue;   // it has nowhere else to go
    table.primary_of_class[k] = i;
    table.preferring[k] = static_cast<std::int32_t>(table.network.classes.size());
    add_network_class(table, s, k, core::name_hash("owed", table.classes[k].key));
  }
  return table;
}

StreamLoad stream_load(const Scene& scene, int index, core::SimTime t) {
  const auto& s = scene.setting();
  const auto& p = s.parameters;
  const auto& ref = s.streams[static_cast<std::size_t>(index)];
  const double years = years_since_start(p, t);
  StreamLoad load;
  if (ref.application >= 0) {
    const auto& application = p.applications[static_cast<std::size_t>(ref.application)];
    const double seats = seats_at(p, application, t);
    load.users = seats;
    load.h100e = seats * 1e-6 * application.h100e_per_million_seats * application.intensity.level(years) *
                 scene.board.kappa[static_cast<std::size_t>(ref.lab)];
    load.usd_per_day = seats * application.usd_per_seat_month * 12.0 / core::kDaysPerYear;
    return load;
  }
  const auto& stream = p.labs[static_cast<std::size_t>(ref.lab)].streams[static_cast<std::size_t>(ref.stream)];
  double factor = stream.intensity.level(years) * ref.share;
  if (stream.efficiency_applies) factor *= scene.board.kappa[static_cast<std::size_t>(ref.lab)];
  if (stream.price_elasticity > 0) factor *= math::pow(compute_price_index(scene, ref.lab), -stream.price_elasticity);
  const double noise = math::exp(scene.board.labs[static_cast<std::size_t>(ref.lab)].noise[static_cast<std::size_t>(index)]);
  if (stream.users > 0) {
    // Logistic growth: the initial rate is what the data show, the ceiling where it ends.
    const double room = 1.0 - stream.users / stream.users_ceiling;
    const double rate = room > 0 ? math::log1p(stream.user_growth) / room : 0.0;
    const double gap = stream.users_ceiling / stream.users - 1.0;   // 0 also where users are just below the ceiling
    const double users = gap > 0.0 ? stream.users_ceiling / (1.0 + gap * math::exp(-rate * years)) : stream.users;
    load.users = users * ref.share;
    load.h100e = users * 1e-6 * stream.h100e_per_million_users * factor * noise;
    load.usd_per_day = load.users * stream.usd_per_user_month * stream.revenue.level(years) * 12.0 / core::kDaysPerYear;
  } else {
    load.h100e = stream.compute_h100e * factor * noise;
    load.usd_per_day = load.h100e * 24.0 * stream.price_usd;
  }
  return load;
}

double seats_at(const Parameters& p, const SeatApplication& application, core::SimTime t) {
  const double market = application.installed_base * application.ceiling_share;
  if (market <= 0 || application.seats >= market) return application.seats;
  const double f0 = application.seats / market;
  const double rate = application.bass_p + application.bass_q;
  if (rate <= 0.0) return application.seats;
  const double c = (application.bass_p + application.bass_q * f0) / (1.0 - f0) * math::exp(rate * years_since_start(p, t));
  constexpr double kAll = 1e300;   // beyond it everybody has a seat, and a quotient of infinities would say nothing
  return c < kAll ? market * (c - application.bass_p) / (application.bass_q + c) : market;
}

}  // namespace rackrate::market
