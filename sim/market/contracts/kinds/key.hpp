#pragma once
#include <cstdint>

/// How a kind describes its keys. describe(keys) is called with a visitor that knows how each row becomes a key of the
/// scenario's parser, editor schema and reference page (sim/scenario/clause_keys.cpp):
///
///   keys.number("weight", &Primary::weight, KeyUnit::Share, "Meaning.").required().within(0.0, 1.0);
///   keys.flag / keys.text / keys.date / keys.duration / keys.list / keys.choice / keys.choices
///
/// A key has the name of the field that it fills; a field of a quantity has its unit behind the name (`price_usd`).
/// Keys that several kinds share have one row, in shared_keys.hpp.
namespace rackrate::market::kinds {

enum class KeyUnit : std::uint8_t {
  Number,
  Share,
  Dollars,
  DollarsPerYear,
  DollarsPerHour,
  Compute,
  Megawatts,
  PerYear
};
/// The list of the scenario in which a name must be.
enum class KeyNames : std::uint8_t { Any, Firms, Clouds, Chips, Channels, Labs, Actors };

}  // namespace rackrate::market::kinds
