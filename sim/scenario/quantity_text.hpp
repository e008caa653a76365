#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rackrate::scenario {

/// The unit in which a key is stored, with an example for messages and documentation, and the bounds of a value whose
/// key states none narrower. The bounds are far beyond any market, and products in the model stay in the range of 64
/// bits.
struct Unit {
  std::string_view text;     ///< "$/H100e-h"; empty: a plain number
  std::string_view example;  ///< as written in a file, without quotes
  double least = 1e-6;       ///< least value of a positive key
  double most = 1e6;         ///< greatest absolute value
};

namespace unit {
inline constexpr Unit kNumber{"", "1.5", 1e-6, 1e6};
inline constexpr Unit kShare{"", "20 %", 1e-6, 1000};
inline constexpr Unit kCount{"", "900 M", 1e-6, 1e11};
inline constexpr Unit kPerYear{"/y", "10 %/y", 1e-6, 100};
inline constexpr Unit kPerMonth{"/mo", "25 %/mo", 1e-6, 100};
inline constexpr Unit kDays{"d", "7 d", 0.01, 36525};
inline constexpr Unit kHours{"h", "6 h", 0.001, 10000};
inline constexpr Unit kMonths{"mo", "3 mo", 0.01, 1200};
inline constexpr Unit kYears{"y", "6 y", 0.01, 1000};
inline constexpr Unit kDollars{"$", "30 k$", 1e-6, 1e13};
inline constexpr Unit kDollarsPerYear{"$/y", "38 B$/y", 1e-6, 1e13};
inline constexpr Unit kDollarsPerMonth{"$/mo", "1.2 $/mo", 1e-6, 1e6};
inline constexpr Unit kDollarsPerHour{"$/H100e-h", "6 $/H100e-h", 1e-6, 1e5};
inline constexpr Unit kDollarsPerMwh{"$/MWh", "72 $/MWh", 1e-6, 100000};
inline constexpr Unit kDollarsPerKwYear{"$/kW-y", "150 $/kW-y", 1e-6, 1e6};
inline constexpr Unit kDollarsPerMw{"$/MW", "12 M$/MW", 1e-6, 1e9};
inline constexpr Unit kKilowatts{"kW", "1.4 kW", 0.01, 10000};
inline constexpr Unit kMegawatts{"MW", "1.9 GW", 1e-6, 1e7};
inline constexpr Unit kMegawattsPerYear{"MW/y", "2 GW/y", 1e-6, 1e7};
inline constexpr Unit kCompute{"H100e", "120 H100e", 0.01, 1e10};
inline constexpr Unit kComputePerMonth{"H100e/mo", "25000 H100e/mo", 0.01, 1e10};
inline constexpr Unit kComputePerMillion{"H100e/M", "900 H100e/M", 1e-6, 1e8};
inline constexpr Unit kComputePerToken{"H100e-h/Mtok", "0.3 H100e-h/Mtok", 1e-6, 1e6};
}  // namespace unit

/// A parsed unit: a scale, kept as a ratio so that exact factors stay exact, and its dimension.
struct Scale {
  double times = 1.0;
  double over = 1.0;
  std::array<int, 5> dimension{};  ///< exponents of dollar, H100e, second, watt, token
};

enum class QuantityProblem : std::uint8_t { None, NoNumber, UnknownUnit, WrongDimension };

struct QuantityText {
  QuantityProblem problem = QuantityProblem::None;
  double value = 0.0;     ///< in the requested unit
  std::string unit_text;  ///< as written, "" for none
};

/// Reads "30 k$" as a value of the given unit. Grammar:
///   quantity = number [unit]     unit = product { "/" product }      product = factor { "-" factor }
///   factor   = [prefix] symbol | prefix      prefix = k M G B T      symbol = $ H100e s min h d wk mo y W Wh tok %
/// "/a-b" divides by a and by b; a prefix alone is a number ("900 M", "H100e/M"). A month is a
/// twelfth of a year of 365.25 days. A number without unit is right only where the unit is empty.
[[nodiscard]] QuantityText read_quantity(std::string_view text, const Unit& wanted);

/// The scale of a unit text. Returns false when a symbol is not known.
[[nodiscard]] bool read_unit(std::string_view text, Scale& out);

/// "1.4 kW", or "1.4" for an empty unit; the shortest digits that read back as the same number.
[[nodiscard]] std::string write_quantity(double value, const Unit& unit);
[[nodiscard]] std::string write_number(double value);

}  // namespace rackrate::scenario
