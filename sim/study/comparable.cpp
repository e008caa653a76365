#include "sim/study/comparable.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/error.hpp"

namespace rackrate::study {
namespace {

using market::Parameters;
using record::Dim;

/// A key of the scenario, and whether two scenarios agree on it. `name` is the entity where the key holds a `*`.
struct Constant {
  std::string_view key;
  std::string_view why;
  bool (*same)(const Parameters&, const Parameters&, std::size_t entity);
};

bool same_fiscal_year(const Parameters& a, const Parameters& b, std::size_t firm) {
  const auto of = [firm](const Parameters& p) {
    const auto found = p.fiscal_year_end.find(p.vocabulary.firms[firm]);
    return found == p.fiscal_year_end.end() ? 12 : found->second;
  };
  return of(a) == of(b);
}

/// Every key of `run`, and the few others that are measures and no assumptions. Not here, because a difference in them
/// is a question about the market: chips and their H100-equivalents, power, prices, the enterprises that a segment
/// represents.
constexpr std::array<Constant, 8> kConstants{{
    {"run.start", "Months are compared with the same months.",
     [](const Parameters& a, const Parameters& b, std::size_t) { return a.run.start == b.run.start; }},
    {"run.end", "Sums over runs of different lengths differ by the length.",
     [](const Parameters& a, const Parameters& b, std::size_t) { return a.run.end == b.run.end; }},
    {"run.valuation_date", "Present values of different days are different dollars.",
     [](const Parameters& a, const Parameters& b, std::size_t) {
       return a.run.valuation_date == b.run.valuation_date;
     }},
    {"run.discount_rate", "Present values at different rates differ where no flow does.",
     [](const Parameters& a, const Parameters& b, std::size_t) { return a.run.discount_rate == b.run.discount_rate; }},
    {"run.window", "How often the market clears moves every series.",
     [](const Parameters& a, const Parameters& b, std::size_t) { return a.run.window == b.run.window; }},
    {"run.enterprises", "Pairs need the same sample of enterprises.",
     [](const Parameters& a, const Parameters& b, std::size_t) { return a.run.enterprises == b.run.enterprises; }},
    {"segments.*.sample_share", "Pairs need the same sample of enterprises.",
     [](const Parameters& a, const Parameters& b, std::size_t s) {
       return a.segments.rows()[s].sample_share == b.segments.rows()[s].sample_share;
     }},
    {"firms.*.fiscal_year_end", "Fiscal years are compared with the same fiscal years.", same_fiscal_year},
}};

const std::vector<std::string>& entities(const Parameters& p, std::string_view key) {
  static const std::vector<std::string> one{""};
  return key.starts_with("segments.") ? p.vocabulary.segments : key.starts_with("firms.") ? p.vocabulary.firms : one;
}

/// As the scenario states it, without quotes.
std::string stated(const scenario::Scenario& scenario, const std::string& key) {
  const auto item = scenario.find(key);
  std::string text = item ? item->value : "";
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  return text.empty() ? "not given" : text;
}

void check_labels(const Arm& arm, const Arm& base) {
  const record::Axes here = record::axes_of(arm.scenario.parameters()),
                     there = record::axes_of(base.scenario.parameters());
  for (const auto& dimension : record::dimensions()) {
    if (dimension.id == Dim::Clause || dimension.id == Dim::TrainingRun || dimension.id == Dim::Chip ||
        dimension.id == Dim::Time)
      continue;  // contracts, calendars and chips may differ, months follow from run.start and run.end
    const auto at = static_cast<std::size_t>(dimension.id);
    if (here.labels[at] != there.labels[at])
      throw core::mistake("arms." + arm.name, "a scenario with other " + std::string(dimension.name) + "s",
                          "those of " + base.name, "Arms of one comparison differ in contracts, prices or numbers.");
  }
}

}  // namespace

void check_comparable(const Arm& arm, const Arm& base) {
  check_labels(arm, base);
  const Parameters &a = arm.scenario.parameters(), &b = base.scenario.parameters();
  for (const Constant& constant : kConstants) {
    const auto& names = entities(a, constant.key);
    for (std::size_t entity = 0; entity < names.size(); ++entity) {
      if (constant.same(a, b, entity)) continue;
      std::string key(constant.key);
      if (const auto star = key.find('*'); star != std::string::npos) key.replace(star, 1, names[entity]);
      const std::string got = stated(arm.scenario, key), expected = stated(base.scenario, key);
      throw core::mistake("arms." + arm.name + "." + key, got, expected + " as in " + base.name,
                          std::string(constant.why) + " Give all arms the same " + key + ".");
    }
  }
}

}  // namespace rackrate::study
