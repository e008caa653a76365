#include "sim/record/parts.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "sim/core/error.hpp"
#include "sim/record/detail/file_steps.hpp"
#include "sim/record/detail/json.hpp"
#include "sim/record/detail/parts_files.hpp"

namespace rackrate::record {
namespace {

namespace fs = std::filesystem;
using detail::fail;

std::string until_text(const Provenance& p) { return p.until ? core::to_string(*p.until) : ""; }

void add_labels(Replications asked, std::set<std::int64_t>& labels) {
  for (std::int64_t r = asked.first; r < asked.end(); ++r) labels.insert(r);
}

/// The end of the runs: a requested end beyond the scenarios' own has no effect.
core::SimTime end_of(const Provenance& p, core::SimTime own) { return p.until ? std::min(*p.until, own) : own; }

std::vector<Manifest::ArmDigest> digests(const std::vector<Arm>& arms) {
  std::vector<Manifest::ArmDigest> out;
  for (const Arm& arm : arms) {  // an arm that replays another's path is another run of its scenario
    const bool replays = !arm.replay_prices.empty() || !arm.replay_investment.empty();
    out.push_back(
        {arm.name,
         arm.digest +
             (replays ? " replays prices of " + arm.replay_prices + ", investment of " + arm.replay_investment : "") +
             (arm.interventions.empty() ? "" : " changed on the way: " + arm.interventions)});
  }
  return out;
}

std::string to_json(const Manifest& m) {
  const auto quoted = [](std::string_view text) { return detail::quoted(text); };
  std::string arms;
  for (const auto& arm : m.arms)
    arms += std::string(arms.empty() ? "" : ", ") + "{\"name\": " + quoted(arm.name) +
            ", \"digest\": " + quoted(arm.digest) + "}";
  return "{\n  \"format_version\": " + quoted(kFormatVersion) +
         ",\n  \"program_version\": " + quoted(m.provenance.program_version) +
         ",\n  \"commit\": " + quoted(m.provenance.commit) + ",\n  \"build_type\": " + quoted(m.provenance.build_type) +
         ",\n  \"seed\": " + std::to_string(m.provenance.seed) +
         ",\n  \"lookahead\": " + quoted(m.provenance.lookahead) +
         ",\n  \"baseline\": " + quoted(m.provenance.baseline) + ",\n  \"design\": " + quoted(m.provenance.design) +
         ",\n  \"until\": " + quoted(until_text(m.provenance)) + ",\n  \"arms\": [" + arms +
         "],\n  \"first_replication\": " + std::to_string(m.replications.first) +
         ",\n  \"replications\": " + std::to_string(m.replications.count) + "\n}\n";
}

namespace {

using detail::Json;

/// A field of the manifest. Throws std::runtime_error that names it when it is missing or of another type.
const Json& field(const Json& object, std::string_view name, Json::Kind kind, std::string_view expected) {
  const Json& found = object[name];
  if (found.kind != kind)
    throw std::runtime_error(std::string(name) + " is " + (found.kind == Json::Kind::Null ? "missing" : "no ") +
                             (found.kind == Json::Kind::Null ? "" : std::string(expected)));
  return found;
}
const std::string& text_in(const Json& object, std::string_view name) {
  return field(object, name, Json::Kind::Text, "text").text;
}

std::optional<core::SimTime> end_in(const Json& object) {
  const std::string& text = text_in(object, "until");
  core::SimTime until;
  if (text.empty()) return std::nullopt;
  if (!core::parse_time(text, until)) throw std::runtime_error("until is " + text + ", which is no date");
  return until;
}

}  // namespace

Manifest read_manifest(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  try {
    const detail::Json json = detail::parse_json(text.str());
    Manifest m;
    if (text_in(json, "format_version").empty()) throw std::runtime_error("format_version is empty");
    m.provenance = {text_in(json, "program_version"), text_in(json, "commit"),    text_in(json, "build_type"),
                    json["seed"].unsigned_integer(),  text_in(json, "lookahead"), text_in(json, "baseline"),
                    text_in(json, "design")};
    m.provenance.until = end_in(json);
    for (const Json& arm : field(json, "arms", Json::Kind::List, "list").items)
      m.arms.push_back({text_in(arm, "name"), text_in(arm, "digest")});
    m.replications = {json["first_replication"].integer(), json["replications"].integer()};
    return m;
  } catch (const std::runtime_error& error) {
    fail(path, "this is no manifest of a study (" + std::string(error.what()) + ")", "the JSON that rackrate wrote",
         "Use --force to begin the study again.");
  }
}

/// Two results belong together when scenario, seed, version and length are the same.
void require_same(const fs::path& path, const Provenance& here, const std::vector<Manifest::ArmDigest>& arms_here,
                  const Provenance& wanted, const std::vector<Arm>& wanted_as) {
  const std::vector<Manifest::ArmDigest> arms_wanted = digests(wanted_as);
  const std::string remedy = "Run with the same scenarios, seed and version, or use --force to begin again.";
  const auto version = [](const Provenance& p) {
    return p.program_version + (p.commit.empty() ? "" : " (" + p.commit + ")");
  };
  if (here.seed != wanted.seed) fail(path, "seed is " + std::to_string(here.seed), std::to_string(wanted.seed), remedy);
  if (version(here) != version(wanted))
    fail(path, "it was begun with rackrate " + version(here), version(wanted), remedy);
  const auto list = [](const std::vector<Manifest::ArmDigest>& arms) {
    std::string out;
    for (const auto& arm : arms) out += (out.empty() ? "" : ", ") + arm.name;
    return out;
  };
  if (list(arms_here) != list(arms_wanted)) fail(path, "its arms are " + list(arms_here), list(arms_wanted), remedy);
  for (std::size_t i = 0; i < arms_here.size(); ++i)
    if (arms_here[i].digest != arms_wanted[i].digest)
      fail(path, "the scenario of arm " + arms_here[i].name + " has digest " + arms_here[i].digest.substr(0, 12),
           arms_wanted[i].digest.substr(0, 12), remedy);
  if (here.design != wanted.design)
    fail(path, "its arms come from another design", "the groups of this request", remedy);
  if (here.baseline != wanted.baseline) fail(path, "its baseline is " + here.baseline, wanted.baseline, remedy);
  for (const Arm& arm : wanted_as)  // equal digests: the own end is the same here and there
    if (end_of(here, arm.axes.end) != end_of(wanted, arm.axes.end))
      fail(path, "its runs end on " + core::to_string(end_of(here, arm.axes.end)),
           core::to_string(end_of(wanted, arm.axes.end)), "Run with the same --until, or use --force to begin again.");
}

}  // namespace

fs::path parts_folder(const fs::path& path) { return detail::behind_links(path).string() + ".parts"; }

namespace {

/// Refuses a name that is taken by something that a file cannot replace.
void require_replaceable(const fs::path& path) {
  std::error_code error;
  const fs::file_status what = fs::status(path, error), parts = fs::status(parts_folder(path));
  if (fs::is_directory(what)) fail(path, "this is a folder", "a file name", "Give the name of a file in it.");
  if (fs::exists(what) && !fs::is_regular_file(what))
    fail(path, "this is no regular file", "a file name", "Choose another name.");
  // Also for root, who may write it: whoever took the right away meant to keep the file.
  constexpr fs::perms kWrite = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  if (fs::exists(what) && (what.permissions() & kWrite) == fs::perms::none)
    fail(path, "this file is read-only", "a file that may be written", "Give it the right, or choose another name.");
  if (fs::exists(parts) && !fs::is_directory(parts))
    fail(parts_folder(path), "this is no folder", "nothing, or the finished parts of a study",
         "Move it away or choose another name.");
}

}  // namespace

void prepare_output(const fs::path& name, OutputMode mode) {
  std::error_code error;
  if (name.empty() || !name.has_filename())
    fail(name, "this names no file", "a file name such as out.h5", "Give one with -o.");
  const fs::path path = detail::behind_links(name);
  (void)fs::status(parts_folder(path), error);  // the longest name that is needed
  if (error == std::errc::filename_too_long)
    fail(path, "its name is too long", "a shorter file name", "Choose another name.");
  require_replaceable(path);
  const fs::path folder = detail::folder_of(path);
  if (!fs::is_directory(folder, error))
    fail(path, "its folder does not exist", "an existing folder", "Create " + folder.string() + " first.");
  // Only an attempt shows it: root passes every permission check, also where nothing can be created.
  try {
    (void)detail::ScratchFile(folder, path);
  } catch (const core::ResultFileError&) {
    fail(path, "its folder cannot be written to", "a folder you may write to",
         "Choose another place or change its permissions.");
  }
  if (mode != OutputMode::Fresh) return;
  if (fs::exists(path, error))
    fail(path, "this file exists", "a new name",
         "Use --resume to add replications, --force to replace it, or another name.");
  if (fs::exists(parts_folder(path), error))
    fail(parts_folder(path), "a study was begun here and not finished", "nothing",
         "Use --resume to go on, or --force to begin again.");
}

std::optional<Unfinished> find_parts(const fs::path& path) {
  const fs::path folder = parts_folder(path);
  std::error_code error;
  if (!fs::is_directory(folder, error)) return std::nullopt;
  Unfinished out;
  if (fs::exists(folder / detail::kManifest, error)) out.manifest = read_manifest(folder / detail::kManifest);
  out.batches = detail::batches_in(folder);
  std::set<RunId> done;
  for (const fs::path& batch : out.batches) {
    const ResultReader reader(batch);
    done.insert(reader.complete().begin(), reader.complete().end());
  }
  out.done.assign(done.begin(), done.end());
  return out;
}

std::size_t Unfinished::asked() const {
  const Replications& r = manifest.replications;
  const auto beside = std::count_if(done.begin(), done.end(), [&](const RunId& run) {
    return run.replication < r.first || run.replication >= r.end();
  });
  return manifest.arms.size() * static_cast<std::size_t>(r.count) + static_cast<std::size_t>(beside);
}

Result read_finished(const fs::path& path) {
  std::error_code error;
  const std::optional<Unfinished> parts = fs::exists(path, error) ? std::nullopt : find_parts(path);
  if (!parts || parts->batches.empty()) return read_result(path);
  Result out;
  std::map<RunId, RunSeries> runs;
  for (const fs::path& batch : parts->batches) {
    Result part = read_result(batch);
    for (RunSeries& run : part.runs) runs.try_emplace(RunId{run.arm, run.replication}, std::move(run));
    if (out.arms.empty()) {
      out.provenance = std::move(part.provenance);
      out.arms = std::move(part.arms);
    }
  }
  std::set<std::int64_t> labels;
  add_labels(parts->manifest.replications, labels);
  std::vector<std::string> names;
  std::vector<RunPrint> prints;
  for (const Arm& arm : out.arms) {
    names.push_back(arm.name);
    for (auto& [id, run] : runs) {
      if (id.arm != arm.name) continue;
      labels.insert(id.replication);
      prints.push_back({id.arm, id.replication, fingerprint(run)});
      out.runs.push_back(std::move(run));
    }
  }
  out.replications.assign(labels.begin(), labels.end());
  out.fingerprint = combined_fingerprint(names, std::move(prints));
  return out;
}

void merge_results(std::span<const fs::path> sources, const fs::path& target, Replications asked,
                   const fs::path& scratch_folder, std::span<const RunId> promised) {
  if (sources.empty()) fail(target, "there is nothing to merge", "at least one finished batch", "Run the study first.");
  using Place = std::pair<std::int64_t, std::size_t>;  // replication, number of the arm: the order of writing, whatever
                                                       // order runs ended in
  std::map<Place, std::size_t> where;
  std::set<std::int64_t> labels;
  add_labels(asked, labels);
  const ResultReader first(sources.front());
  const auto arm_number = [&](const std::string& name) {
    return static_cast<std::size_t>(
        std::find_if(first.arms().begin(), first.arms().end(), [&](const Arm& a) { return a.name == name; }) -
        first.arms().begin());
  };
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const ResultReader reader(sources[i]);
    require_same(sources[i], reader.provenance(), digests(reader.arms()), first.provenance(), first.arms());
    for (const RunId& run : reader.complete()) {
      where.try_emplace(Place{run.replication, arm_number(run.arm)}, i);
      labels.insert(run.replication);
    }
  }
  for (const RunId& run : promised)
    if (!where.contains(Place{run.replication, arm_number(run.arm)}))
      fail(parts_folder(target),
           "replication " + std::to_string(run.replication) + " of arm " + run.arm +
               " was finished and is no longer there",
           "every finished run", "Something else deletes files here; use --resume to run it again.");
  ResultWriter writer(target, first.provenance(), first.arms(), {labels.begin(), labels.end()}, scratch_folder);
  std::optional<ResultReader> other;  // two files open, one run in memory at a time
  std::size_t opened = 0;
  for (const auto& [place, i] : where) {
    if (i != 0 && i != opened) {
      other.reset();
      other.emplace(sources[i]);
      opened = i;
    }
    const ResultReader& reader = i == 0 ? first : *other;
    writer.write(reader.read_checked({first.arms()[place.second].name, place.first}));
  }
  writer.finish();
}

StudyOutput::StudyOutput(fs::path path, OutputMode mode, Provenance provenance, std::vector<Arm> arms,
                         Replications replications)
    : path_(detail::behind_links(path)),
      provenance_(std::move(provenance)),
      arms_(std::move(arms)),
      replications_(replications) {
  prepare_output(path_, mode);
  const fs::path folder = parts_folder(path_);
  std::error_code error;
  lock_.emplace(folder, mode == OutputMode::Fresh);
  replaces_ = mode == OutputMode::Force;
  if (replaces_) detail::remove_parts_in(folder);
  std::set<RunId> done;
  if (mode == OutputMode::Resume) {
    if (fs::exists(path_, error)) {
      const ResultReader reader(path_);
      require_same(path_, reader.provenance(), digests(reader.arms()), provenance_, arms_);
      done.insert(reader.complete().begin(), reader.complete().end());
      had_file_ = true;
    }
    if (const auto parts = find_parts(path_)) {
      if (!parts->manifest.arms.empty())
        require_same(folder, parts->manifest.provenance, parts->manifest.arms, provenance_, arms_);
      done.insert(parts->done.begin(), parts->done.end());
      for (const fs::path& file : detail::files_in(folder))
        if (detail::is_scratch(file)) fs::remove(file, error);
      for (const fs::path& batch : parts->batches) {
        const ResultReader reader(batch);
        require_same(batch, reader.provenance(), digests(reader.arms()), provenance_, arms_);
        next_batch_ =
            std::max(next_batch_,
                     static_cast<std::size_t>(std::strtoul(batch.stem().string().substr(6).c_str(), nullptr, 10)) + 1);
      }
    }
  }
  done_.assign(done.begin(), done.end());
  detail::publish_text(folder / detail::kManifest, to_json({provenance_, digests(arms_), replications_}));
}

void StudyOutput::add(std::span<const RunSeries> batch) {
  if (batch.empty()) return;
  std::string number;
  {
    const std::lock_guard lock(mutex_);
    number = std::to_string(next_batch_++);
  }
  const fs::path folder = parts_folder(path_);
  lock_->check();
  write_result(folder / ("batch-" + std::string(6 - std::min<std::size_t>(6, number.size()), '0') + number + ".h5"),
               provenance_, arms_, batch);
  const std::lock_guard lock(mutex_);
  for (const RunSeries& run : batch) added_.push_back({run.arm, run.replication});
}

void StudyOutput::finish(std::optional<Replications> asked) {
  const fs::path folder = parts_folder(path_);
  std::error_code error;
  lock_->check();
  if (!had_file_ && !replaces_ && fs::exists(path_, error))
    fail(path_, "this file appeared while the study ran", "no file of this name",
         "Move it away, then use --resume: what was finished is kept in " + folder.string() + ".");
  std::vector<RunId> promised = done_;
  promised.insert(promised.end(), added_.begin(), added_.end());
  std::vector<fs::path> sources;
  if (had_file_) sources.push_back(path_);
  const std::vector<fs::path> batches = detail::batches_in(folder);
  sources.insert(sources.end(), batches.begin(), batches.end());
  if (!had_file_ || !batches.empty())
    merge_results(sources, path_, asked.value_or(replications_),
                  detail::same_device(folder, detail::folder_of(path_)) ? folder : fs::path{}, promised);
  lock_->remove();
}

void keep_structural(const fs::path& path, const std::string& json) {
  const OutputLock lock(parts_folder(path), false);
  const ResultReader reader(path);
  Provenance provenance = reader.provenance();
  provenance.structural = json;
  ResultWriter writer(path, std::move(provenance), reader.arms(), reader.replications());
  for (const std::int64_t replication :
       reader.replications())  // in the order of merging, so that equal studies are equal bytes
    for (const Arm& arm : reader.arms())
      if (const RunId run{arm.name, replication};
          std::find(reader.complete().begin(), reader.complete().end(), run) != reader.complete().end())
        writer.write(reader.read_checked(run));
  writer.finish();
}

}  // namespace rackrate::record
