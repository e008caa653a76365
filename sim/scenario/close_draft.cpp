#include <utility>

#include "sim/market/contracts/notice.hpp"
#include "sim/scenario/reader.hpp"

namespace rackrate::scenario {
namespace {

template <class T>
std::vector<std::string> names_of(const T& things) {
  std::vector<std::string> names;
  for (const auto& thing : things) names.push_back(thing.name);
  return names;
}

}  // namespace

market::Parameters close_draft(Draft draft) {
  market::Parameters p = std::move(draft.parameters);
  if (p.run.valuation_date == core::kAlways) p.run.valuation_date = p.run.start;
  for (VendorDraft& v : draft.vendors) {
    for (ChipDraft& c : v.chips) {
      c.chip.name = c.name;
      c.chip.vendor = v.name;
      c.line.chip = c.name;
      if (c.line.from == core::kAlways) c.line.from = p.run.start;
      if (c.line.units_per_month > 0.0) v.vendor.lines.push_back(c.line);
      p.chips.push_back(std::move(c.chip));
    }
    p.vendors.push_back(std::move(v.vendor));
  }
  for (market::Lab& lab : p.labs)
    for (market::Stream& s : lab.streams)
      if (s.users_ceiling <= 0.0) s.users_ceiling = s.users;
  for (const FirmDraft& f : draft.firms) {
    p.vocabulary.firms.push_back(f.name);
    p.fiscal_year_end[f.name] = f.fiscal_year_end;
  }
  // Tables are walked in key order, so every list is already sorted by name.
  p.vocabulary.clouds = names_of(p.clouds);
  p.vocabulary.labs = names_of(p.labs);
  p.vocabulary.channels = names_of(p.channels);
  p.vocabulary.segments = names_of(p.segments);
  p.vocabulary.regions = std::move(draft.regions);
  // The text is unchanged, so a scenario that is written out and read again ends its contracts on the same day.
  for (market::Contract& contract : p.contracts) market::contracts::end_by_notice(contract);
  return p;
}

}  // namespace rackrate::scenario
