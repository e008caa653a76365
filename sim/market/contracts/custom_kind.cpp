#include "sim/market/contracts/custom_kind.hpp"

#include <algorithm>

#include "sim/market/contracts/roles.hpp"

namespace rackrate::market::contracts {

namespace {

const KeyValue* find_value(const Clause& clause, std::string_view key) {
  const auto* custom = clause.get_if<kinds::Custom>();
  if (custom == nullptr) return nullptr;
  const auto it = std::find_if(custom->values.begin(), custom->values.end(),
                               [key](const KeyValue& value) { return value.key == key; });
  return it == custom->values.end() ? nullptr : &*it;
}

std::size_t place_of(const std::vector<std::string>& names, std::string_view name) {
  return index_of(names, name).value_or(names.size());
}

/// The clauses that stand for a clause get its name, and their dates are cut to its dates.
void cut_to(const Clause& clause, std::vector<Clause>& stands_for) {
  for (Clause& one : stands_for) {
    one.name = clause.name;
    one.from = std::max(one.from, clause.from);
    one.until = std::min(one.until, clause.until);
  }
  std::erase_if(stands_for,
                [](const Clause& one) { return !one.enabled || one.from >= one.until || !decides_permission(one); });
}

}  // namespace

Money ClauseWindow::revenue_of(std::string_view lab) const {
  const std::size_t l = place_of(vocabulary.labs, lab);
  return l < revenue.size() ? revenue[l] : Money{};
}

Money ClauseWindow::sales_of(std::string_view lab, std::string_view channel) const {
  const std::size_t l = place_of(vocabulary.labs, lab), x = place_of(vocabulary.channels, channel);
  return l < sales.size() && x < sales[l].size() ? sales[l][x] : Money{};
}

Money ClauseWindow::bought(std::string_view payer, std::string_view payee) const {
  const auto it = purchases.find(
      {static_cast<int>(place_of(vocabulary.firms, payer)), static_cast<int>(place_of(vocabulary.firms, payee))});
  return it == purchases.end() ? Money{} : it->second;
}

double number_of(const Clause& clause, std::string_view key, double fallback) {
  const KeyValue* value = find_value(clause, key);
  return value == nullptr ? fallback : value->number;
}

core::SimTime date_of(const Clause& clause, std::string_view key, core::SimTime fallback) {
  const KeyValue* value = find_value(clause, key);
  return value == nullptr ? fallback : value->time;
}

std::vector<std::string> names_of(const Clause& clause, std::string_view key) {
  const KeyValue* value = find_value(clause, key);
  return value == nullptr ? std::vector<std::string>{} : value->names;
}

const CustomKind* find_kind(const CustomKinds& all, const Clause& clause) {
  const auto* custom = clause.get_if<kinds::Custom>();
  if (custom == nullptr) return nullptr;
  for (const auto& kind : all)
    if (kind->name() == custom->kind_name) return kind.get();
  return nullptr;
}

std::vector<core::Mistake> expand_custom(std::vector<Contract>& contracts, const CustomKinds& all) {
  std::vector<core::Mistake> out;
  for (Contract& contract : contracts)
    for (Version& version : contract.versions)
      for (Clause& clause : version.clauses) {
        const CustomKind* kind = find_kind(all, clause);
        if (kind == nullptr) continue;
        auto mistakes = kind->mistakes(clause, version);
        for (core::Mistake& mistake : mistakes)
          mistake.where.key = "contracts." + contract.name + ".versions." + version.name + ".clauses." + clause.name +
                              "." + mistake.where.key;
        if (mistakes.empty()) {
          clause.stands_for = kind->permissions(clause, version);
          cut_to(clause, clause.stands_for);
        }
        out.insert(out.end(), mistakes.begin(), mistakes.end());
      }
  return out;
}

}  // namespace rackrate::market::contracts
