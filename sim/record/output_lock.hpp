#pragma once
#include <filesystem>

namespace rackrate::record {

/// The folder `OUT.h5.parts` while one study writes to it. Holds the folder's lock, so that no other study, of this
/// process or another, writes to the same OUT at the same time. When the lock is released and the folder holds no
/// batch, the folder is removed too. The lock of a killed process is void.
///
/// On a file system without locks (some network mounts) the folder is not guarded.
class OutputLock {
 public:
  /// Creates the folder where it is missing. `fresh`: it must be missing.
  /// Throws: ResultFileError when another study holds the lock, or the folder cannot be made.
  OutputLock(std::filesystem::path folder, bool fresh);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

  /// Throws: ResultFileError when the folder, or its lock, is no longer the one that was taken.
  void check() const;
  /// Removes the folder in one step, by rename, then deletes its content.
  void remove();

 private:
  [[nodiscard]] bool is_in_place() const;
  std::filesystem::path folder_;
  int file_ = -1;
};

}  // namespace rackrate::record
