#include "sim/record/detail/axes_json.hpp"

#include <stdexcept>

#include "sim/record/detail/json.hpp"

namespace rackrate::record::detail {

std::string axes_to_json(const Axes& axes) {
  std::string out = "{";
  for (const DimensionRow& d : dimensions())
    if (d.id != Dim::Time)
      out += quoted(d.name) + ": " + quoted_list(axes.labels[static_cast<std::size_t>(d.id)]) + ", ";
  return out + "\"start\": " + std::to_string(axes.start.time_since_epoch().count()) +
         ", \"end\": " + std::to_string(axes.end.time_since_epoch().count()) + "}";
}

Axes axes_from_json(const std::string& text) {
  const Json json = parse_json(text);
  Axes axes;
  for (const DimensionRow& d : dimensions())
    for (const Json& label : json[d.name].items) axes.labels[static_cast<std::size_t>(d.id)].push_back(label.text);
  axes.start = core::SimTime{core::SimDuration{json["start"].integer()}};
  axes.end = core::SimTime{core::SimDuration{json["end"].integer()}};
  if (axes.end <= axes.start || axes.end - axes.start > core::years(1000))
    throw std::runtime_error("the run has no length");
  for (int m = core::month_index(axes.start); m <= core::month_index(axes.end - core::SimDuration{1}); ++m)
    axes.months.push_back(m);
  return axes;
}

}  // namespace rackrate::record::detail
