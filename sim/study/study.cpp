#include "sim/study/study.hpp"

#include <algorithm>
#include <iomanip>
#include <numeric>
#include <set>
#include <sstream>

#include "sim/core/error.hpp"
#include "sim/core/rounding.hpp"
#include "sim/study/comparable.hpp"
#include "sim/study/simulation.hpp"
#include "sim/study/work.hpp"

#ifndef RACKRATE_COMMIT
#define RACKRATE_COMMIT ""
#endif
#ifndef RACKRATE_BUILD_TYPE
#define RACKRATE_BUILD_TYPE "unknown"
#endif

namespace rackrate::study {
namespace {

/// Every run of a study is a task that is held in memory.
constexpr std::int64_t kMostReplications = 1'000'000;
constexpr std::int64_t kLastReplication = std::int64_t{1} << 53;  // the largest that every reader of the file can hold

/// A path is taken from an arm of the study that decides for itself.
void check_replays(const StudyOptions& options) {
  for (const auto& arm : options.arms)
    for (const auto& [what, source] :
         {std::pair{"prices", &arm.replay.prices}, std::pair{"investment", &arm.replay.investment}}) {
      if (source->empty()) continue;
      const auto found =
          std::find_if(options.arms.begin(), options.arms.end(), [&](const Arm& a) { return a.name == *source; });
      if (found == options.arms.end() || !found->replay.empty())
        throw core::mistake("replay." + arm.name + "." + what, "\"" + *source + "\"",
                            "the name of an arm that replays nothing itself", "Take the baseline.");
    }
}

void check_until(const StudyOptions& options) {
  const auto start = options.arms.front().scenario.parameters().run.start;
  if (options.until && *options.until <= start)
    throw core::mistake("until", core::to_string(*options.until),
                        "a date after " + core::to_string(start) + ", where the run starts",
                        "Leave it out to run to the end.");
}

void check_replications(record::Replications r) {
  if (r.count < 1)
    throw core::mistake("replications", std::to_string(r.count), "a whole number >= 1", "Use 1 for a single run.");
  if (r.count > kMostReplications)
    throw core::mistake("replications", std::to_string(r.count), "at most " + std::to_string(kMostReplications),
                        "Split the study.");
  if (r.first < 0 || r.first > kLastReplication)
    throw core::mistake("the first replication", std::to_string(r.first),
                        "a whole number from 0 to " + std::to_string(kLastReplication), "Use 0 for the first of all.");
}

void check(const StudyOptions& options) {
  if (options.arms.empty()) throw core::mistake("arms", "empty", "at least one scenario", "Name one.");
  check_replications(options.replications);
  if (options.threads < 0 || options.threads > kMostThreads)
    throw core::mistake("threads", std::to_string(options.threads),
                        "a whole number between 0 and " + std::to_string(kMostThreads),
                        "Use 0 for as many as there are processors.");
  std::set<std::string> names;
  for (const auto& arm : options.arms) {
    if (!names.insert(arm.name).second)
      throw core::mistake("arms." + arm.name, "there twice", "a name for each arm", "Rename one.");
    check_comparable(arm, options.arms.front());
  }
  if (!names.contains(options.baseline))
    throw core::mistake("baseline", "\"" + options.baseline + "\"", "the name of an arm", "Take one of the arms.");
  check_until(options);
  check_replays(options);
}

std::string in_words(core::SimDuration window) {
  const auto text = [](double number) {
    std::ostringstream out;
    out << std::setprecision(10) << number;
    return out.str();
  };
  return window >= core::kDay && window % core::kDay == core::SimDuration{0} ? text(core::in_days(window)) + " d"
                                                                             : text(core::in_hours(window)) + " h";
}

}  // namespace

record::Provenance provenance_of(const StudyOptions& options) {
  record::Provenance p;
  p.program_version = RACKRATE_VERSION;
  p.commit = RACKRATE_COMMIT;
  p.build_type = RACKRATE_BUILD_TYPE;
  p.seed = options.seed;
  p.lookahead = in_words(options.arms.front().scenario.parameters().run.window);
  p.baseline = options.baseline;
  p.design = options.design;
  p.until = options.until;
  return p;
}

record::Arm arm_of(const Arm& arm) {
  const auto& p = arm.scenario.parameters();
  return {arm.name,
          arm.scenario.to_toml(),
          arm.scenario.digest(),
          p.run.discount_rate,
          core::to_string(p.run.valuation_date),
          record::axes_of(p),
          arm.replay.prices,
          arm.replay.investment,
          arm.interventions};
}

namespace {

std::vector<record::Arm> arms_of(const StudyOptions& options) {
  std::vector<record::Arm> arms;
  for (const auto& arm : options.arms) arms.push_back(arm_of(arm));
  return arms;
}

/// Returns false when it was stopped before the end.
bool run_all(const StudyOptions& options, record::RunOutput& output, const std::atomic<bool>& stop,
             const std::function<void(const Progress&)>& progress) {
  Work work(options, output, progress);
  const int threads = options.threads > 0 ? options.threads : engine::usable_processors();
  const auto workers = std::min<std::size_t>(static_cast<std::size_t>(threads), work.runs());
  if (workers == 1) {
    work.work(threads, stop);
  } else if (workers > 1) {
    const auto executor = engine::make_thread_executor(static_cast<int>(workers));
    executor->for_each(workers, [&](std::size_t) { work.work(1, stop); });
  }
  if (stop) return false;
  work.check_whole();
  return true;
}

}  // namespace

bool run_study(const StudyOptions& options, const std::atomic<bool>& stop,
               const std::function<void(const Progress&)>& progress) {
  const core::DefaultArithmetic arithmetic;
  check(options);
  record::StudyOutput output(options.out, options.mode, provenance_of(options), arms_of(options), options.replications);
  if (!run_all(options, output, stop, progress)) return false;
  output.finish();
  return true;
}

std::unique_ptr<record::ResultArrays> collect_study(const StudyOptions& options, const std::atomic<bool>& stop,
                                                    const std::function<void(const Progress&)>& progress) {
  const core::DefaultArithmetic arithmetic;
  check(options);
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(options.replications.count));
  std::iota(numbers.begin(), numbers.end(), options.replications.first);
  auto arrays = std::make_unique<record::ResultArrays>(provenance_of(options), arms_of(options), std::move(numbers));
  if (!run_all(options, *arrays, stop, progress)) return nullptr;
  return arrays;
}

}  // namespace rackrate::study
