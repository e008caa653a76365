#pragma once
#include <filesystem>
#include <vector>

/// The files of OUT.h5.parts, and their removal.
namespace rackrate::record::detail {

inline constexpr const char* kManifest = "manifest.json";
inline constexpr const char* kLock = "lock";

[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);
/// Finished batches, in order of name.
[[nodiscard]] std::vector<std::filesystem::path> batches_in(const std::filesystem::path& folder);
/// Is every file there one that a study writes?
[[nodiscard]] bool holds_only_parts(const std::filesystem::path& folder);
/// Removes a study's files from its folder, except the lock. Other files stay.
void remove_parts_in(const std::filesystem::path& folder);
/// The same including the lock, and the folder unless it holds other files. A link to a folder is removed, its folder
/// stays.
void remove_parts(const std::filesystem::path& folder);

}  // namespace rackrate::record::detail
