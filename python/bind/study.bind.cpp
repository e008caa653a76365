#include <string>

#include "python/bind/bind.hpp"
#include "sim/study/explain.hpp"

namespace py = pybind11;

namespace rackrate::bind {
namespace {

core::SimTime day_of(const std::string& text) {
  core::SimTime time;
  if (core::parse_time(text, time)) return time;
  core::Mistake mistake;
  mistake.where.key = "date";
  mistake.got = "\"" + text + "\"";
  mistake.expected = "a date, YYYY-MM-DD";
  mistake.remedy = "Write, say, 2026-04-27.";
  throw core::ScenarioError(mistake);
}

// None where the answer has no earliest or latest day.
py::object day_or_none(core::SimTime time) {
  if (time <= core::kAlways || time >= core::kNever) return py::none();
  return py::str(core::to_string(time));
}

py::dict to_dict(const study::Explanation& answer) {
  py::dict out;
  out["state"] = answer.state;
  out["step"] = answer.step;
  out["role"] = answer.role;
  out["contract"] = answer.contract;
  out["version"] = answer.version;
  out["clause"] = answer.clause;
  out["conflict"] = answer.conflict;
  out["host"] = answer.host;
  out["runtime"] = answer.runtime;
  out["since"] = day_or_none(answer.since);
  out["until"] = day_or_none(answer.until);
  return out;
}

}  // namespace

void bind_study(py::module_& module) {
  module.def(
      "explain",
      [](const scenario::Scenario& scenario, const std::string& lab, const std::string& product,
         const std::string& channel, const std::string& host, const std::string& runtime, const std::string& segment,
         const std::string& region, const std::string& model_class, const std::string& date) {
        const study::Question question{.lab = lab, .product = product, .channel = channel, .host = host,
                                       .runtime = runtime, .segment = segment, .region = region,
                                       .model_class = model_class, .date = day_of(date)};
        return to_dict(study::explain(scenario, question));
      },
      py::arg("scenario"), py::arg("lab"), py::arg("product"), py::arg("channel"), py::arg("host"), py::arg("runtime"),
      py::arg("segment"), py::arg("region"), py::arg("model_class"), py::arg("date"));
}

}  // namespace rackrate::bind
