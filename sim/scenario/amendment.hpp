#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/market/regime/parameters.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"

/// Contracts amended during a run, at its present date: changes of the scenario's document that leave everything before
/// that date unchanged. The result is checked like any scenario, so a clause reads, and fails, as in a file.
namespace rackrate::scenario {

/// Adds the version. Throws: ScenarioError for an unknown contract (or, where `parties` are given, a known one), a
/// label in use, or dates before `at`.
void add_version(Document& document, const market::Parameters& parameters, const Amendment& amendment,
                 core::SimTime at);
/// Ends a contract at `effective`. Throws: ScenarioError for an unknown contract, one that is over, or a date before
/// `at`.
void end_contract(Document& document, const market::Parameters& parameters, const std::string& contract,
                  core::SimTime effective, core::SimTime at);
/// Gives notice on `date` under a termination clause: writes `exercised` into the version in force that day.
/// Throws: ScenarioError for an unknown contract or clause, a contract that is over or left already, or a date before
/// `at`.
void give_notice(Document& document, const market::Parameters& parameters, const std::string& contract,
                 const std::string& clause, core::SimTime date, core::SimTime at);

using Values = std::vector<std::pair<std::string, std::string>>;
/// Prepares overrides from `at` on: a version in force is cut in two there, and paths into it are turned to its second
/// part, "NAME-from-DATE". Returns the paths to override.
/// Throws: ScenarioError for a value that a run has already used up (its dates, its actors), or a version that is over.
[[nodiscard]] Values cut_at(Document& document, const market::Parameters& parameters, const Values& values,
                            core::SimTime at);

}  // namespace rackrate::scenario
