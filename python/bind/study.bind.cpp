#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "python/bind/bind.hpp"
#include "python/bind/in_use.hpp"
#include "python/bind/network.hpp"
#include "python/bind/run.hpp"
#include "sim/record/result_file.hpp"
#include "sim/study/comparable.hpp"
#include "sim/study/drivers.hpp"
#include "sim/study/explain.hpp"
#include "sim/study/simulation.hpp"
#include "sim/study/study.hpp"
#include "sim/study/terms.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <tuple>

#include <pybind11/stl/filesystem.h>

namespace py = pybind11;

namespace rackrate::bind {

core::SimTime day_of(const std::string& text, const char* key) {
  core::SimTime time;
  if (core::parse_time(text, time)) return time;
  throw core::mistake(key, "\"" + text + "\"", "a date, YYYY-MM-DD", "Write, say, 2026-04-27.");
}

namespace {

std::optional<core::SimTime> optional_day(const char* key, const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(day_of(text, key));
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
  out["prices"] = py::tuple(py::cast(answer.prices));
  return out;
}

study::Question question_of(const std::string& lab, const std::string& product, const std::string& channel,
                            const std::string& host, const std::string& runtime, const std::string& segment,
                            const std::string& region, const std::string& model_class, const std::string& date,
                            const std::string& released, const std::string& holder_ships, bool holder_cannot,
                            bool holder_declines) {
  study::Question question{.lab = lab,
                           .product = product,
                           .channel = channel,
                           .host = host,
                           .runtime = runtime,
                           .segment = segment,
                           .region = region,
                           .model_class = model_class,
                           .date = day_of(date),
                           .release = {}};
  if (!released.empty()) {
    question.release = {.date = day_of(released, "released"),
                        .holder_ga = core::kNever,
                        .holder_can = !holder_cannot,
                        .holder_declines = holder_declines};
    if (!holder_ships.empty()) question.release.holder_ga = day_of(holder_ships, "holder_ships");
  }
  return question;
}

/// A simulation and the scenario it came from, as Python holds them. Every function that Python calls takes `in_use`
/// first: while one thread runs the simulation without the GIL, others get an error and not a world in the middle of a
/// window.
struct HeldSimulation {
  scenario::Scenario scenario;
  scenario::Scenario recorded;  ///< without what waits for the next window boundary
  std::uint64_t seed = 0;
  std::uint64_t replication = 0;
  study::Simulation simulation;
  mutable UseFlag in_use;

  HeldSimulation(scenario::Scenario from, std::uint64_t s, std::uint64_t r, market::Replay replay)
      : scenario(std::move(from)),
        recorded(scenario),
        seed(s),
        replication(r),
        simulation(scenario, s, r, std::move(replay)) {}

  void run_until(core::SimTime until) {
    const Use use(in_use);
    run_watched([&](const std::atomic<bool>& stop) { simulation.run_until(until, 1, &stop); });
  }
  /// Takes over an amended scenario; a mistake leaves everything as it was.
  void adopt(scenario::Scenario amended) {
    const bool waited = simulation.world().change_is_pending();
    simulation.continue_under(amended);
    if (!waited) recorded = scenario;
    scenario = std::move(amended);
  }
  void amend(const std::string& contract, const std::string& label, const std::string& signed_on,
             const std::string& effective, const std::string& ends, const std::string& clauses,
             const std::optional<std::string>& parties, const std::string& conflict) {
    const Use use(in_use);
    adopt(scenario.amended({contract, label, optional_day("signed", signed_on), optional_day("effective", effective),
                            optional_day("ends", ends), clauses, parties, conflict},
                           simulation.next_boundary()));
  }
  void terminate(const std::string& contract, const std::string& effective, const std::string& under) {
    const Use use(in_use);
    const auto at = simulation.next_boundary();
    const auto date = optional_day("effective", effective).value_or(at);
    adopt(under.empty() ? scenario.terminated(contract, date, at) : scenario.noticed(contract, under, date, at));
  }
  void override_with(const std::vector<std::pair<std::string, std::string>>& values) {
    const Use use(in_use);
    adopt(scenario.overridden_from(values, simulation.next_boundary()));
  }
  /// What a function of the simulation says, while nothing else is done to it.
  template <class F>
  auto ask(F&& of) const {
    const Use use(in_use);
    return of(simulation);
  }
  /// `interventions`: JSON of what was changed on the way, as far as it has taken effect.
  [[nodiscard]] study::StudyOptions as_study(const std::string& interventions) const {
    study::StudyOptions options;
    options.arms = {{scenario.name(), simulation.world().change_is_pending() ? recorded : scenario, {}, interventions}};
    options.baseline = scenario.name();
    options.seed = seed;
    return options;
  }
  void write(const std::filesystem::path& path, const std::string& interventions) const {
    const Use use(in_use);
    const study::StudyOptions options = as_study(interventions);
    const record::RunSeries runs[] = {simulation.series()};
    record::write_result(path, study::provenance_of(options), {study::arm_of(options.arms.front())}, runs);
  }
  [[nodiscard]] py::dict content(const std::string& interventions) const {
    const Use use(in_use);
    const study::StudyOptions options = as_study(interventions);
    const record::RunSeries runs[] = {simulation.series()};
    auto arrays = std::make_shared<record::ResultArrays>(study::provenance_of(options),
                                                         std::vector{study::arm_of(options.arms.front())},
                                                         std::vector{static_cast<std::int64_t>(replication)});
    arrays->add(runs);
    return content_of(std::move(arrays));
  }
};

/// (date, index) by actor.
py::list prices(const std::vector<std::vector<market::DecisionFact>>& path) {
  py::list out;
  for (const auto& actor : path) {
    py::list steps;
    for (const auto& step : actor)
      if (step.channel < 0) steps.append(py::make_tuple(core::to_string(step.time), step.price_index));
    out.append(steps);
  }
  return out;
}

/// (date, H100e wanted, kW of sites started) by cloud.
py::list investments(const std::vector<std::vector<market::DecisionFact>>& path) {
  py::list out;
  for (const auto& cloud : path) {
    py::list steps;
    for (const auto& step : cloud)
      steps.append(py::make_tuple(core::to_string(step.time), step.order_h100e, step.site_kw));
    out.append(steps);
  }
  return out;
}

/// (milliseconds since 1970, actor, price index, H100e, kW, channel) of each decision: plain values, exact.
py::tuple rows_of(const std::vector<std::vector<market::DecisionFact>>& path) {
  py::tuple out(path.size());
  for (std::size_t actor = 0; actor < path.size(); ++actor) {
    py::tuple rows(path[actor].size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const market::DecisionFact& fact = path[actor][i];
      rows[i] = py::make_tuple(fact.time.time_since_epoch().count(), fact.actor, fact.price_index, fact.order_h100e,
                               fact.site_kw, fact.channel);
    }
    out[actor] = rows;
  }
  return out;
}

std::vector<std::vector<market::DecisionFact>> facts_of(const py::handle& rows, market::DecisionKind kind) {
  using Row = std::tuple<std::int64_t, std::int16_t, double, double, double, std::int16_t>;
  std::vector<std::vector<market::DecisionFact>> out;
  for (const auto& actor : rows.cast<std::vector<std::vector<Row>>>()) {
    auto& facts = out.emplace_back();
    for (const auto& [time, index, price, order, site, channel] : actor)
      facts.push_back({core::SimTime{core::SimDuration{time}}, kind, index, price, order, site, channel});
  }
  return out;
}

py::tuple state_of(const market::DecisionPath& path) {
  return py::make_tuple(path.seed, path.replication, rows_of(path.cloud_prices.rows()), rows_of(path.lab_prices.rows()),
                        rows_of(path.investments.rows()));
}

market::DecisionPath path_of(const py::tuple& state) {
  using enum market::DecisionKind;
  return {state[0].cast<std::uint64_t>(), state[1].cast<std::uint64_t>(), facts_of(state[2], CloudPrice),
          facts_of(state[3], LabPrice), facts_of(state[4], Investment)};
}

record::OutputMode mode_of(const std::string& text) {
  return text == "resume"  ? record::OutputMode::Resume
         : text == "force" ? record::OutputMode::Force
                           : record::OutputMode::Fresh;
}

/// Name, scenario, and the arms whose prices and investment it replays (empty: none).
using ArmRow = std::tuple<std::string, scenario::Scenario, std::string, std::string>;

study::StudyOptions options_of(const std::vector<ArmRow>& arms, const std::string& baseline,
                               std::int64_t first_replication, std::int64_t replications, std::uint64_t seed,
                               int threads, const std::string& until, const std::string& design, bool share_past) {
  study::StudyOptions options;
  for (const auto& [name, scenario, prices, investment] : arms)
    options.arms.push_back({name, scenario, {prices, investment}});
  options.design = design;
  options.baseline = baseline;
  options.replications = {first_replication, replications};
  options.seed = seed;
  options.threads = threads;
  options.share_past = share_past;
  if (!until.empty()) options.until = day_of(until);
  return options;
}

/// Does `work(stop, listen)`, and tells `progress` how many runs are done, on the thread of the caller.
template <class Work>
void run_told(const py::object& progress, Work&& work) {
  std::mutex mutex;
  study::Progress latest, told;
  const auto listen = [&](const study::Progress& now) {
    const std::lock_guard lock(mutex);
    latest = now;
  };
  const auto tell = [&] {
    study::Progress now;
    {
      const std::lock_guard lock(mutex);
      now = latest;
    }
    if (progress.is_none() || now.done == told.done) return;
    told = now;
    progress(now.done, now.total);
  };
  run_watched([&](const std::atomic<bool>& stop) { work(stop, listen); }, tell);
  tell();
}

void run_study(const std::vector<ArmRow>& arms, const std::string& baseline, std::int64_t first_replication,
               std::int64_t replications, std::uint64_t seed, int threads, const std::string& until,
               const std::string& design, bool share_past, const py::object& progress, const std::filesystem::path& out,
               const std::string& mode) {
  study::StudyOptions options =
      options_of(arms, baseline, first_replication, replications, seed, threads, until, design, share_past);
  options.out = out;
  options.mode = mode_of(mode);
  run_told(progress, [&](const auto& stop, const auto& listen) { study::run_study(options, stop, listen); });
}

py::dict collect_study(const std::vector<ArmRow>& arms, const std::string& baseline, std::int64_t first_replication,
                       std::int64_t replications, std::uint64_t seed, int threads, const std::string& until,
                       const std::string& design, bool share_past, const py::object& progress) {
  const study::StudyOptions options =
      options_of(arms, baseline, first_replication, replications, seed, threads, until, design, share_past);
  std::shared_ptr<record::ResultArrays> arrays;
  run_told(progress,
           [&](const auto& stop, const auto& listen) { arrays = study::collect_study(options, stop, listen); });
  return content_of(std::move(arrays));
}

}  // namespace

void bind_study(py::module_& module) {
  py::class_<market::DecisionPath, std::shared_ptr<market::DecisionPath>>(module, "DecisionPath")
      .def_readonly("seed", &market::DecisionPath::seed)
      .def_readonly("replication", &market::DecisionPath::replication)
      .def("cloud_prices", [](const market::DecisionPath& path) { return prices(path.cloud_prices.rows()); })
      .def("lab_prices", [](const market::DecisionPath& path) { return prices(path.lab_prices.rows()); })
      .def("investments", [](const market::DecisionPath& path) { return investments(path.investments.rows()); })
      .def("__eq__",
           [](const market::DecisionPath& path, const py::object& other) {
             return py::isinstance<market::DecisionPath>(other) && path == other.cast<const market::DecisionPath&>();
           })
      .def("__hash__", [](const market::DecisionPath& path) { return py::hash(state_of(path)); })
      .def("__repr__",
           [](const market::DecisionPath& path) {
             return "<rackrate.DecisionPath of seed " + std::to_string(path.seed) + ", replication " +
                    std::to_string(path.replication) + ">";
           })
      .def("__dask_tokenize__",
           [](const market::DecisionPath& path) { return py::make_tuple("rackrate.DecisionPath", state_of(path)); })
      .def(py::pickle(&state_of, &path_of));
  py::class_<HeldSimulation>(module, "Simulation")
      .def(py::init([](const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t replication,
                       const std::optional<std::shared_ptr<market::DecisionPath>>& prices,
                       const std::optional<std::shared_ptr<market::DecisionPath>>& investment) {
             return HeldSimulation(scenario, seed, replication,
                                   {prices.value_or(nullptr), investment.value_or(nullptr)});
           }),
           py::arg("scenario"), py::arg("seed"), py::arg("replication"), py::arg("replay_prices"),
           py::arg("replay_investment"))
      .def_property_readonly("now",
                             [](const HeldSimulation& held) {
                               return held.ask([](const study::Simulation& s) { return core::to_string(s.now()); });
                             })
      .def_property_readonly(
          "next_boundary",
          [](const HeldSimulation& held) {
            return held.ask([](const study::Simulation& s) { return core::to_string(s.next_boundary()); });
          })
      .def(
          "run_until", [](HeldSimulation& held, const std::string& date) { held.run_until(day_of(date)); },
          py::arg("date"))
      .def(
          "end_at",
          [](HeldSimulation& held, const std::string& until) {
            const Use use(held.in_use);
            held.simulation.end_at(day_of(until, "until"));
          },
          py::arg("until"))
      .def_property_readonly(
          "booked_until",
          [](const HeldSimulation& held) {
            return held.ask([](const study::Simulation& s) { return core::to_string(s.booked_until()); });
          })
      .def("run", [](HeldSimulation& held) { held.run_until(held.scenario.parameters().run.end); })
      .def("amend", &HeldSimulation::amend, py::arg("contract"), py::arg("label"), py::arg("signed_on"),
           py::arg("effective"), py::arg("ends"), py::arg("clauses"), py::arg("parties"), py::arg("conflict"))
      .def("terminate", &HeldSimulation::terminate, py::arg("contract"), py::arg("effective"), py::arg("under"))
      .def("override_with", &HeldSimulation::override_with, py::arg("values"))
      .def_property_readonly("scenario", [](const HeldSimulation& held) { return held.scenario; })
      .def(
          "explain",
          [](const HeldSimulation& held, const std::string& lab, const std::string& product, const std::string& channel,
             const std::string& host, const std::string& runtime, const std::string& segment, const std::string& region,
             const std::string& model_class, const std::string& date, const std::string& released,
             const std::string& holder_ships, bool holder_cannot, bool holder_declines) {
            const Use use(held.in_use);
            return to_dict(
                study::explain(held.simulation.world().registry(), held.scenario.parameters(),
                               question_of(lab, product, channel, host, runtime, segment, region, model_class, date,
                                           released, holder_ships, holder_cannot, holder_declines)));
          },
          py::arg("lab"), py::arg("product"), py::arg("channel"), py::arg("host"), py::arg("runtime"),
          py::arg("segment"), py::arg("region"), py::arg("model_class"), py::arg("date"), py::arg("released"),
          py::arg("holder_ships"), py::arg("holder_cannot"), py::arg("holder_declines"))
      .def("fork",
           [](const HeldSimulation& held) {
             const Use use(held.in_use);
             return HeldSimulation(held);
           })
      .def(
          "elasticities",
          [](const HeldSimulation& held, bool by_offer, bool settled) {
            return held.ask(
                [&](const study::Simulation& simulation) { return elasticities_of(simulation, by_offer, settled); });
          },
          py::arg("by_offer"), py::arg("settled"))
      .def("agreements", [](const HeldSimulation& held) { return held.ask(&agreements_of); })
      .def("network", [](const HeldSimulation& held) { return held.ask(&network_of); })
      .def(
          "servable",
          [](const HeldSimulation& held, const std::string& lab, const std::vector<std::string>& clouds) {
            return held.ask([&](const study::Simulation& s) { return servable_by(s, lab, clouds); });
          },
          py::arg("lab"), py::arg("clouds"))
      .def("decisions",
           [](const HeldSimulation& held) {
             return held.ask(
                 [](const study::Simulation& s) { return std::make_shared<market::DecisionPath>(s.decisions()); });
           })
      .def("fingerprint",
           [](const HeldSimulation& held) {
             return held.ask([](const study::Simulation& s) { return s.fingerprint(); });
           })
      .def("write", &HeldSimulation::write, py::arg("path"), py::arg("interventions"))
      .def("content", &HeldSimulation::content, py::arg("interventions"));
  module.def("run_study", &run_study, py::arg("arms"), py::arg("baseline"), py::arg("first_replication"),
             py::arg("replications"), py::arg("seed"), py::arg("threads"), py::arg("until"), py::arg("design"),
             py::arg("share_past"), py::arg("progress"), py::arg("out"), py::arg("mode"));
  module.def("collect_study", &collect_study, py::arg("arms"), py::arg("baseline"), py::arg("first_replication"),
             py::arg("replications"), py::arg("seed"), py::arg("threads"), py::arg("until"), py::arg("design"),
             py::arg("share_past"), py::arg("progress"));
  module.def(
      "drivers",
      [](const scenario::Scenario& scenario, std::uint64_t seed, std::uint64_t first, std::uint64_t count) {
        study::Drivers found;
        {
          const py::gil_scoped_release others_run;
          found = study::drivers(scenario, seed, first, count);
        }
        return std::make_pair(std::move(found.names), std::move(found.values));
      },
      py::arg("scenario"), py::arg("seed"), py::arg("first"), py::arg("count"));
  module.def(
      "check_comparable",
      [](const std::vector<std::pair<std::string, scenario::Scenario>>& arms) {
        for (const auto& [name, scenario] : arms)
          study::check_comparable({name, scenario}, {arms.front().first, arms.front().second});
      },
      py::arg("arms"));
  module.def("terms_digest", &study::terms_digest, py::arg("scenario"));
  module.def(
      "explain",
      [](const scenario::Scenario& scenario, const std::string& lab, const std::string& product,
         const std::string& channel, const std::string& host, const std::string& runtime, const std::string& segment,
         const std::string& region, const std::string& model_class, const std::string& date,
         const std::string& released, const std::string& holder_ships, bool holder_cannot, bool holder_declines,
         std::uint64_t seed, std::uint64_t replication) {
        return to_dict(study::explain(scenario,
                                      question_of(lab, product, channel, host, runtime, segment, region, model_class,
                                                  date, released, holder_ships, holder_cannot, holder_declines),
                                      seed, replication));
      },
      py::arg("scenario"), py::arg("lab"), py::arg("product"), py::arg("channel"), py::arg("host"), py::arg("runtime"),
      py::arg("segment"), py::arg("region"), py::arg("model_class"), py::arg("date"), py::arg("released"),
      py::arg("holder_ships"), py::arg("holder_cannot"), py::arg("holder_declines"), py::arg("seed"),
      py::arg("replication"));
}

}  // namespace rackrate::bind
