#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market {

/// A constant payment that a renegotiation agreed on, from this instant to the clause's end.
struct AgreedPayment {
  std::string payer, payee;  ///< firms
  double usd_per_year = 0.0;
  core::SimTime from = core::kAlways;
  friend bool operator==(const AgreedPayment&, const AgreedPayment&) = default;
};

namespace kinds {

/// A lab and its host may renegotiate: switch clauses on or off (negotiation/renegotiation.cpp).
struct Renegotiation : Kind, Switches {
  static constexpr std::string_view name = "renegotiation";
  static constexpr bool is_watched = true;
  core::SimDuration period{0};  ///< from one appraisal to the next; 0: a quarter
  std::string lab, host;
  double weight = 0.0;               ///< the host's bargaining weight
  core::SimDuration notice{0};       ///< from a conflict to the meeting
  core::SimTime on = core::kAlways;  ///< the sides meet on this date in any case
  double hazard_per_year = 0.0;      ///< base rate of meetings
  double unmet_slope = 0.0;          ///< of the log hazard in the stock of unmet need
  double outside_slope = 0.0;        ///< of the log hazard in the share of unserved load that barred hosts could serve
  double hurdle_usd = 0.0;           ///< a year: the sides agree only if their joint gain exceeds this
  core::SimDuration half_life = core::days(180);  ///< of the stock of unmet need
  std::vector<AgreedPayment> agreed;              ///< set in a run, never written

  [[nodiscard]] bool acts_daily() const { return false; }  // what was agreed before is paid under every regime
  [[nodiscard]] Sides sides() const { return {.lab = lab, .host = host}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  void check_references(const std::vector<Contract>& all, const Contract& contract, const Clause& clause,
                        contracts::Complaints& complaints) const;
  void check_market(const Actors& actors, const Contract& contract, const Clause& clause,
                    contracts::Complaints& complaints) const;
  void settle(ClauseRun& run, LabelId label) const;
  void audit(AuditRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::period(keys, &Renegotiation::period);
    shared::lab(keys, &Renegotiation::lab);
    shared::host(keys, &Renegotiation::host);
    shared::weight(keys, &Renegotiation::weight);
    shared::notice(keys, &Renegotiation::notice);
    shared::on(keys, &Renegotiation::on);
    shared::hazard(keys, &Renegotiation::hazard_per_year);
    Switches::describe(keys);
    keys.number("unmet_slope", &Renegotiation::unmet_slope, KeyUnit::Number,
                "How the log hazard of meetings rises with the stock of unmet need.")
        .within(-1e3, 1e3);
    keys.number("outside_slope", &Renegotiation::outside_slope, KeyUnit::Number,
                "How it rises with the share of the unserved load that barred hosts could take.")
        .within(-1e3, 1e3);
    keys.number("hurdle", &Renegotiation::hurdle_usd, KeyUnit::DollarsPerYear,
                "Joint gain that an agreement must exceed.")
        .at_least(0.0);
    keys.duration(
        "half_life", &Renegotiation::half_life,
        "Half-life of the stock of unmet need, whose inflow is the unserved share of the lab's load by year.");
  }
  friend bool operator==(const Renegotiation&, const Renegotiation&) = default;
};

}  // namespace kinds
}  // namespace rackrate::market
