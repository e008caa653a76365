#include "sim/scenario/amendment.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/contracts/compile.hpp"
#include "sim/scenario/leaf.hpp"
#include "sim/scenario/names.hpp"
#include "sim/scenario/override.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {
namespace {

using market::Contract;
using market::Version;

/// Sections whose values a run reads anew every day, so they may change in mid-run.
constexpr std::array<std::string_view, 4> kLiveSections{"choice", "clearing", "contracts", "prices"};
/// Keys in them that state of the run has been built with.
constexpr std::array<std::string_view, 6> kBuiltIn{"choice.belief_lag",         "choice.considered",
                                                   "choice.considered_by_size", "choice.gravity_concentration",
                                                   "choice.learning",           "choice.taste_sigma"};

const Contract* find_contract(const market::Parameters& parameters, const std::string& name) {
  const auto it = std::find_if(parameters.contracts.begin(), parameters.contracts.end(),
                               [&](const Contract& c) { return c.name == name; });
  return it == parameters.contracts.end() ? nullptr : &*it;
}

const Contract& known_contract(const market::Parameters& parameters, const std::string& name) {
  if (const Contract* contract = find_contract(parameters, name)) return *contract;
  std::vector<std::string> names;
  for (const Contract& contract : parameters.contracts) names.push_back(contract.name);
  throw core::mistake("contracts." + shown(name), "an unknown contract", "the name of one",
                      suggestion(name, names) + " A new contract is signed, not amended.");
}

void not_before(const std::string& key, core::SimTime date, core::SimTime at) {
  if (date >= at) return;
  throw core::mistake(key, core::to_string(date),
                      "a date not before " + core::to_string(at) + ", the next window boundary of this simulation",
                      "The past stays as it was.");
}

Node date_node(core::SimTime t) {
  Node node;
  node.kind = NodeKind::Date;
  node.time = t;
  return node;
}

Node text_node(const std::string& text) {
  Node node;
  node.kind = NodeKind::Text;
  node.text = text;
  return node;
}

Node& table_at(Node& table, const std::string& key) { return table.at_key(key, {}).value; }

void set_evidence(Node& table) {
  const auto set = [&table](const char* key, std::string_view value) {
    if (table.find(key) != nullptr) return;
    table_at(table, key) = text_node(std::string{value});
  };
  set("source", kOverrideSource);
  set("grade", "A");
}

std::string continued(const std::string& version, core::SimTime at) {
  std::string date = core::to_string(at);
  std::replace(date.begin(), date.end(), ':', '-');
  return std::string(market::contracts::whole_version(version)) + std::string(market::contracts::kPartOfVersion) + date;
}

/// The part of a version that is in force at `at` or later: itself, or what an earlier override made of it.
const Version* living_part(const Contract& contract, const std::string& name, core::SimTime at) {
  for (const Version& version : contract.versions)
    if ((version.name == name || version.name.starts_with(name + std::string(market::contracts::kPartOfVersion))) &&
        version.ends > at && contract.terminated > at)
      return &version;
  return nullptr;
}

/// Clauses that ended by `at` are not continued, unless they are the ones to change.
void drop_what_is_over(Node& second, const std::string& contract, const Values& values, core::SimTime at) {
  Entry* const clauses = second.find("clauses");
  if (clauses == nullptr) return;
  std::vector<std::string> over;
  for (const Entry& clause : clauses->value.entries) {
    const Entry* const until = clause.value.find("until");
    if (until == nullptr) continue;
    const Entry* const inner = until->value.find("value");  // the long form
    const Node& date = inner == nullptr ? until->value : inner->value;
    const bool changed = std::any_of(values.begin(), values.end(), [&](const auto& value) {
      const auto parts = split_path(value.first);
      return parts.size() > 5 && parts[0] == "contracts" && parts[1] == contract && parts[5] == clause.key;
    });
    if (date.kind == NodeKind::Date && date.time <= at && !changed) over.push_back(clause.key);
  }
  for (const std::string& name : over) clauses->value.erase(name);
}

/// Of two parts of a version, each keeps the notices that are given in its own time.
void share_notices(Node& first, Node& second, core::SimTime at) {
  const auto drop = [](Node& version, auto outside) {
    Entry* const clauses = version.find("clauses");
    if (clauses == nullptr) return;
    for (Entry& clause : clauses->value.entries) {
      const Entry* const given = clause.value.find("exercised");
      if (given == nullptr) continue;
      const Entry* const inner = given->value.find("value");  // the long form
      const Node& date = inner == nullptr ? given->value : inner->value;
      if (date.kind == NodeKind::Date && outside(date.time)) clause.value.erase("exercised");
    }
  };
  drop(first, [at](core::SimTime given) { return given >= at; });
  drop(second, [at](core::SimTime given) { return given < at; });
}

/// Neither may a contract have ended in the past, nor one that did end go on.
void check_end_lies_ahead(const market::Parameters& parameters, const std::string& path, const std::string& name,
                          const std::string& text, core::SimTime at) {
  const Contract* const contract = find_contract(parameters, name);
  if (contract != nullptr && contract->terminated < at)
    throw core::mistake(shown(path, 200), "the end of a contract that is over",
                        "a contract in force at " + core::to_string(at) + " or later", "Sign another one.");
  const Node given = parse_value(path, text);
  const Node& value = value_node(given);
  core::SimTime end = value.kind == NodeKind::Date ? value.time : core::kNever;
  if (value.kind == NodeKind::Text && !core::parse_time(value.text, end)) end = core::kNever;
  if (value.kind == NodeKind::Date || value.kind == NodeKind::Text) not_before(path, end, at);
}

bool may_change(const std::string& path) {
  const auto parts = split_path(path);
  const bool live = std::find(kLiveSections.begin(), kLiveSections.end(), parts.front()) != kLiveSections.end();
  const bool growth =
      path.rfind("choice.volume_growth", 0) == 0;  // a path from the first day: a new rate would be a jump
  return live && !growth && std::find(kBuiltIn.begin(), kBuiltIn.end(), path) == kBuiltIn.end();
}

}  // namespace

void add_version(Document& document, const market::Parameters& parameters, const Amendment& amendment,
                 core::SimTime at) {
  const bool is_new = amendment.parties.has_value();
  const Contract* contract =
      is_new ? find_contract(parameters, amendment.contract) : &known_contract(parameters, amendment.contract);
  const std::string key = "contracts." + amendment.contract;
  if (!is_plain_name(amendment.contract))
    throw core::mistake("contracts." + shown(amendment.contract), "not a usable name", "letters, digits, - and _",
                        "Rename it.");
  if (is_new && contract != nullptr)
    throw core::mistake(key, "a contract that exists already", "a new name", "Amend it, or choose another name.");

  const core::SimTime effective = amendment.effective.value_or(at);
  const core::SimTime signed_on = amendment.signed_on.value_or(std::min(at, effective));
  std::string date = core::to_string(effective);
  std::replace(date.begin(), date.end(), ':', '-');
  const std::string label = amendment.label.empty() ? (is_new ? "signed-" : "amended-") + date : amendment.label;
  const std::string version_key = key + ".versions." + label;
  if (!is_plain_name(label))
    throw core::mistake(key + ".versions." + shown(label), "not a usable name", "letters, digits, - and _",
                        "Choose another label.");
  not_before(version_key + ".effective", effective, at);
  not_before(version_key + ".signed", signed_on, core::SimTime(std::chrono::floor<std::chrono::days>(at)));

  Node& home = table_at(table_at(document.root, "contracts"), amendment.contract);
  if (is_new) table_at(home, "parties") = parse_value(key + ".parties", *amendment.parties);
  Node& versions = table_at(home, "versions");
  if (versions.find(label) != nullptr)
    throw core::mistake(version_key, "a version that exists already", "a new label", "Choose another label.");
  Node& version = table_at(versions, label);
  table_at(version, "signed") = date_node(signed_on);
  table_at(version, "effective") = date_node(effective);
  if (amendment.ends) table_at(version, "ends") = date_node(*amendment.ends);
  if (!amendment.conflict.empty()) table_at(version, "conflict") = text_node(amendment.conflict);
  Node clauses = parse_value(version_key + ".clauses", amendment.clauses);
  if (!clauses.is_table())
    throw core::mistake(version_key + ".clauses", describe(clauses), "a table of clauses by name", "");
  table_at(version, "clauses") = std::move(clauses);
  set_evidence(version);
  inherit_evidence(version);
}

void end_contract(Document& document, const market::Parameters& parameters, const std::string& name,
                  core::SimTime effective, core::SimTime at) {
  const Contract& contract = known_contract(parameters, name);
  const std::string key = "contracts." + name + ".terminated";
  not_before(key, effective, at);
  const bool lives = std::any_of(contract.versions.begin(), contract.versions.end(),
                                 [&](const Version& v) { return v.ends > effective; });
  if (!lives || contract.terminated <= effective)
    throw core::mistake(key, core::to_string(effective), "a date before the contract is over",
                        "There is nothing to end.");
  table_at(table_at(table_at(document.root, "contracts"), name), "terminated") = date_node(effective);
}

void give_notice(Document& document, const market::Parameters& parameters, const std::string& name,
                 const std::string& clause, core::SimTime date, core::SimTime at) {
  const Contract& contract = known_contract(parameters, name);
  const market::VersionId in_force = market::contracts::version_in_force(contract, date);
  if (!in_force.exists())
    throw core::mistake("contracts." + name, "not in force on " + core::to_string(date),
                        "a contract in force on the day of notice", "There is nothing to leave.");
  const Version& version = contract[in_force];
  const std::string key = "contracts." + name + ".versions." + version.name + ".clauses." + shown(clause);
  std::vector<std::string> known;
  for (const market::Clause& one : version.clauses)
    if (one.is<market::kinds::Termination>() && one.enabled) known.push_back(one.name);
  const auto it = std::find_if(version.clauses.begin(), version.clauses.end(),
                               [&](const market::Clause& one) { return one.name == clause; });
  if (std::find(known.begin(), known.end(), clause) == known.end())
    throw core::mistake(key, it == version.clauses.end() ? "an unknown clause" : "no termination clause in use",
                        "a termination clause of the version in force",
                        known.empty() ? "It has none: terminate it without one." : suggestion(clause, known));
  not_before(key + ".exercised", date, at);
  if (const core::SimTime given = it->as<market::kinds::Termination>().exercised; given <= date)
    throw core::mistake(key + ".exercised", core::to_string(date),
                        "a date before " + core::to_string(given) + ", when notice is given already", "");
  Node& versions = table_at(table_at(table_at(document.root, "contracts"), name), "versions");
  table_at(table_at(table_at(table_at(versions, version.name), "clauses"), clause), "exercised") = date_node(date);
}

Values cut_at(Document& document, const market::Parameters& parameters, const Values& values, core::SimTime at) {
  Values out;
  std::map<std::string, std::string> renamed;  // version key -> key of the part from `at` on
  for (const auto& [path, text] : values) {
    if (!may_change(path))
      throw core::mistake(shown(path, 200), "fixed once a simulation runs",
                          "a path into contracts, choice, clearing or prices that no state was built with",
                          "Change it with Scenario.override and start another simulation.");
    const auto parts = split_path(path);
    if (parts.size() == 3 && parts[0] == "contracts" && parts[2] == "terminated")
      check_end_lies_ahead(parameters, path, parts[1], text, at);
    const Contract* contract =
        parts.front() == "contracts" && parts.size() > 4 ? find_contract(parameters, parts[1]) : nullptr;
    const Version* version = contract == nullptr ? nullptr : living_part(*contract, parts[3], at);
    if (version == nullptr) {
      const bool over = contract != nullptr && parts[2] == "versions" &&
                        std::any_of(contract->versions.begin(), contract->versions.end(),
                                    [&](const Version& v) { return v.name == parts[3]; });
      if (over)
        throw core::mistake(shown(path, 200), "part of a version that is over",
                            "a version in force at " + core::to_string(at) + " or later",
                            "Amend the contract instead.");
      out.emplace_back(path, text);  // an unknown path raises its own error
      continue;
    }
    const std::string version_key = "contracts." + contract->name + ".versions." + version->name;
    auto it = renamed.find(version_key);
    if (it == renamed.end()) {
      std::string name = version->name;
      if (version->effective < at) {
        name = continued(version->name, at);
        Node& versions = table_at(table_at(table_at(document.root, "contracts"), contract->name), "versions");
        Node second = table_at(versions, version->name);
        table_at(second, "effective") = date_node(at);
        table_at(table_at(versions, version->name), "ends") = date_node(at);
        share_notices(table_at(versions, version->name), second, at);
        drop_what_is_over(second, contract->name, values, at);
        table_at(versions, name) = std::move(second);
      }
      it = renamed.emplace(version_key, "contracts." + contract->name + ".versions." + name).first;
    }
    const bool date_of_version = parts.size() == 5 && (parts[4] == "effective" || parts[4] == "signed");
    if (date_of_version && version->effective < at)
      throw core::mistake(shown(path, 200), "in the past", "a value that still lies ahead",
                          "Amend the contract instead.");
    std::string rest;
    for (std::size_t i = 4; i < parts.size(); ++i) rest += '.' + parts[i];
    out.emplace_back(it->second + rest, text);
  }
  return out;
}

}  // namespace rackrate::scenario
