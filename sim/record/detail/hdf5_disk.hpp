#pragma once
#include <hdf5.h>

#include <array>
#include <cstddef>
#include <map>

/// The file driver that HDF5 uses in place of its own. If HDF5 cannot close a file because the disk is full, it crashes
/// when the process ends. This driver therefore never reports a failed write to HDF5. After the first failure it keeps
/// pages in memory; the writer checks `error`, closes the file and deletes it.
namespace rackrate::record::detail {

class Disk {
 public:
  static constexpr std::size_t kPage = 4096;

  /// An open, empty file that outlives HDF5's handle.
  explicit Disk(int file) : file_(file) {}
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Error number of the first write that failed; 0 if none has failed.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  void write(const void* bytes, std::size_t size, std::size_t at);
  [[nodiscard]] bool read(void* bytes, std::size_t size, std::size_t at) const;
  void resize(std::size_t size);

 private:
  using Page = std::array<unsigned char, kPage>;
  void keep(const unsigned char* bytes, std::size_t size, std::size_t at);

  int file_;
  int error_ = 0;
  std::size_t size_ = 0;
  std::map<std::size_t, Page> kept_;  ///< by number of the page; over what is in the file
};

/// Sets the driver of file access properties. Needs a Session.
[[nodiscard]] herr_t write_to_disk(hid_t access, Disk& disk);

}  // namespace rackrate::record::detail
