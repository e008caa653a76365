#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "sim/market/contracts/kinds/ban.hpp"
#include "sim/market/contracts/kinds/carveout.hpp"
#include "sim/market/contracts/kinds/commit.hpp"
#include "sim/market/contracts/kinds/custom.hpp"
#include "sim/market/contracts/kinds/damages.hpp"
#include "sim/market/contracts/kinds/drawdown.hpp"
#include "sim/market/contracts/kinds/equity.hpp"
#include "sim/market/contracts/kinds/exclusive.hpp"
#include "sim/market/contracts/kinds/grant.hpp"
#include "sim/market/contracts/kinds/hosting.hpp"
#include "sim/market/contracts/kinds/licence.hpp"
#include "sim/market/contracts/kinds/primary.hpp"
#include "sim/market/contracts/kinds/renegotiation.hpp"
#include "sim/market/contracts/kinds/resale.hpp"
#include "sim/market/contracts/kinds/reservation.hpp"
#include "sim/market/contracts/kinds/revshare.hpp"
#include "sim/market/contracts/kinds/rofr.hpp"
#include "sim/market/contracts/kinds/rollout.hpp"
#include "sim/market/contracts/kinds/ship_first.hpp"
#include "sim/market/contracts/kinds/tender.hpp"
#include "sim/market/contracts/kinds/termination.hpp"
#include "sim/market/contracts/kinds/tranche.hpp"
#include "sim/market/contracts/kinds/trigger.hpp"
#include "sim/market/contracts/kinds/void.hpp"

namespace rackrate::market {

/// The list of clause kinds. The order is that of ClauseKind: it decides ties of seniority inside one version and the
/// order of the kinds on the reference page, so a new kind goes right before Custom, which stands for all user-defined
/// kinds.
using Terms =
    std::variant<kinds::Grant, kinds::Exclusive, kinds::Carveout, kinds::ShipFirst, kinds::Rofr, kinds::Licence,
                 kinds::Rollout, kinds::Void, kinds::Ban, kinds::Commit, kinds::Revshare, kinds::Resale, kinds::Hosting,
                 kinds::Primary, kinds::Reservation, kinds::Tranche, kinds::Equity, kinds::Drawdown, kinds::Damages,
                 kinds::Termination, kinds::Trigger, kinds::Renegotiation, kinds::Tender, kinds::Custom>;

/// A kind as its place in the list: kind_of<kinds::Grant>.
enum class ClauseKind : std::uint8_t {};

namespace detail {
template <class K, class... Ks>
constexpr std::size_t place_in(const std::variant<Ks...>*) {
  std::size_t place = 0;
  static_cast<void>(((std::is_same_v<K, Ks> ? false : (++place, true)) && ...));
  return place;
}
template <std::size_t... I>
constexpr std::array<std::string_view, sizeof...(I)> names_of(std::index_sequence<I...>) {
  return {std::variant_alternative_t<I, Terms>::name...};
}
}  // namespace detail

template <class K>
inline constexpr ClauseKind kind_of = static_cast<ClauseKind>(detail::place_in<K>(static_cast<const Terms*>(nullptr)));

/// All but Custom.
inline constexpr std::size_t kBuiltInKinds = std::variant_size_v<Terms> - 1;
static_assert(std::is_same_v<std::variant_alternative_t<kBuiltInKinds, Terms>, kinds::Custom>);
inline constexpr auto kClauseKindNames = detail::names_of(std::make_index_sequence<kBuiltInKinds>{});

/// Calls f.template operator()<K>() for every kind, in the order of the list.
template <class F>
void for_each_kind(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f.template operator()<std::variant_alternative_t<I, Terms>>(), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Terms>>{});
}

/// The terms of a clause of this kind with nothing written yet.
[[nodiscard]] Terms blank_terms(ClauseKind kind);

}  // namespace rackrate::market
