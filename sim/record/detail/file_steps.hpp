#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

/// The steps that make a file appear complete or not at all (promise P9), and their error messages.
namespace rackrate::record::detail {

/// A temporary name in `folder` for the file that becomes `target`; differs between processes and calls.
[[nodiscard]] std::filesystem::path scratch_name(const std::filesystem::path& folder,
                                                 const std::filesystem::path& target);
/// Does a file of this name come from scratch_name, i.e. is it unfinished?
[[nodiscard]] bool is_scratch(const std::filesystem::path& path);
/// The folder a path lies in; "." for a bare name.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& path);
/// The target of a path whose last part is a symbolic link, even if the target does not exist yet; else the path
/// itself. Throws ResultFileError for links in a circle.
[[nodiscard]] std::filesystem::path behind_links(const std::filesystem::path& path);
/// Do both folders lie on one file system, so that files can be renamed from one to the other?
[[nodiscard]] bool same_device(const std::filesystem::path& a, const std::filesystem::path& b);

/// Writes all bytes or returns an error number; continues after signals and short writes.
[[nodiscard]] int write_at(int file, const void* bytes, std::size_t size, std::size_t offset);
/// Bytes beyond the end are read as zeros.
[[nodiscard]] int read_at(int file, void* bytes, std::size_t size, std::size_t offset);
[[nodiscard]] int make_folder(const std::filesystem::path& folder);
[[nodiscard]] std::string error_text(int error);

/// For tests: after `calls` more steps that change a file each one fails, as on a disk that is full. Negative: none
/// fails.
void fail_after(long calls);

/// A file under a temporary name that is renamed to `target` when it is complete. If it is destroyed before, it is
/// removed.
class ScratchFile {
 public:
  /// `target` is behind all links. Throws ResultFileError.
  ScratchFile(const std::filesystem::path& folder, std::filesystem::path target);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] int descriptor() const { return file_; }
  /// The rights of the file it replaces, fsync, close, rename, fsync of the folder. Throws ResultFileError.
  void publish();

 private:
  std::filesystem::path scratch_, target_;
  int file_ = -1;
  bool published_ = false;
};

/// Writes a small text file in these steps.
void publish_text(const std::filesystem::path& target, const std::string& text);

/// Throws ResultFileError: "<path>: <problem>; expected <expected>. <remedy>". Bytes of a path that are no text are
/// escaped.
[[noreturn]] void fail(const std::filesystem::path& path, const std::string& problem, const std::string& expected,
                       const std::string& remedy);
/// The error message for a write that the system refused.
[[noreturn]] void fail_writing(const std::filesystem::path& path, const std::string& action);

}  // namespace rackrate::record::detail
