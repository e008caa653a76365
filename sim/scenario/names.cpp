#include "sim/scenario/names.hpp"

#include <algorithm>

namespace rackrate::scenario {
namespace {

std::vector<std::string> tables_under(const Node& table, std::string_view key) {
  std::vector<std::string> out;
  const Entry* entry = table.find(key);
  if (entry == nullptr) return out;
  for (const Entry& e : entry->value.entries)
    if (e.value.is_table()) out.push_back(e.key);
  return out;
}

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

NameTable::NameTable(const Node& root) {
  const auto list = [this](Names n) -> std::vector<std::string>& { return lists_[static_cast<std::size_t>(n)]; };
  list(Names::Firms) = tables_under(root, "firms");
  list(Names::Clouds) = tables_under(root, "clouds");
  list(Names::Vendors) = tables_under(root, "supply");
  list(Names::Channels) = tables_under(root, "channels");
  list(Names::Labs) = tables_under(root, "labs");
  list(Names::Segments) = tables_under(root, "segments");
  list(Names::Regions) = tables_under(root, "regions");
  list(Names::Sources) = tables_under(root, "sources");
  list(Names::Products).assign(market::kProductNames.begin(), market::kProductNames.end());
  if (const Entry* supply = root.find("supply"))
    for (const std::string& vendor : list(Names::Vendors))
      for (const std::string& chip : tables_under(supply->value, vendor)) list(Names::Chips).push_back(chip);
  for (const Names part : {Names::Clouds, Names::Channels, Names::Firms})
    for (const std::string& name : of(part)) list(Names::Actors).push_back(name);
  // Contracts may name two more: US national security, and everybody else.
  list(Names::ScopeSegments) = of(Names::Segments);
  for (const char* name : {"commercial", "us_natsec"}) list(Names::ScopeSegments).emplace_back(name);
  for (std::vector<std::string>& names : lists_) sort_unique(names);
}

bool NameTable::has(Names list, const std::string& name) const {
  if (list == Names::Sources && name == kOverrideSource) return true;
  return std::binary_search(of(list).begin(), of(list).end(), name);
}

std::string_view declared_in(Names list) {
  switch (list) {
    case Names::Any: return "any name";
    case Names::Firms: return "[firms]";
    case Names::Clouds: return "[clouds]";
    case Names::Vendors: return "[supply]";
    case Names::Chips: return "[supply.VENDOR]";
    case Names::Channels: return "[channels]";
    case Names::Labs: return "[labs]";
    case Names::Segments: return "[segments]";
    case Names::Regions: return "[regions]";
    case Names::Sources: return "[sources]";
    case Names::Products: return "the products";
    case Names::ScopeSegments: return "[segments], or commercial or us_natsec";
    case Names::Actors: return "[clouds], [channels] or [firms]";
  }
  return "";
}

}  // namespace rackrate::scenario
