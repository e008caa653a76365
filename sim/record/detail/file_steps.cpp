#include "sim/record/detail/file_steps.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "sim/core/error.hpp"
#include "sim/core/utf8.hpp"

namespace rackrate::record::detail {
namespace {

constexpr int kLinks = 40;  ///< as many as the kernel follows
constexpr std::size_t kScratchStem =
    100;  ///< bytes of the target's name in a scratch name, which must not become too long

std::atomic<long> calls_left{-1};

/// 0, or the error that a test requested.
int injected_error() {
  if (calls_left.load() < 0) return 0;
  long left = calls_left.load();
  while (left > 0 && !calls_left.compare_exchange_weak(left, left - 1)) {}
  return left > 0 ? 0 : ENOSPC;
}

/// Repeats a call that a signal interrupted; 0 or the error.
template <class Call>
int completed(Call&& call) {
  if (const int error = injected_error()) return error;
  while (call() < 0)
    if (errno != EINTR) return errno;
  return 0;
}

int sync(int file) {
  const int error = completed([file] { return ::fsync(file); });
  return error == EINVAL || error == ENOTSUP ? 0 : error;  // a file system that cannot
}

/// A name is safe once its folder is on disk. A folder that may not be read is left to the system.
int sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return errno == EACCES ? 0 : errno;
  const int error = sync(file);
  ::close(file);
  return error;
}

/// Text of one line, whatever bytes the name has.
std::string printable(std::string_view name) {
  static constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  while (!name.empty()) {
    const auto byte = static_cast<unsigned char>(name[0]);
    const std::size_t n = byte < 0x20 || byte == 0x7F ? 0 : core::utf8_length(name);
    if (n == 0)
      out += std::string("\\x") + kDigits[byte >> 4] + kDigits[byte & 15];
    else
      out += name.substr(0, n);
    name.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out;
}

}  // namespace

std::filesystem::path folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

std::filesystem::path scratch_name(const std::filesystem::path& folder, const std::filesystem::path& target) {
  static std::atomic<unsigned> calls{0};  // a name, not a result: nothing recorded depends on it
  return folder / ("." + target.filename().string().substr(0, kScratchStem) + ".tmp-" + std::to_string(::getpid()) +
                   "-" + std::to_string(calls++));
}

bool is_scratch(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(".") && name.find(".tmp-") != std::string::npos;
}

std::filesystem::path behind_links(const std::filesystem::path& path) {
  std::filesystem::path at = path;
  for (int i = 0; i < kLinks; ++i) {
    std::error_code error;
    const std::filesystem::path to = std::filesystem::read_symlink(at, error);
    if (error) return at;
    at = to.is_absolute() ? to : at.parent_path() / to;
  }
  fail(path, "this is a link that leads in a circle", "a file name", "Remove the link or choose another name.");
}

bool same_device(const std::filesystem::path& a, const std::filesystem::path& b) {
  struct stat one {
  }, other{};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev;
}

int write_at(int file, const void* bytes, std::size_t size, std::size_t offset) {
  if (const int error = injected_error()) return error;
  const char* from = static_cast<const char*>(bytes);
  while (size > 0) {
    const ::ssize_t n = ::pwrite(file, from, size, static_cast<::off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : ENOSPC;
    from += n;
    size -= static_cast<std::size_t>(n);
    offset += static_cast<std::size_t>(n);
  }
  return 0;
}

int read_at(int file, void* bytes, std::size_t size, std::size_t offset) {
  char* to = static_cast<char*>(bytes);
  while (size > 0) {
    const ::ssize_t n = ::pread(file, to, size, static_cast<::off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) {
      std::memset(to, 0, size);
      return 0;
    }
    to += n;
    size -= static_cast<std::size_t>(n);
    offset += static_cast<std::size_t>(n);
  }
  return 0;
}

int make_folder(const std::filesystem::path& folder) {
  const int error = completed([&] { return ::mkdir(folder.c_str(), 0777); });
  std::error_code ignored;
  return error == EEXIST && std::filesystem::is_directory(folder, ignored) ? 0 : error;
}

std::string error_text(int error) { return std::generic_category().message(error); }

void fail_after(long calls) { calls_left = calls; }

ScratchFile::ScratchFile(const std::filesystem::path& folder, std::filesystem::path target)
    : scratch_(scratch_name(folder, target)), target_(std::move(target)) {
  const int error =
      completed([this] { return file_ = ::open(scratch_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666); });
  if (error) fail_writing(target_, error_text(error));
}

ScratchFile::~ScratchFile() {
  if (file_ >= 0) ::close(file_);
  if (!published_) ::unlink(scratch_.c_str());
}

void ScratchFile::publish() {
  struct stat old {};
  if (::stat(target_.c_str(), &old) == 0) (void)::fchmod(file_, old.st_mode & 07777);
  if (const int error = sync(file_)) fail_writing(target_, error_text(error));
  if (::close(std::exchange(file_, -1)) != 0 && errno != EINTR)
    fail_writing(target_, error_text(errno));  // network file systems report here
  if (const int error = completed([this] { return ::rename(scratch_.c_str(), target_.c_str()); }))
    fail_writing(target_, "rename: " + error_text(error));
  published_ = true;
  if (const int error = sync_folder(folder_of(target_))) fail_writing(target_, error_text(error));
}

void publish_text(const std::filesystem::path& target, const std::string& text) {
  ScratchFile file(folder_of(target), target);
  if (const int error = write_at(file.descriptor(), text.data(), text.size(), 0))
    fail_writing(target, error_text(error));
  file.publish();
}

void fail(const std::filesystem::path& path, const std::string& problem, const std::string& expected,
          const std::string& remedy) {
  // A damaged manifest or a file of others may hold anything, too.
  throw core::ResultFileError(printable(path.string()) + ": " + printable(problem) + "; expected " +
                              printable(expected) + ". " + printable(remedy));
}

void fail_writing(const std::filesystem::path& path, const std::string& action) {
  fail(path, "cannot be written (" + action + ")", "a folder with space that you may write to",
       "Free space or choose another place, then go on with --resume.");
}

}  // namespace rackrate::record::detail
