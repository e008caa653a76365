#include "sim/market/world/seat_book.hpp"

#include <algorithm>
#include <numbers>
#include <optional>

#include "sim/core/math.hpp"
#include "sim/market/exchange/clearing/streams.hpp"
#include "sim/market/primitives/adoption.hpp"
#include "sim/market/view/demand_factor.hpp"

namespace rackrate::market {
namespace math = core::math;
namespace {

/// A lapse never empties the seats at once.
constexpr double kMostLapse = 0.999;

/// Quality of the models that an application runs today, by their share of its work. None: it has no licence for any.
std::optional<double> quality_of(const MarketView& view, ApplicationId id) {
  const auto& s = view.compiled();
  double quality = 0.0;
  bool licensed = false;
  for (const StreamId k : s.streams.ids()) {
    const auto& ref = s.streams[k];
    if (ref.application != id || view.access().stream_hosts[k].empty()) continue;
    licensed = true;
    quality += routed_share(view, k) * view.board.labs[ref.lab].quality[ref.channel];
  }
  return licensed ? std::optional(quality) : std::nullopt;
}

bool are_rivals(const Parameters& p, ApplicationId a, ApplicationId b) {
  return a != b && !p.applications[a].surface.empty() && p.applications[a].surface == p.applications[b].surface;
}

/// Quality of its models less the best rival's; 0 where it has no rival with a licence.
double lead_of(const Parameters& p, ApplicationId id, const Table<ApplicationId, std::optional<double>>& quality) {
  std::optional<double> best;
  for (const ApplicationId other : quality.ids())
    if (are_rivals(p, id, other) && quality[other]) best = std::max(best.value_or(*quality[other]), *quality[other]);
  return best && quality[id] ? *quality[id] - *best : 0.0;
}

/// Seats that it could ever have today.
double market_of(const Parameters& p, ApplicationId id, const SeatBook& book) {
  const auto& application = p.applications[id];
  double taken = 0.0;
  for (const ApplicationId other : book.ids())
    if (are_rivals(p, id, other)) taken += book[other].signal.seats;
  return std::max(0.0, application.installed_base * application.ceiling_share - application.rivalry * taken);
}

/// Log rate a year at which seats lapse.
double lapse_rate(const SeatApplication& application, double habit, double appeal) {
  const double share = std::min(kMostLapse, application.lapse * (1.0 - application.habit_effect * habit));
  return -math::log1p(-share) * 12.0 / application.term_months / appeal;
}

struct SeatStep {
  double years = 0.0, market = 0.0;
  double appeal = 1.0;  ///< f; 0: no licence
};

void advance_one(const SeatApplication& application, const SeatStep& step, SeatAccount& account) {
  const double before = account.signal.seats;
  const double rate =
      step.appeal > 0 ? lapse_rate(application, account.habit, step.appeal) : 12.0 / application.term_months;
  const double lapsed = -before * math::expm1(-rate * step.years);
  double added = 0.0;
  if (step.appeal > 0 && step.market > before)
    added = bass_adopters({application.bass_p * step.appeal, application.bass_q * step.appeal}, step.market, before,
                          step.years) -
            before;
  const double days = step.years * core::kDaysPerYear;
  account.signal = {before - lapsed + added, added / days, lapsed / days};
  const double kept_habit = 1.0 - (1.0 - account.habit) * math::exp(-std::numbers::ln2 * 12.0 * step.years /
                                                                    application.habit_half_life_months);
  if (account.signal.seats > 0) account.habit = kept_habit * (before - lapsed) / account.signal.seats;
}

}  // namespace

SeatBook first_seats(const Parameters& p) {
  SeatBook book;
  for (const auto& application : p.applications) book.push_back({{application.seats}, application.habit});
  return book;
}

void advance(SeatBook& book, const MarketView& view, core::SimTime from, core::SimTime to) {
  const auto& p = view.parameters();
  if (to <= from) return;
  Table<ApplicationId, std::optional<double>> quality;
  for (const ApplicationId id : book.ids()) quality.push_back(quality_of(view, id));
  Table<ApplicationId, SeatStep> steps;
  for (const ApplicationId id : book.ids()) {
    const auto& application = p.applications[id];
    SeatStep step{core::in_years(to - from), market_of(p, id, book), 0.0};
    if (quality[id])
      step.appeal = math::exp(application.quality_response * lead_of(p, id, quality)) * seat_shock(view, id);
    steps.push_back(step);
  }
  for (const ApplicationId id : book.ids()) advance_one(p.applications[id], steps[id], book[id]);
}

}  // namespace rackrate::market
