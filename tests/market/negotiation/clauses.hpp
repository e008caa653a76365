#pragma once
#include "tests/market/support/small_market.hpp"

/// Clauses that change contracts, between the lab "able" and the cloud "north".
namespace test {

inline Clause renegotiation(core::SimTime on = core::kAlways) {
  Clause clause;
  clause.name = "talks";
  auto& terms = clause.terms.emplace<kinds::Renegotiation>();
  terms.lab = "able";
  terms.host = "north";
  terms.on = on;
  terms.switches_off = {"sales/south"};
  return clause;
}

inline Clause trigger(const std::string& name) {
  Clause clause;
  clause.name = name;
  auto& terms = clause.terms.emplace<kinds::Trigger>();
  terms.switches_off = {"sales/south"};
  return clause;
}

inline Clause reservation(const std::string& name, double h100e) {
  Clause clause;
  clause.name = name;
  auto& terms = clause.terms.emplace<kinds::Reservation>();
  terms.payer = "Able";
  terms.payee = "North";
  terms.lab = "able";
  terms.host = "north";
  terms.price_usd = 1.0;
  terms.quantity_h100e = h100e;
  return clause;
}

inline Clause tender(double h100e) {
  Clause clause;
  clause.name = "ask";
  auto& terms = clause.terms.emplace<kinds::Tender>();
  terms.lab = "able";
  terms.bidders = {"south", "north"};
  terms.quantity_h100e = h100e;
  terms.on = core::date(2026, 1, 5);
  terms.term = core::days(90);
  return clause;
}

/// The small market with one more contract, "deal", of these clauses.
inline SmallMarket market_with(std::vector<Clause> clauses) {
  Parameters p = small_parameters();
  p.contracts.push_back(contract("deal", std::move(clauses)));
  return SmallMarket(p);
}

inline const core::SimTime kDay5 = core::date(2026, 1, 5), kDay6 = core::date(2026, 1, 6);

}  // namespace test
