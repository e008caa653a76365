#pragma once
#include "sim/market/contracts/kinds/key.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"

/// Keys that clauses of several kinds take. The reference page has one row for each, so it is stated once.
namespace rackrate::market::kinds::shared {

template <class Keys, class Field>
void role(Keys& keys, Field field) {
  keys.choices("role", field, kRoleNames, "The role or roles that it covers.");
}
template <class Keys, class Field>
void holder(Keys& keys, Field field) {
  keys.list("holder", field, KeyNames::Actors,
            "Who holds the right; of a carveout whom it exempts, of a void whose rights it voids, of a ban whom "
            "it forbids, in these three without it everybody; of a rollout the channel or host.");
}
template <class Keys, class Field>
void payer(Keys& keys, Field field) {
  keys.text("payer", field, "The firm that pays.").required().naming(KeyNames::Firms);
}
template <class Keys, class Field>
void payee(Keys& keys, Field field) {
  keys.text("payee", field, "The firm that is paid.").required().naming(KeyNames::Firms);
}
template <class Keys, class Field>
void amount(Keys& keys, Field field) {
  keys.number("amount", field, KeyUnit::Dollars,
              "Total commitment over the clause's dates; of a tranche the sum invested; of damages what a breach costs "
              "once; of a termination the fee.")
      .required()
      .at_least(0.0);
}
template <class Keys, class Field>
void period(Keys& keys, Field field) {
  keys.duration("period", field,
                "Length of a settlement period, 0 is the whole term; of a tender the time to the next, 0 is one only; "
                "of a renegotiation the time between appraisals.")
      .zero_or_at_least(1.0 / 24.0);  // an hour, the shortest window
}
template <class Keys, class Field>
void lab(Keys& keys, Field field) {
  keys.text("lab", field, "Whose models.").required().naming(KeyNames::Labs);
}
template <class Keys, class Field>
void channel(Keys& keys, Field field) {
  keys.text("channel", field, "The channel whose sales it covers.").naming(KeyNames::Channels);
}
template <class Keys, class Field>
void rate(Keys& keys, Field field) {
  keys.number("rate", field, KeyUnit::Share, "Share of the base; of a resale the channel's share of the price.")
      .required()
      .within(0.0, 1.0);
}
template <class Keys, class Field>
void host(Keys& keys, Field field) {
  keys.text("host", field, "The cloud that hosts.").required().naming(KeyNames::Clouds);
}
template <class Keys, class Field>
void price(Keys& keys, Field field) {
  keys.number("price", field, KeyUnit::DollarsPerHour, "Price of hosting, or of what is reserved.")
      .at_least(0.0)
      .if_absent("the cloud's list price");
}
template <class Keys, class Field>
void renewal(Keys& keys, Field field) {
  keys.duration("renewal", field,
                "So long after its first day, and again after as long, its terms are settled anew: of a resale the two "
                "sides bargain over the rate, of a hosting whose price is held it follows the host's list; 0 is never.")
      .zero_or_at_least(1.0);
}
template <class Keys, class Field>
void weight(Keys& keys, Field field) {
  keys.number("weight", field, KeyUnit::Share,
              "Discount on the host's cost in the lab's routing; of a renegotiation the host's bargaining weight.")
      .within(0.0, 1.0);
}
template <class Keys, class Field>
void quantity(Keys& keys, Field field) {
  keys.number("quantity", field, KeyUnit::Compute, "Compute reserved, this or power; of a tender what is asked for.")
      .at_least(0.0);
}
template <class Keys, class Field>
void share(Keys& keys, Field field) {
  keys.number("share", field, KeyUnit::Share,
              "The stake; of a drawdown the most of a commitment that purchases may draw.")
      .required()
      .within(0.0, 1.0);
}
template <class Keys, class Field>
void notice(Keys& keys, Field field) {
  keys.duration(
      "notice", field,
      "From the exercise of a termination to the contract's end; of a renegotiation from a conflict to the meeting.");
}
template <class Keys, class Field>
void on(Keys& keys, Field field) {
  keys.date("on", field,
            "Condition: not before this date; of a renegotiation when the sides meet in any case; of a tender its "
            "first date.")
      .if_absent("no such date");
}
template <class Keys, class Field>
void hazard(Keys& keys, Field field) {
  keys.number("hazard", field, KeyUnit::PerYear,
              "Condition: a random event with this rate; of a renegotiation the base rate of meetings.")
      .within(0.0, 1e300);
}

}  // namespace rackrate::market::kinds::shared
