#include "sim/record/detail/file_steps.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "sim/core/error.hpp"

namespace rackrate::record::detail {
namespace {

void sync(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool ok = file >= 0 && (::fsync(file) == 0 || errno == EINVAL);   // EINVAL: a file system that cannot
  if (file >= 0) ::close(file);
  if (!ok) fail_writing(path, std::string("fsync: ") + std::strerror(errno));
}

}  // namespace

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path scratch_name(const std::filesystem::path& folder, const std::filesystem::path& target) {
  static std::atomic<unsigned> calls{0};   // a name, not a result: nothing recorded depends on it
  return folder / ("." + target.filename().string() + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(calls++));
}

bool is_scratch(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(".") && name.find(".tmp-") != std::string::npos;
}

void publish(const std::filesystem::path& scratch, const std::filesystem::path& target) {
  sync(scratch, O_RDONLY);
  std::error_code error;
  std::filesystem::rename(scratch, target, error);
  if (error) fail_writing(target, "rename: " + error.message());
  sync(folder_of(target), O_RDONLY | O_DIRECTORY);
}

void publish_text(const std::filesystem::path& target, const std::string& text) {
  const std::filesystem::path scratch = scratch_name(folder_of(target), target);
  {
    std::ofstream out(scratch, std::ios::binary);
    out << text;
    out.close();
    if (!out) fail_writing(target, "writing");
  }
  publish(scratch, target);
}

void fail(const std::filesystem::path& path, const std::string& problem, const std::string& expected, const std::string& remedy) {
  throw core::ResultFileError(path.string() + ": " + problem + "; expected " + expected + ". " + remedy);
}

void fail_writing(const std::filesystem::path& path, const std::string& action) {
  fail(path, "cannot be written (" + action + ")", "a folder with space that you may write to", "Free space or choose another place, then go on with --resume.");
}

}  // namespace rackrate::record::detail
