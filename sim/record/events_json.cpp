#include <exception>

#include "sim/core/error.hpp"
#include "sim/record/detail/json.hpp"
#include "sim/record/run_series.hpp"

namespace rackrate::record {

std::string events_to_json(const std::vector<Event>& events) {
  std::string out = "[";
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& e = events[i];
    out += std::string(i ? ",\n " : "") + "{\"time\": " + detail::quoted(core::to_string(e.time)) +
           ", \"kind\": " + detail::quoted(e.kind) + ", \"subject\": " + detail::quoted(e.subject) +
           ", \"text\": " + detail::quoted(e.text) + "}";
  }
  return out + "]";
}

std::vector<Event> events_from_json(const std::string& json) {
  std::vector<Event> out;
  try {
    const detail::Json list = detail::parse_json(json);
    if (list.kind != detail::Json::Kind::List) throw std::runtime_error("not a list");
    for (const detail::Json& item : list.items) {
      Event e{{}, item["kind"].text, item["subject"].text, item["text"].text};
      if (!core::parse_time(item["time"].text, e.time)) throw std::runtime_error("no time");
      out.push_back(std::move(e));
    }
  } catch (const std::runtime_error& error) {
    throw core::ResultFileError("event_log is no list of events (" + std::string(error.what()) +
                                "); expected [{\"time\": ..., \"kind\": ...}]");
  }
  return out;
}

}  // namespace rackrate::record
