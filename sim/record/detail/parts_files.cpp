#include "sim/record/detail/parts_files.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/record/detail/file_steps.hpp"

namespace rackrate::record::detail {
namespace {

namespace fs = std::filesystem;

/// batch-000000.h5; the number has more digits when it needs them.
bool is_batch(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string_view digits = std::string_view(name).substr(std::min<std::size_t>(name.size(), 6));
  return name.starts_with("batch-") && digits.ends_with(".h5") && digits.size() >= 9 && digits.size() < 20 &&
         digits.find_first_not_of("0123456789") == digits.size() - 3;
}

bool is_lock(const fs::path& path) { return path.filename() == kLock; }
bool is_ours(const fs::path& path) {
  return is_batch(path) || is_scratch(path) || path.filename() == kManifest || is_lock(path);
}

}  // namespace

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    out.push_back(at->path());
  return out;
}

std::vector<fs::path> batches_in(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const fs::path& file : files_in(folder))
    if (is_batch(file)) out.push_back(file);
  std::sort(out.begin(), out.end());
  return out;
}

bool holds_only_parts(const fs::path& folder) {
  const auto files = files_in(folder);
  return std::all_of(files.begin(), files.end(), is_ours);
}

void remove_parts_in(const fs::path& folder) {
  std::error_code error;
  for (const fs::path& file : files_in(folder))
    if (is_ours(file) && !is_lock(file)) fs::remove(file, error);
}

void remove_parts(const fs::path& folder) {
  remove_parts_in(folder);
  std::error_code error;
  fs::remove(folder / kLock, error);
  fs::remove(folder, error);
}

}  // namespace rackrate::record::detail
