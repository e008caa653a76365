#include "sim/market/enterprise/utility.hpp"

#include <array>

#include "sim/core/math.hpp"
#include "sim/market/contracts/allowlist.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

constexpr std::size_t kMostClouds = 32;  // as HostSet holds

template <class Id>
std::uint32_t row(Id id) {
  return static_cast<std::uint32_t>(id.position());
}
/// The row of a cloud, or the one that stands for none.
std::uint32_t row_or_none(CloudId cloud, std::size_t clouds) {
  return cloud.exists() ? row(cloud) : static_cast<std::uint32_t>(clouds);
}

// Terms that all enterprises share, by window

/// Quality of the newest model sold there, brand, appeal of the channel.
double attraction(const MarketView& view, const Alternative& a) {
  return view.parameters().choice.beta_quality * view.board.labs[a.lab].quality[a.channel] +
         view.parameters().labs[a.lab].brand + view.parameters().channels[a.channel].appeal;
}

double wait_cost(const MarketView& view, CloudId host) {
  const auto& c = view.parameters().choice;
  return c.beta_wait * math::log1p(view.board.clouds[host].wait_hours / c.wait_scale_hours);
}

// Terms that enterprises of a segment and region share, while permissions stay

double segment_brand(const MarketView& view, SegmentId segment, const Alternative& a) {
  const auto& brands = view.parameters().labs[a.lab].segment_brand;
  const auto it = brands.find(view.parameters().segments[segment].name);
  return it == brands.end() ? 0.0 : it->second;
}

/// Depth of integration since general availability.
double grown_integration(const ChoiceParameters& c, core::SimTime since, core::SimTime now) {
  return c.beta_integration *
         (1.0 - (1.0 - c.integration_start) * math::exp(-core::in_days(now - since) / c.integration_days));
}

/// Complete where it was always available, shallow in a preview; 0 where it grows.
double still_integration(const ChoiceParameters& c, const Access& access) {
  if (access.state != Permission::Ga) return c.beta_integration * c.integration_start;
  return access.since == core::kAlways ? c.beta_integration * 1.0 : 0.0;
}

void add_alternative(const MarketView& view, SegmentId segment, AlternativeId id, const Access& access, Offer& offer) {
  const Alternative& a = view.compiled().alternatives[id];
  const auto& c = view.parameters().choice;
  const auto clouds = view.parameters().clouds.size();
  const auto at = static_cast<std::uint32_t>(offer.permitted.size());
  const bool open = access.state != Permission::No;
  offer.permitted.push_back(open ? 0.0 : kInfeasible);
  offer.segment_brand.push_back(segment_brand(view, segment, a));
  offer.preview.push_back(access.state == Permission::Preview ? c.preview_discount : 0.0);
  offer.integration.push_back(still_integration(c, access));
  offer.host.push_back(row_or_none(access.host, clouds));
  offer.near.push_back(row_or_none(a.cloud.exists() ? access.host : CloudId(), clouds));
  if (access.state == Permission::Ga && access.since != core::kAlways) offer.growing.push_back({at, access.since});
  if (access.state == Permission::Preview) offer.previews.push_back(at);
}

// Terms of one enterprise

/// One workload of one enterprise that compares the alternatives of its product.
class Comparison {
 public:
  Comparison(const MarketView& view, const Offers& offers, const Enterprise& enterprise, const Workload& workload)
      : view_(view),
        c_(view.parameters().choice),
        offers_(offers),
        offer_(offers.to(enterprise.segment, enterprise.region, workload.product)),
        terms_(offers.terms(workload.product)),
        list_(view.compiled().alternatives_of_product[workload.product]),
        e_(enterprise),
        w_(workload) {}

  void utilities(core::SimTime now, std::span<double> v) const {
    const std::size_t n = list_.size();
    const double switching = placed() ? c_.switching : 0.0;
    const std::uint32_t here = placed() ? offers_.position(w_.alternative) : 0;
    const auto pull = gravity(c_.beta_gravity);
    const auto runtime = gravity(w_.product == Product::AgentStateful ? c_.beta_runtime : 0.0);
    const auto& wait = offers_.wait();
    prices(v);
    for (std::size_t k = 0; k < n; ++k) {
      double u = terms_.attraction[k] + static_cast<double>(e_.taste.rows()[terms_.lab[k]]);
      u += offer_.segment_brand[k];
      u -= e_.alpha * v[k];
      u += pull[offer_.near[k]];
      u += runtime[terms_.cloud[k]];
      u -= offer_.preview[k];
      v[k] = u;
    }
    for (std::size_t k = 0; k < n; ++k) v[k] += offer_.integration[k];
    for (const auto& growing : offer_.growing) v[growing.at] += grown_integration(c_, growing.since, now);
    for (std::size_t k = 0; k < n; ++k) {
      v[k] -= wait[offer_.host[k]];
      v[k] -= k == here ? 0.0 : switching;
      v[k] += offer_.permitted[k];
    }
    exclude(v);
    v[n] = c_.outside;
  }

 private:
  [[nodiscard]] bool placed() const { return w_.alternative != kOutsideOption; }

  /// By cloud: the enterprise's gravity to it, weighted.
  [[nodiscard]] std::array<double, kMostClouds + 1> gravity(double weight) const {
    std::array<double, kMostClouds + 1> pull;
    const auto& gravity = e_.gravity.rows();
    for (std::size_t c = 0; c < gravity.size(); ++c) pull[c] = weight * static_cast<double>(gravity[c]);
    pull[gravity.size()] = 0.0;
    return pull;
  }

  /// Price of a work unit, with the governance cost that one more cloud adds. Spend that draws a commitment, which the
  /// enterprise owes in any case, costs nothing extra.
  void prices(std::span<double> price) const {
    const HostSet governed = governed_clouds(view_, e_, &w_);
    const double one_more = governance_cost(c_.governance_first, c_.governance_pair, governed.size() + 1) -
                            governance_cost(c_.governance_first, c_.governance_pair, governed.size());
    std::array<double, kMostClouds + 1> factor;
    const std::size_t clouds = e_.gravity.size();
    for (std::size_t c = 0; c < clouds; ++c) factor[c] = governed.contains(CloudId(c)) ? 1.0 : 1.0 + one_more;
    factor[clouds] = 1.0;
    for (std::size_t k = 0; k < list_.size(); ++k) price[k] = terms_.price[k] * factor[terms_.cloud[k]];
    if (view_.board.drawdown.empty() || e_.commitment <= Money{}) return;
    for (std::size_t k = 0; k < list_.size(); ++k)
      if (committed_to_seller(view_.compiled(), e_, list_[k]))
        price[k] *= 1.0 - view_.board.drawdown(e_.segment, list_[k]);
  }

  /// Makes infeasible: previews that do not admit this account, and alternatives of which the enterprise is not aware.
  /// It is aware of what it uses.
  void exclude(std::span<double> v) const {
    const auto& access = view_.access();
    const auto& s = view_.compiled();
    for (const std::uint32_t k : offer_.previews) {
      const float allowlist = access.cells[s.cell(e_.segment, list_[k], e_.region)].allowlist;
      if (!contracts::admitted(view_.draws, e_.key, static_cast<double>(allowlist), s.alternatives[list_[k]].key))
        v[k] = kInfeasible;
    }
    for (const std::uint32_t k : terms_.partly_known) {
      const AlternativeId id = list_[k];
      if (w_.alternative != id &&
          !(view_.draws.uniform(at(e_.key, Purpose::Awareness, 0, s.alternatives[id].key)) < view_.board.awareness[id]))
        v[k] = kInfeasible;
    }
  }

  const MarketView& view_;
  const ChoiceParameters& c_;
  const Offers& offers_;
  const Offer& offer_;
  const ProductTerms& terms_;
  const std::vector<AlternativeId>& list_;
  const Enterprise& e_;
  const Workload& w_;
};

}  // namespace

void Offers::update(const MarketView& view) {
  if (regime_ != &view.regime || interval_ != view.board.interval) compile(view);
  const auto& s = view.compiled();
  for (const Product product : terms_.keys()) {
    auto& terms = terms_[product];
    terms.partly_known.clear();
    const auto& list = s.alternatives_of_product[product];
    for (std::size_t k = 0; k < list.size(); ++k) {
      terms.attraction[k] = attraction(view, s.alternatives[list[k]]);
      terms.price[k] = view.board.unit_price[list[k]];
      if (!view.board.awareness.empty() && view.board.awareness[list[k]] < 1.0)
        terms.partly_known.push_back(static_cast<std::uint32_t>(k));
    }
  }
  wait_.clear();
  for (const CloudId cloud : view.board.clouds.ids()) wait_.push_back(wait_cost(view, cloud));
  wait_.push_back(0.0);
}

void Offers::compile(const MarketView& view) {
  const auto& s = view.compiled();
  regime_ = &view.regime;
  interval_ = view.board.interval;
  position_.assign(s.alternatives.size(), 0);
  for (const Product product : terms_.keys()) {
    ProductTerms terms;
    const auto& list = s.alternatives_of_product[product];
    for (std::size_t k = 0; k < list.size(); ++k) {
      position_[list[k]] = static_cast<std::uint32_t>(k);
      terms.lab.push_back(row(s.alternatives[list[k]].lab));
      terms.cloud.push_back(row_or_none(s.alternatives[list[k]].cloud, s.parameters.clouds.size()));
    }
    terms.attraction.resize(list.size());
    terms.price.resize(list.size());
    terms_[product] = std::move(terms);
    compile_offers(view, product);
  }
}

void Offers::compile_offers(const MarketView& view, Product product) {
  const auto& s = view.compiled();
  const auto& vocabulary = s.parameters.vocabulary;
  auto& offers = offers_[product];
  offers.assign(vocabulary.segments.size(), vocabulary.regions.size(), {});
  for (const SegmentId segment : s.parameters.segments.ids())
    for (const RegionId region : core::indices<RegionId>(vocabulary.regions.size()))
      for (const AlternativeId id : s.alternatives_of_product[product])
        add_alternative(view, segment, id, view.access().cells[s.cell(segment, id, region)], offers(segment, region));
}

double governance_cost(double first, double pair, int clouds) {
  return clouds < 2 ? 0.0 : first * (clouds - 1) + pair * clouds * (clouds - 1) / 2.0;
}

HostSet governed_clouds(const MarketView& view, const Enterprise& enterprise, const Workload* except) {
  HostSet set = HostSet::only(enterprise.primary_cloud);
  for (const auto& workload : enterprise.workloads) {
    if (&workload == except || workload.alternative == kOutsideOption) continue;
    const CloudId cloud = view.compiled().alternatives[workload.alternative].cloud;
    if (cloud.exists()) set.insert(cloud);
  }
  return set;
}

void utilities(const MarketView& view, const Offers& offers, const Enterprise& enterprise, const Workload& workload,
               core::SimTime now, std::span<double> utility) {
  Comparison(view, offers, enterprise, workload).utilities(now, utility);
}

}  // namespace rackrate::market
