#include "sim/record/output_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "sim/core/error.hpp"
#include "sim/record/detail/file_steps.hpp"

namespace rackrate::record {
namespace {

namespace fs = std::filesystem;

fs::path lock_file(const fs::path& folder) { return folder / "lock"; }

bool holds_batches(const fs::path& folder) {
  std::error_code error;
  const fs::directory_iterator entries(folder, error);
  return !error && std::any_of(begin(entries), end(entries), [](const fs::directory_entry& e) { return e.path().extension() == ".h5" && !detail::is_scratch(e.path()); });
}

/// What a study left that was killed while it deleted its parts.
void remove_leftovers(const fs::path& folder) {
  const std::string prefix = "." + folder.filename().string() + ".tmp-";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(detail::folder_of(folder), error))
    if (entry.path().filename().string().starts_with(prefix)) fs::remove_all(entry.path(), error);
}

}  // namespace

OutputLock::OutputLock(fs::path folder, bool fresh) : folder_(std::move(folder)) {
  for (;;) {
    std::error_code error;
    const bool created = fs::create_directory(folder_, error);
    if (error) detail::fail_writing(folder_, error.message());
    if (fresh && !created) detail::fail(folder_, "a study was begun here and not finished", "nothing", "Use --resume to go on, or --force to begin again.");
    file_ = ::open(lock_file(folder_).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0 && errno == ENOENT) continue;   // somebody finished and took the folder away in between
    if (file_ < 0) detail::fail_writing(folder_, std::strerror(errno));
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(file_);
      file_ = -1;
      detail::fail(folder_, "another study is writing here", "one study at a time for an output", "Wait until it has ended, or choose another name.");
    }
    if (is_in_place()) break;
    ::close(file_);
    file_ = -1;
    fresh = false;   // the folder was ours; who took it away has finished
  }
  remove_leftovers(folder_);
}

OutputLock::~OutputLock() {
  if (file_ < 0) return;
  std::error_code ignored;
  if (is_in_place() && !holds_batches(folder_)) fs::remove_all(folder_, ignored);
  ::flock(file_, LOCK_UN);   // said outright: a process forked meanwhile holds the same open file
  ::close(file_);
}

bool OutputLock::is_in_place() const {
  struct stat here {}, there {};
  return ::fstat(file_, &here) == 0 && ::stat(lock_file(folder_).c_str(), &there) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

void OutputLock::check() const {
  if (!is_in_place())
    detail::fail(folder_, "this folder was deleted or replaced while the study ran", "a folder that nothing else touches", "Use --resume to run again what is missing.");
}

void OutputLock::remove() {
  const fs::path gone = detail::scratch_name(detail::folder_of(folder_), folder_);
  std::error_code error;
  fs::rename(folder_, gone, error);   // a reader sees all of the parts or none
  if (error) detail::fail_writing(folder_, error.message());
  fs::remove_all(gone, error);
  ::close(file_);
  file_ = -1;
}

}  // namespace rackrate::record
