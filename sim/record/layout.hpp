#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

/// The only table of the variables of a result file. The writer, the reader, docs/result-format.md, the
/// fingerprint and the tests use it.
namespace rackrate::record {

// clang-format off
/// Dimensions after (arm, replication), which every variable has.
enum class Dim : std::uint8_t {
  Firm, Layer, Cloud, Region, Lab, Product, Channel, Segment, Host, Payer, Payee, Clause, Application, TrainingRun, Input, Chip, Time
};
// clang-format on
inline constexpr std::size_t kDims = 17;

enum class Type : std::uint8_t { F64, F32 };  ///< money and compute are F64, rates may be F32

/// What a monthly value is of the days it covers (CF cell_methods).
enum class Cell : std::uint8_t { Sum, Mean, Point, Run };  ///< Run: one value for the whole run, no time

// clang-format off
enum class Var : std::uint8_t {
  Revenue, InternalRevenue, ValueAdded, Cost, GrossProfit, Capex, Npv, NpvCash,
  Investment, Funding, EquityIncome, NpvEquity,
  OutlayEnterprises, OutlayConsumers, Payment, ClausePayment,
  ClauseBase, ClauseRate, ClauseCumulative, ClauseCap, ClauseCommitment, ClauseUsed, ClauseShortfall,
  ClauseCreditCreated, ClauseCreditUsed, ClauseCreditExpired, ClauseRemaining, ClauseQuantity,
  ClauseQuantityShort, ClauseIncome,
  ClauseDay, ClauseGain,
  Capacity, Powered, FleetChips, Utilisation, ScarcityRent, ScarceDays, Wait,
  Served, Unserved, LabCompute, ComputeInside, RoutingPrice, HostingSurcharge, SurchargeDearest,
  PlacementShare, RuntimeShare, PlacedUnits, Surplus, SurplusVariety, EnterpriseSpending, Adoption,
  MarketShare, Hhi, Quality, Users, Kappa, Seats, Price, ComputePrice,
  CapitalChips, CapitalShells, CapitalPower, CapitalBudget, CapitalCommitted, CapitalPrior, CapitalCarried, CapitalAdvanced, CapitalDearer, CapitalRefused, CapitalPlanned,
  SitesStarted, ComputeDemand, InputShort,
  LabCash, LabFunding, LabFunded, Backlog,
  OwnUse, OwnUseUnserved, CustomerUse, CustomerUnserved, CustomerRevenue,
  ChannelEffort,
  DemandCommon, DemandHits, OtherRevenue,
  AppSeats, AppRevenue, SeatsAdded, SeatsLapsed,
  NetDebt, DebtLimit, DebtCoverage,
  PeakUnserved, PortedShare, TrainingPlaces,
  Discount, Reliance, Leverage,
  IntegrationDepth, ControlScore, AgentsEligible, DepthUnmet, Crossings, Nativeness, AgentSales, RuntimeRent,
  TrainingStart, TrainingWait, TrainingEnd,
  EnteredDay, EntryValue, FundingGap, CapitalPerMw, FrontierClouds
};
// clang-format on
inline constexpr std::size_t kVars = 117;

/// Up to five dimensions, time last.
struct DimList {
  std::array<Dim, 5> values{};
  std::size_t size = 0;
  constexpr DimList() = default;
  constexpr DimList(std::initializer_list<Dim> list) {
    for (const Dim d : list) values[size++] = d;
  }
  [[nodiscard]] constexpr const Dim* begin() const { return values.data(); }
  [[nodiscard]] constexpr const Dim* end() const { return values.data() + size; }
};

struct DimensionRow {
  Dim id;
  std::string_view name;
  std::string_view long_name;
  std::string_view meaning;
};

struct VariableRow {
  Var id;
  std::string_view name;
  DimList dims;  ///< after (arm, replication)
  Type type;
  std::string_view unit;  ///< `d` and `h`, never `days` or `hours`: xarray would make time differences of them
  Cell cell;
  std::string_view long_name;
  std::string_view meaning;  ///< written as the attribute `comment`
};

/// Provenance of each arm: one value per arm, so that it stays with the arm when datasets are cut, joined or saved.
enum class ArmVar : std::uint8_t {
  ScenarioDigest,
  ReplayPrices,
  ReplayInvestment,
  DiscountRate,
  ValuationDate,
  Axes,
  Interventions,
  Scenario
};
inline constexpr std::size_t kArmVars = 8;

struct ArmVariableRow {
  ArmVar id;
  std::string_view name;
  std::string_view unit;  ///< empty: text
  std::string_view long_name;
  std::string_view meaning;
};

/// What a result says of each run: one value per arm and replication.
enum class RunVar : std::uint8_t { Complete, RunFingerprint, EventLog, RunEnd };
inline constexpr std::size_t kRunVars = 4;

struct RunVariableRow {
  RunVar id;
  std::string_view name;
  std::string_view unit;  ///< empty: text or a flag
  std::string_view long_name;
  std::string_view meaning;
};

/// In the order of `Dim`; the order of writing.
[[nodiscard]] std::span<const DimensionRow> dimensions();
/// In the order of `Var`; the order of writing and of the fingerprint.
[[nodiscard]] std::span<const VariableRow> variables();

/// In the order of `ArmVar`; the order of writing.
[[nodiscard]] std::span<const ArmVariableRow> arm_variables();

/// In the order of `RunVar`; the order of writing.
[[nodiscard]] std::span<const RunVariableRow> run_variables();

[[nodiscard]] const DimensionRow& row(Dim dim);
[[nodiscard]] const VariableRow& row(Var variable);
[[nodiscard]] const ArmVariableRow& row(ArmVar variable);
[[nodiscard]] const RunVariableRow& row(RunVar variable);
[[nodiscard]] std::string_view name(Type type);          ///< "float64", "float32"
[[nodiscard]] std::string_view cell_methods(Cell cell);  ///< "time: sum" ...; empty for Cell::Run

/// Format of the result file. Readers refuse another major version by name.
inline constexpr std::string_view kFormatVersion = "2.1";
inline constexpr int kFormatMajor = 2;

/// docs/result-format.md, from the tables above. A test compares it with the page in the repository.
[[nodiscard]] std::string format_page();

}  // namespace rackrate::record
