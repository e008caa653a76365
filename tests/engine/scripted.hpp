#pragma once
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "sim/engine/simulator.hpp"
#include "tests/engine/toy_models.hpp"

/// A model for one test at a time: its behaviour is a lambda, its events carry one number.
namespace toys {

struct Value {
  std::int64_t value = 0;
  friend bool operator==(const Value&, const Value&) = default;
};

/// `handler` takes (context, event).
template <class Handler>
struct Toy {
  using Payload = Value;
  Handler handler;
  SimDuration link_minimum = ms(0);
  std::vector<SimTime> barriers = {};
  template <class Context>
  void handle(Context& context, const Event<Payload>& event) {
    handler(context, event);
  }
  [[nodiscard]] SimDuration min_delay(ProcessId, ProcessId) const { return link_minimum; }
  [[nodiscard]] std::string process_name(ProcessId p) const { return "toy/" + std::to_string(p); }
  void at_barrier(SimTime end) { barriers.push_back(end); }
};
template <class Handler>
Toy(Handler) -> Toy<Handler>;

using Sim = rackrate::engine::Simulator<Value>;
inline constexpr rackrate::engine::Options kTen{.start = at(0), .window = ms(10)};

/// What `f` throws, in words.
template <class F>
std::string text_of(F f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing was thrown";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace toys
