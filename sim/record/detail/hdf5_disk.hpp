#pragma once
#include <hdf5.h>

#include <array>
#include <cstddef>
#include <map>

/// What HDF5 writes to, in place of its own file driver. A library whose file cannot be closed, because the disk is
/// full, crashes when the process ends. So HDF5 never learns of a failed write: from then on pages are kept in memory, and
/// whoever writes looks at `error`, closes and throws the file away.
namespace rackrate::record::detail {

class Disk {
 public:
  static constexpr std::size_t kPage = 4096;

  /// An open, empty file that outlives HDF5's handle.
  explicit Disk(int file) : file_(file) {}
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// Of the first write that failed; 0 while all is well.
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
  std::map<std::size_t, Page> kept_;   ///< by number of the page; over what is in the file
};

/// Sets the driver of file access properties. Needs a Session.
[[nodiscard]] herr_t write_to_disk(hid_t access, Disk& disk);

}  // namespace rackrate::record::detail
