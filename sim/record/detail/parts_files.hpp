#pragma once
#include <filesystem>
#include <vector>

/// What lies in OUT.h5.parts, and how it goes.
namespace rackrate::record::detail {

inline constexpr const char* kManifest = "manifest.json";
inline constexpr const char* kLock = "lock";

[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);
/// Finished batches, in order of name.
[[nodiscard]] std::vector<std::filesystem::path> batches_in(const std::filesystem::path& folder);
/// Is every file there one that a study writes?
[[nodiscard]] bool holds_only_parts(const std::filesystem::path& folder);
/// Removes what a study left in its folder, but the lock. Other files stay.
void remove_parts_in(const std::filesystem::path& folder);
/// The same with the lock, and the folder unless there is something else in it. A link to a folder goes, its folder stays.
void remove_parts(const std::filesystem::path& folder);

}  // namespace rackrate::record::detail
