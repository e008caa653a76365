#pragma once
#include "sim/core/quantity.hpp"

namespace rackrate::core {

using Gpus = Quantity<struct GpusUnit>;  ///< H100-equivalents
using Hours = Quantity<struct HoursUnit>;
using GpuHours = Quantity<struct GpuHoursUnit>;  ///< H100e-hours
using Megawatts = Quantity<struct MegawattsUnit>;
using MegawattHours = Quantity<struct MegawattHoursUnit>;
using Usd = Quantity<struct UsdUnit>;  ///< nominal US dollars
using UsdPerGpuHour = Quantity<struct UsdPerGpuHourUnit>;
using UsdPerMwh = Quantity<struct UsdPerMwhUnit>;
using WorkUnits = Quantity<struct WorkUnitsUnit>;  ///< work units per day (MODEL 6.0)
using UsdPerWorkUnit = Quantity<struct UsdPerWorkUnitUnit>;

constexpr GpuHours operator*(Gpus n, Hours t) { return GpuHours{n.value() * t.value()}; }
constexpr Usd operator*(GpuHours q, UsdPerGpuHour p) { return Usd{q.value() * p.value()}; }
constexpr MegawattHours operator*(Megawatts p, Hours t) { return MegawattHours{p.value() * t.value()}; }
constexpr Usd operator*(MegawattHours e, UsdPerMwh p) { return Usd{e.value() * p.value()}; }
/// Per day.
constexpr Usd operator*(WorkUnits v, UsdPerWorkUnit p) { return Usd{v.value() * p.value()}; }

}  // namespace rackrate::core
