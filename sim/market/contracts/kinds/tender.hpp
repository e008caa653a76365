#pragma once
#include "sim/market/contracts/kinds/kind.hpp"
#include "sim/market/contracts/kinds/parts.hpp"

namespace rackrate::market::kinds {

/// A lab asks clouds for compute, once or again and again (contracts/tender_dates.hpp, negotiation/tender.cpp).
struct Tender : Kind {
  static constexpr std::string_view name = "tender";
  static constexpr bool is_watched = true;
  std::vector<Role> role;       ///< HOST, TRAIN; empty: HOST
  core::SimDuration period{0};  ///< from one date to the next; 0: one only
  std::string lab;
  double quantity_h100e = 0.0;
  core::SimTime on = core::kAlways;  ///< the first date; kAlways: the clause's first day
  std::vector<std::string> bidders;  ///< clouds
  core::SimDuration term{0};         ///< of what is awarded

  [[nodiscard]] bool acts_daily() const { return false; }
  [[nodiscard]] Sides sides() const { return {.lab = lab}; }
  void check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const;
  /// A lab asks for itself, and other firms: nobody reserves compute of its own.
  void check_market(const Actors& actors, const Contract& contract, const Clause& clause,
                    contracts::Complaints& complaints) const;
  /// Clauses whose names a tender of their contract needs for its awards.
  static void check_all(const std::vector<Contract>& contracts, contracts::Complaints& complaints);
  /// States what its awards reserve in this window, and what failed dates would have.
  void settle(ClauseRun& run, LabelId label) const;

  template <class Keys>
  static void describe(Keys& keys) {
    shared::role(keys, &Tender::role);
    shared::period(keys, &Tender::period);
    shared::lab(keys, &Tender::lab);
    shared::quantity(keys, &Tender::quantity_h100e);
    shared::on(keys, &Tender::on);
    keys.list("bidders", &Tender::bidders, KeyNames::Clouds, "The clouds that are asked.").required();
    keys.duration("term", &Tender::term, "How long an award lasts.").required().at_most(36525.0);
  }
  friend bool operator==(const Tender&, const Tender&) = default;
};

}  // namespace rackrate::market::kinds
