#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/market/regime/parameters.hpp"
#include "sim/scenario/section.hpp"

namespace rackrate::scenario {

/// One [supply.VENDOR.CHIP] table: a chip and the line of its deliveries.
struct ChipDraft {
  ChipDraft() { line.from = core::kAlways; }  // not given: every date of the calendar is one that may be
  std::string name;
  market::Chip chip;
  market::SupplyLine line;
};
struct VendorDraft {
  std::string name;
  market::Vendor vendor;
  std::vector<ChipDraft> chips;
};
struct FirmDraft {
  std::string name;
  int fiscal_year_end = 12;
};

/// What the tables of a file bind to; close() turns it into Parameters.
struct Draft {
  Draft() { parameters.run.valuation_date = core::kAlways; }  // not given, as above
  market::Parameters parameters;
  std::vector<VendorDraft> vendors;
  std::vector<FirmDraft> firms;
  std::vector<std::string> regions;
};

/// Every key of a scenario file. To add a key, add a row to the table of its section in schema_*.cpp.
/// Clause kinds defined outside take their place behind the built-in ones.
/// Throws: std::invalid_argument when such a kind, or a key of it, has the name of a built-in one.
[[nodiscard]] Section schema(const market::contracts::CustomKinds& kinds = {});
/// The same. Without outside kinds it is made once for all: making it takes longer than checking a small scenario.
[[nodiscard]] std::shared_ptr<const Section> shared_schema(const market::contracts::CustomKinds& kinds);

// The parts schema() is made of.
[[nodiscard]] std::vector<Section> world_sections();   ///< run, regions, firms, sources, choice, prices, ...
[[nodiscard]] std::vector<Section> supply_sections();  ///< supply, clouds, channels
[[nodiscard]] std::vector<Section> demand_sections();  ///< labs, applications, segments
[[nodiscard]] std::vector<Section> shock_sections();   ///< shocks
[[nodiscard]] Section contracts_section(const market::contracts::CustomKinds& kinds);

/// The keys every table takes besides its own.
inline constexpr std::array<std::string_view, 4> kTableKeys{"grade", "note", "source", "title"};
/// Evidence: primary text, press or analyst report, weak secondary page, assumption.
inline constexpr std::array<std::string_view, 4> kGrades{"P", "R", "W", "A"};

}  // namespace rackrate::scenario
