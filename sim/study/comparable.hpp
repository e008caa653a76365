#pragma once
#include "sim/study/study.hpp"

namespace rackrate::study {

/// The values that must be equal in all arms of a study, so that a difference between arms is an effect of their
/// content and not of how they were measured: the labels of the result's dimensions (clauses apart), and the values in
/// the table of comparable.cpp, which decides for every key of `run`.
///
/// Throws: ScenarioError that names the arm, the key and both values.
void check_comparable(const Arm& arm, const Arm& base);

}  // namespace rackrate::study
