#include "sim/record/output_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/record/detail/file_steps.hpp"
#include "sim/record/detail/parts_files.hpp"

namespace rackrate::record {
namespace {

namespace fs = std::filesystem;

fs::path lock_file(const fs::path& folder) { return folder / detail::kLock; }

/// What a study left that was killed while it deleted its parts.
void remove_leftovers(const fs::path& folder) {
  const std::string scratch = detail::scratch_name(folder, folder).filename().string();
  const std::string prefix = scratch.substr(0, scratch.find(".tmp-") + 5);
  std::error_code error;
  for (const fs::path& file : detail::files_in(detail::folder_of(folder)))
    if (file.filename().string().starts_with(prefix) && fs::is_directory(file, error)) detail::remove_parts(file);
}

}  // namespace

OutputLock::OutputLock(fs::path folder, bool fresh) : folder_(std::move(folder)) {
  for (;;) {
    std::error_code error;
    const bool created = fs::create_directory(folder_, error);
    if (error) detail::fail_writing(folder_, error.message());
    if (fresh && !created)
      detail::fail(folder_, "a study was begun here and not finished", "nothing",
                   "Use --resume to go on, or --force to begin again.");
    file_ = ::open(lock_file(folder_).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0 && errno == ENOENT) continue;  // somebody finished and took the folder away in between
    if (file_ < 0) detail::fail_writing(folder_, std::strerror(errno));
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(file_);
      file_ = -1;
      detail::fail(folder_, "another study is writing here", "one study at a time for an output",
                   "Wait until it has ended, or choose another name.");
    }
    if (is_in_place()) break;
    ::close(file_);
    file_ = -1;
    fresh = false;  // the folder was ours; who took it away has finished
  }
  remove_leftovers(folder_);
}

OutputLock::~OutputLock() {
  if (file_ < 0) return;
  if (is_in_place() && detail::batches_in(folder_).empty()) detail::remove_parts(folder_);
  ::flock(file_, LOCK_UN);  // explicit: a process forked meanwhile holds the same open file
  ::close(file_);
}

bool OutputLock::is_in_place() const {
  struct stat here {
  }, there{};
  return ::fstat(file_, &here) == 0 && ::stat(lock_file(folder_).c_str(), &there) == 0 && here.st_dev == there.st_dev &&
         here.st_ino == there.st_ino;
}

void OutputLock::check() const {
  if (!is_in_place())
    detail::fail(folder_, "this folder was deleted or replaced while the study ran",
                 "a folder that nothing else touches", "Use --resume to run again what is missing.");
}

void OutputLock::remove() {
  const fs::path gone = detail::scratch_name(detail::folder_of(folder_), folder_);
  std::error_code error;
  if (detail::holds_only_parts(folder_))
    fs::rename(folder_, gone, error);  // a reader finds all of the parts or none
  else
    error = std::make_error_code(std::errc::directory_not_empty);
  detail::remove_parts(error ? folder_ : gone);
  ::close(std::exchange(file_, -1));
}

}  // namespace rackrate::record
