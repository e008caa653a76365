#include "sim/market/supply/input_short.hpp"

#include <algorithm>
#include <initializer_list>

#include "sim/core/error.hpp"

namespace rackrate::market {
namespace {

/// The part of a gap that was left open because `wanted` was cut to `got`, for each unit that was cut.
double open_per_cut(double gap, double wanted, double got, double closed_share) {
  const double open = std::max(0.0, gap - got);
  return wanted > got ? std::min(1.0 / closed_share, open / (wanted - got)) : 0.0;
}

/// Ordered and waiting or installed and idle: it fills the gap only once vendors ship and power comes.
double held_up(const ReviewSteps& review) { return review.queued_h100e + review.idle_h100e; }

/// All that the forecast wants beyond what runs and is on its way unhindered.
double gap_h100e(const ReviewSteps& review) { return std::max(0.0, review.missing_h100e + held_up(review)); }

double filled_part(double got, double missing) { return std::min(got, std::max(0.0, missing)); }

double in_h100e(const ReviewSteps& review, double kw) {
  return review.kw_per_h100e > 0 ? kw / review.kw_per_h100e : 0.0;
}

void check_falls(std::initializer_list<double> steps, const std::string& what) {
  double before = *steps.begin();
  for (const double step : steps) {
    if (step < 0 || step > before * (1.0 + 1e-9) + 1e-6)
      throw core::LedgerError(what + " are " + std::to_string(step) + " after a step that left " +
                              std::to_string(before) + "; expected no more, and at least 0");
    before = step;
  }
}

void check_pace(double pace, double gap, const std::string& what) {
  if (pace < -1e-6 - 1e-9 * gap)
    throw core::LedgerError("inputs explain " + std::to_string(-pace) + " H100e more of " + what +
                            " than it left of a gap of " + std::to_string(gap) + " H100e");
}

}  // namespace

ByInput<double> input_short(const ReviewSteps& r) {
  ByInput<double> lacks{};
  const double more = r.housed_h100e + r.planned_h100e;
  const double per_cut =
      open_per_cut(r.missing_h100e, r.asked_h100e + r.planned_h100e, r.ordered_h100e, r.closed_share);
  // What the forecast no longer wants is not missed, though it waits.
  const double missed = held_up(r) > 0 ? std::min(1.0, gap_h100e(r) / held_up(r)) : 0.0;
  lacks[Input::Chips] = missed * r.queued_h100e;
  lacks[Input::Power] = missed * r.idle_h100e + per_cut * (r.asked_h100e - r.housed_h100e);
  lacks[Input::Capital] = per_cut * std::max(0.0, more - r.ordered_h100e);
  const double per_cut_kw = open_per_cut(r.site_gap_kw, r.asked_kw, r.started_kw, r.closed_share);
  lacks[Input::Sites] = in_h100e(r, per_cut_kw * std::max(0.0, r.paid_kw - r.built_kw));
  lacks[Input::SiteCapital] =
      in_h100e(r, per_cut_kw * (r.asked_kw - r.paid_kw + std::max(0.0, r.built_kw - r.started_kw)));
  return lacks;
}

OwnPace own_pace(const ReviewSteps& r) {
  const ByInput<double> lacks = input_short(r);
  const double orders = gap_h100e(r) - filled_part(r.ordered_h100e, r.missing_h100e);
  const double sites = in_h100e(r, std::max(0.0, r.site_gap_kw) - filled_part(r.started_kw, r.site_gap_kw));
  return {orders - lacks[Input::Chips] - lacks[Input::Power] - lacks[Input::Capital],
          sites - lacks[Input::Sites] - lacks[Input::SiteCapital]};
}

void check_review(const ReviewSteps& r, const std::string& cloud) {
  check_falls({r.asked_h100e, r.housed_h100e}, cloud + ": H100e to order");
  check_falls({r.housed_h100e + r.planned_h100e, r.ordered_h100e}, cloud + ": H100e ordered");
  check_falls({r.asked_kw, r.paid_kw, r.built_kw, r.started_kw}, cloud + ": kilowatts of sites");
  const OwnPace pace = own_pace(r);
  check_pace(pace.orders, gap_h100e(r), "what " + cloud + " did not order");
  check_pace(pace.sites, in_h100e(r, std::max(0.0, r.site_gap_kw)), "the sites that " + cloud + " did not start");
}

}  // namespace rackrate::market
