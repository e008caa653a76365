#include "sim/market/enterprise/utility.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/core/math.hpp"
#include "sim/market/contracts/allowlist.hpp"
#include "sim/market/primitives/posted.hpp"
#include "sim/market/view/integration.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr std::size_t kMostClouds = 32;  // as HostSet holds
constexpr double kLeastPrice = 1e-4;     // $, the least amount of money: a logarithm needs one

template <class Id>
std::uint32_t number_of(Id id) {
  return static_cast<std::uint32_t>(id.position());
}
/// The number of a cloud, or the one that stands for none.
std::uint32_t number_or_none(CloudId cloud, std::size_t clouds) {
  return cloud.exists() ? number_of(cloud) : static_cast<std::uint32_t>(clouds);
}

// Terms that all enterprises share, by window

/// Quality of the newest model sold there, brand, appeal of the channel, the lab's effort for it, and the reach of a
/// channel that no cloud's gravity helps.
double attraction(const MarketView& view, const Alternative& a) {
  const auto& c = view.parameters().choice;
  const Channel& channel = view.parameters().channels[a.channel];
  const double reach =
      a.cloud.exists() ? 0.0 : channel.reach_at(years_since_start(view.parameters(), view.board.as_of));
  return c.beta_quality * view.board.labs[a.lab].quality[a.channel] + view.parameters().labs[a.lab].brand +
         channel.appeal + view.board.labs[a.lab].effort_on(a.channel) + c.beta_gravity * reach;
}

double wait_cost(const MarketView& view, CloudId host) {
  const auto& c = view.parameters().choice;
  const double wait = 1.0 + view.board.clouds[host].wait_hours / c.wait_scale_hours;
  return c.beta_wait * math::log(posted(wait, view.parameters().prices.posted_step));
}

// Terms that the enterprises of a segment and region share, while contracts stay

double segment_brand(const MarketView& view, SegmentId segment, const Alternative& a) {
  const auto& brands = view.parameters().labs[a.lab].segment_brand;
  const auto it = brands.find(view.parameters().segments[segment].name);
  return it == brands.end() ? 0.0 : it->second;
}

/// Adds the row of an alternative that contracts permit.
void add_row(const MarketView& view, SegmentId segment, AlternativeId id, std::size_t listed, const Access& access,
             Offer& offer) {
  const Alternative& a = view.compiled().alternatives[id];
  const auto& c = view.parameters().choice;
  const auto clouds = view.parameters().clouds.size();
  const auto row = static_cast<std::uint32_t>(offer.alternatives.size());
  const bool preview = access.state == Permission::Preview;
  offer.alternatives.push_back(id);
  const auto dates = ship_dates(view, a, access);
  const bool complete = missing_at(dates, view.board.as_of).empty();
  offer.still.push_back(segment_brand(view, segment, a) + (complete ? c.beta_integration : 0.0) -
                        (preview ? c.preview_discount : 0.0));
  offer.listed.push_back(static_cast<std::uint32_t>(listed));
  offer.lab.push_back(number_of(a.lab));
  offer.cloud.push_back(number_or_none(a.cloud, clouds));
  offer.host.push_back(number_or_none(access.host, clouds));
  offer.near.push_back(number_or_none(a.cloud.exists() ? access.host : CloudId(), clouds));
  if (preview) offer.previews.push_back({row, static_cast<double>(access.allowlist)});
  if (!complete) offer.building.push_back({row, dates, core::kAlways, {}, 0.0});
}

Offer make_offer(const MarketView& view, SegmentId segment, RegionId region, Product product) {
  const auto& s = view.compiled();
  const auto& list = s.alternatives_of_product[product];
  Offer offer;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const Access& access = view.access().cells[s.cell(segment, list[k], region)];
    if (access.state != Permission::No) add_row(view, segment, list[k], k, access, offer);
  }
  const auto& p = view.parameters();
  for (std::size_t n = 0; n < offer.crossings.size(); ++n) {
    const double share = p.integration.crossing_cost * core::real(static_cast<std::int64_t>(n));
    offer.crossings[n] = p.choice.form == UtilityForm::Log ? math::log1p(share) : share;
  }
  offer.worth.resize(offer.alternatives.size());
  offer.price.resize(offer.alternatives.size());
  return offer;
}

/// The set of the listed alternatives and the outside option, the last one of a product's.
std::shared_ptr<const ChoiceArrays> arrays_of(const ChoiceSet& product, std::vector<std::uint32_t> listed) {
  listed.push_back(static_cast<std::uint32_t>(product.size() - 1));
  return std::make_shared<const ChoiceArrays>(product, listed);
}

/// Terms of one window, by position in the list of a product.
struct WindowTerms {
  std::vector<double> attraction, price, awareness;
  std::vector<double> wait;  ///< by cloud
};

WindowTerms window_terms(const MarketView& view, Product product) {
  const auto& s = view.compiled();
  const auto& board = view.board;
  WindowTerms terms;
  for (const AlternativeId id : s.alternatives_of_product[product]) {
    terms.attraction.push_back(attraction(view, s.alternatives[id]));
    const double price = price_with_runtime(s, id, board.unit_price[id]);
    terms.price.push_back(view.parameters().choice.form == UtilityForm::Log ? math::log(std::max(price, kLeastPrice))
                                                                            : price);
    terms.awareness.push_back(board.awareness.empty() ? 1.0 : board.awareness[id]);
  }
  for (const CloudId cloud : board.clouds.ids()) terms.wait.push_back(wait_cost(view, cloud));
  terms.wait.push_back(0.0);
  return terms;
}

/// What has shipped by now, and when the next item does.
void see_items(const MarketView& view, Offer::Building& row) {
  row.missing = missing_at(row.dates, view.board.as_of);
  row.depth = integration_depth(view.parameters().integration, row.missing);
  row.next = core::kNever;
  for (const core::SimTime date : row.dates)
    if (view.board.as_of < date) row.next = std::min(row.next, date);
}

void update_offer(const MarketView& view, const WindowTerms& terms, Offer& offer) {
  offer.partly_known.clear();
  for (std::size_t k = 0; k < offer.alternatives.size(); ++k) {
    offer.worth[k] = terms.attraction[offer.listed[k]] + offer.still[k] - terms.wait[offer.host[k]];
    offer.price[k] = terms.price[offer.listed[k]];
    if (terms.awareness[offer.listed[k]] < 1.0) offer.partly_known.push_back(static_cast<std::uint32_t>(k));
  }
  offer.shallow.clear();
  for (Offer::Building& row : offer.building) {
    if (row.next <= view.board.as_of) see_items(view, row);
    offer.worth[row.row] += view.parameters().choice.beta_integration * row.depth;
    if (!row.missing.empty()) offer.shallow.push_back({row.row, row.missing, depth_quarters(row.depth)});
  }
}

// Terms of one enterprise and workload

/// One workload of one enterprise that compares the rows of an offer.
class Comparison {
 public:
  Comparison(const MarketView& view, const Offer& offer, const Population& population, EnterpriseId enterprise,
             const Workload& workload)
      : view_(view),
        c_(view.parameters().choice),
        offer_(offer),
        population_(population),
        id_(enterprise),
        e_(population[enterprise]),
        w_(workload) {}

  void utilities(std::span<double> v) const {
    const std::size_t n = offer_.alternatives.size();
    const double switching = w_.alternative != kOutsideOption ? c_.switching * inertia_left() : 0.0;
    const auto pull = gravity(c_.beta_gravity);
    const HostSet used = clouds_in_use(view_, population_, id_, &w_);
    auto at_cloud = gravity(w_.product == Product::AgentStateful ? c_.beta_runtime : 0.0);
    add_architecture(used, at_cloud);
    const auto taste = population_.taste(id_);
    prices(used | HostSet::only(e_.primary_cloud), v);
    for (std::size_t k = 0; k < n; ++k) {
      const double own = static_cast<double>(taste[offer_.lab[k]]) - e_.alpha * v[k] + pull[offer_.near[k]] +
                         at_cloud[offer_.cloud[k]];
      v[k] = offer_.worth[k] + own - (offer_.alternatives[k] == w_.alternative ? 0.0 : switching);
    }
    cross_boundaries(v);
    exclude(v);
    if (c_.considered >= 0) consider(used | e_.considered, v);
    v[n] = c_.outside + view_.board.outside_gain;
    std::fill(v.begin() + static_cast<std::ptrdiff_t>(n) + 1, v.end(), kInfeasible);
  }

 private:
  using ByCloud = std::array<double, kMostClouds + 1>;

  /// The enterprise's gravity to each cloud, weighted.
  [[nodiscard]] ByCloud gravity(double weight) const {
    ByCloud pull;
    const auto gravity = population_.gravity(id_);
    for (std::size_t c = 0; c < gravity.size(); ++c) pull[c] = weight * static_cast<double>(gravity[c]);
    pull[gravity.size()] = 0.0;
    return pull;
  }

  /// How the enterprise's architecture draws the next workload to a cloud, or from it.
  void add_architecture(HostSet used, ByCloud& at_cloud) const {
    switch (e_.architecture) {
      case Architecture::Split:
        for (const CloudId cloud : used.members()) at_cloud[cloud.position()] -= c_.split_aversion;
        break;
      case Architecture::Consolidate:
        if (c_.consolidate_pull != 0)
          for (const CloudId cloud : (used | HostSet::only(e_.primary_cloud)).members())
            at_cloud[cloud.position()] += c_.consolidate_pull;
        break;
      case Architecture::Native: at_cloud[e_.primary_cloud.position()] += c_.native_pull; break;
    }
  }

  /// Makes infeasible what clouds sell that the enterprise neither uses nor considers.
  void consider(HostSet known, std::span<double> v) const {
    const std::size_t clouds = population_.gravity(id_).size();
    for (std::size_t k = 0; k < offer_.alternatives.size(); ++k)
      if (offer_.cloud[k] != clouds && !known.contains(CloudId(offer_.cloud[k])) &&
          offer_.alternatives[k] != w_.alternative)
        v[k] = kInfeasible;
  }

  /// Price of a work unit, or its logarithm, with the governance cost that one more cloud adds. Spend that draws a
  /// commitment, which the enterprise owes in any case, costs nothing extra.
  void prices(HostSet governed, std::span<double> price) const {
    const bool log = c_.form == UtilityForm::Log;
    const double factor = 1.0 + governance_of_one_more(c_, e_, governed);
    const double one_more = log ? math::log(factor) : factor;
    const double none = log ? 0.0 : 1.0;
    ByCloud term;
    const std::size_t clouds = population_.gravity(id_).size();
    for (std::size_t c = 0; c < clouds; ++c) term[c] = governed.contains(CloudId(c)) ? none : one_more;
    term[clouds] = none;
    if (e_.agreed.worth > 0) term[e_.primary_cloud.position()] = agreed_term(log);  // governed in any case
    if (log)
      for (std::size_t k = 0; k < offer_.price.size(); ++k) price[k] = offer_.price[k] + term[offer_.cloud[k]];
    else
      for (std::size_t k = 0; k < offer_.price.size(); ++k) price[k] = offer_.price[k] * term[offer_.cloud[k]];
    if (!view_.board.drawdown.empty() && e_.committed) draw_commitment(log, price);
  }

  /// Of the price at the primary cloud, to which no cloud is added.
  [[nodiscard]] double agreed_term(bool log) const {
    const double off = e_.agreed.worth_share();
    return log ? math::log1p(-off) : 1.0 - off;
  }

  void draw_commitment(bool log, std::span<double> price) const {
    for (std::size_t k = 0; k < offer_.price.size(); ++k) {
      if (offer_.cloud[k] != number_of(e_.primary_cloud)) continue;
      const double drawn = view_.board.drawdown(e_.segment, offer_.alternatives[k]);
      if (log)
        price[k] += math::log1p(-std::min(drawn, c_.free_at_most));
      else
        price[k] *= 1.0 - drawn;
    }
  }

  /// What a row lacks of what the workload needs costs a part of its price. Production does not go where integration is
  /// less deep than it demands.
  void cross_boundaries(std::span<double> v) const {
    for (const Offer::Shallow& shallow : offer_.shallow) {
      if (const ItemSet crossed = shallow.missing & w_.needs; !crossed.empty())
        v[shallow.row] -= e_.alpha * offer_.crossings[crossed.size()] *
                          (c_.form == UtilityForm::Log ? 1.0 : offer_.price[shallow.row]);
      if (shallow.quarters < w_.least_depth && !w_.pilot && offer_.alternatives[shallow.row] != w_.alternative)
        v[shallow.row] = kInfeasible;
    }
  }

  /// Each item that the workload's present placement lacks wears off a part of the cost of leaving it.
  [[nodiscard]] double inertia_left() const {
    double left = 1.0;
    for (const Offer::Shallow& shallow : offer_.shallow)
      if (offer_.alternatives[shallow.row] == w_.alternative)
        for (std::size_t n = (shallow.missing & w_.needs).size(); n > 0; --n)
          left *= 1.0 - view_.parameters().integration.crossing_wear;
    return left;
  }

  /// Makes infeasible: previews that do not admit this account, and alternatives of which the enterprise is not aware.
  /// It is aware of what it uses.
  void exclude(std::span<double> v) const {
    const auto& alternatives = view_.compiled().alternatives;
    for (const auto& [row, allowlist] : offer_.previews)
      if (!contracts::admitted(view_.draws, e_.key, allowlist, alternatives[offer_.alternatives[row]].key))
        v[row] = kInfeasible;
    for (const std::uint32_t row : offer_.partly_known) {
      const AlternativeId id = offer_.alternatives[row];
      if (w_.alternative != id &&
          !(view_.draws.uniform(at(e_.key, Purpose::Awareness, 0, alternatives[id].key)) < view_.board.awareness[id]))
        v[row] = kInfeasible;
    }
  }

  const MarketView& view_;
  const ChoiceParameters& c_;
  const Offer& offer_;
  const Population& population_;
  EnterpriseId id_;
  const Enterprise& e_;
  const Workload& w_;
};

}  // namespace

void Offers::update(const MarketView& view) {
  if (regime_ != &view.regime || interval_ != view.board.interval) compile(view);
  const auto& p = view.parameters();
  for (const Product product : offers_.keys()) {
    if (view.compiled().alternatives_of_product[product].empty()) continue;
    const WindowTerms terms = window_terms(view, product);
    for (const SegmentId segment : p.segments.ids())
      for (const RegionId region : core::indices<RegionId>(p.vocabulary.regions.size()))
        update_offer(view, terms, offers_[product](segment, region));
  }
}

Table<CellId, ItemSet> Offers::missing(const CompiledScenario& compiled) const {
  Table<CellId, ItemSet> missing;
  for (const Product product : offers_.keys()) {
    if (offers_[product].empty()) continue;
    for (const SegmentId segment : compiled.parameters.segments.ids())
      for (const RegionId region : core::indices<RegionId>(compiled.parameters.vocabulary.regions.size())) {
        const Offer& offer = offers_[product](segment, region);
        for (const Offer::Shallow& shallow : offer.shallow) {
          if (missing.empty()) missing.assign(compiled.cells.size(), {});
          missing[compiled.cell(segment, offer.alternatives[shallow.row], region)] = shallow.missing;
        }
      }
  }
  return missing;
}

/// Offers of one product that have the same alternatives share a choice set.
void Offers::compile(const MarketView& view) {
  const auto& p = view.parameters();
  regime_ = &view.regime;
  interval_ = view.board.interval;
  for (const Product product : offers_.keys()) {
    std::vector<std::pair<std::vector<std::uint32_t>, std::shared_ptr<const ChoiceArrays>>> sets;
    auto& offers = offers_[product];
    offers.assign(p.segments.size(), p.vocabulary.regions.size(), {});
    for (const SegmentId segment : p.segments.ids())
      for (const RegionId region : core::indices<RegionId>(p.vocabulary.regions.size())) {
        Offer& offer = offers(segment, region) = make_offer(view, segment, region, product);
        auto same =
            std::find_if(sets.begin(), sets.end(), [&offer](const auto& known) { return known.first == offer.listed; });
        if (same == sets.end())
          same = sets.insert(same, {offer.listed, arrays_of(view.regime.choice_sets[product], offer.listed)});
        offer.set = same->second;
      }
  }
  mix_.clear();
  for (const auto& segment : p.segments) mix_.push_back(product_mix(segment));
}

double governance_cost(double first, double pair, int clouds) {
  return clouds < 2 ? 0.0 : first * (clouds - 1) + pair * clouds * (clouds - 1) / 2.0;
}

double governance_factor(const ChoiceParameters& c, const Enterprise& e) {
  return e.architecture == Architecture::Split ? c.split_governance : 1.0;
}

double governance_of_one_more(const ChoiceParameters& c, const Enterprise& e, HostSet governed) {
  return governance_factor(c, e) * (governance_cost(c.governance_first, c.governance_pair, governed.size() + 1) -
                                    governance_cost(c.governance_first, c.governance_pair, governed.size()));
}

HostSet clouds_in_use(const MarketView& view, const Population& population, EnterpriseId enterprise,
                      const Workload* except) {
  HostSet set;
  for (const auto& workload : population.workloads(enterprise)) {
    if (&workload == except || workload.alternative == kOutsideOption) continue;
    const CloudId cloud = view.compiled().alternatives[workload.alternative].cloud;
    if (cloud.exists()) set.insert(cloud);
  }
  return set;
}

HostSet governed_clouds(const MarketView& view, const Population& population, EnterpriseId enterprise,
                        const Workload* except) {
  return clouds_in_use(view, population, enterprise, except) | HostSet::only(population[enterprise].primary_cloud);
}

ByProduct<double> product_mix(const Segment& segment) {
  ByProduct<double> mix;
  for (const auto& [name, share] : segment.products) mix[*product_named(name)] = share;
  return mix;
}

void utilities(const MarketView& view, const Offer& offer, const Population& population, EnterpriseId enterprise,
               const Workload& workload, std::span<double> utility) {
  Comparison(view, offer, population, enterprise, workload).utilities(utility);
}

}  // namespace rackrate::market
