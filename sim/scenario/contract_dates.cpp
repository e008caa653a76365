#include "sim/scenario/contract_dates.hpp"

#include "sim/market/contracts/notice.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/quantity_text.hpp"
#include "sim/scenario/toml_reader.hpp"

namespace rackrate::scenario {
namespace {

using market::Clause;
using market::Contract;
using market::Version;

/// The value of a key, of its long form too; null where it is not stated.
const Node* stated(const Node& table, std::string_view key) {
  const Entry* entry = table.find(key);
  if (entry == nullptr) return nullptr;
  return is_long_form(entry->value) ? &entry->value.find("value")->value : &entry->value;
}

std::string text_of(const Node& table, std::string_view key) {
  const Node* node = stated(table, key);
  return node == nullptr || node->kind != NodeKind::Text ? std::string() : node->text;
}

core::SimTime date_of(const Node& table, std::string_view key, core::SimTime otherwise) {
  const Node* node = stated(table, key);
  if (node != nullptr && node->kind == NodeKind::Date) return node->time;
  core::SimTime time = otherwise;
  static_cast<void>(core::parse_time(text_of(table, key), time));  // "never", say, is no date
  return time;
}

/// The tables under a key, by name.
std::vector<Entry> tables_of(const Node& table, std::string_view key) {
  std::vector<Entry> tables;
  if (const Node* all = stated(table, key); all != nullptr && all->is_table())
    for (const Entry& entry : all->entries)
      if (entry.value.is_table()) tables.push_back(entry);
  return tables;
}

Clause read_clause(const Entry& entry) {
  const Node& table = entry.value;
  Clause clause;
  clause.name = entry.key;
  const Node* enabled = stated(table, "enabled");
  clause.enabled = enabled == nullptr || enabled->kind != NodeKind::Flag || enabled->flag;
  clause.from = date_of(table, "from", core::kAlways);
  clause.until = date_of(table, "until", core::kNever);
  if (text_of(table, "kind") == market::kinds::Termination::name) {
    auto& terms = clause.terms.emplace<market::kinds::Termination>();
    terms.exercised = date_of(table, "exercised", core::kNever);
    terms.notice = core::days(read_quantity(text_of(table, "notice"), unit::kDays).value);
  }
  return clause;
}

Version read_version(const Entry& entry) {
  Version version;
  version.name = entry.key;
  version.signed_on = date_of(entry.value, "signed", date_of(entry.value, "effective", core::kAlways));
  version.effective = date_of(entry.value, "effective", version.signed_on);
  version.ends = date_of(entry.value, "ends", core::kNever);
  for (const Entry& clause : tables_of(entry.value, "clauses")) version.clauses.push_back(read_clause(clause));
  return version;
}

}  // namespace

std::vector<Contract> read_contract_dates(const std::string& text) {
  const Node root = read_toml(text, "", -1);
  std::vector<Contract> contracts;
  for (const Entry& entry : tables_of(root, "contracts")) {
    Contract contract;
    contract.name = entry.key;
    contract.terminated = date_of(entry.value, "terminated", core::kNever);
    for (const Entry& version : tables_of(entry.value, "versions")) contract.versions.push_back(read_version(version));
    market::contracts::end_by_notice(contract);
    contracts.push_back(std::move(contract));
  }
  return contracts;
}

}  // namespace rackrate::scenario
