#pragma once
#include <filesystem>
#include <string>

/// The steps that make a file appear whole or not at all (promise P9), and the sentences when it cannot.
namespace rackrate::record::detail {

/// A private name in `folder` for what will become `target`; differs between processes and calls.
[[nodiscard]] std::filesystem::path scratch_name(const std::filesystem::path& folder, const std::filesystem::path& target);
/// Does a file of this name come from scratch_name, i.e. is it half-done work?
[[nodiscard]] bool is_scratch(const std::filesystem::path& path);
/// fsync of the file, rename, fsync of the folder. Throws ResultFileError.
void publish(const std::filesystem::path& scratch, const std::filesystem::path& target);
/// Writes a small text file the same way.
void publish_text(const std::filesystem::path& target, const std::string& text);
/// The folder a path lies in; "." for a bare name.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& path);

/// Throws ResultFileError: "<path>: <problem>; expected <expected>. <remedy>"
[[noreturn]] void fail(const std::filesystem::path& path, const std::string& problem, const std::string& expected, const std::string& remedy);
/// The sentence for a write that the system refused.
[[noreturn]] void fail_writing(const std::filesystem::path& path, const std::string& action);

}  // namespace rackrate::record::detail
