#pragma once
#include <memory>

#include "sim/market/contracts/custom_kind.hpp"

/// For `length` from its start nobody but the holder acts in its role, and the payer pays `fee` for each day of
/// it, `most` in all.
std::shared_ptr<const rackrate::market::contracts::CustomKind> make_standstill();
