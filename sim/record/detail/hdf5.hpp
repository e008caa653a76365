#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sim/record/detail/failure.hpp"
#include "sim/record/detail/hdf5_disk.hpp"

/// A thin layer over the HDF5 C interface: owned handles, one lock, silent errors. Included by .cpp files of this room
/// only.
namespace rackrate::record::detail {

/// Holds the one lock around HDF5 (some builds are not thread-safe, and the safe ones use one lock anyway)
/// and silences the error stack, which is per thread and would print. Everything below needs one alive.
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
  H5E_auto2_t report_ = nullptr;
  void* report_data_ = nullptr;
};

/// An open HDF5 object, closed when it goes. Negative means none.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Closer close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() { reset(); }
  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] explicit operator bool() const { return id_ >= 0; }
  /// Closes now; false when closing failed (a full disk shows here).
  bool reset() {
    const hid_t id = std::exchange(id_, -1);
    return id < 0 || close_(id) >= 0;
  }

 private:
  hid_t id_ = -1;
  Closer close_ = nullptr;
};

/// Passes the result of an HDF5 call on, or throws Failure.
template <class T>
T need(T result, const char* action) {
  if (result < 0) throw Failure{action};
  return result;
}
[[nodiscard]] inline Handle need(hid_t id, Handle::Closer close, const char* action) {
  return {need(id, action), close};
}

/// A new file whose groups and attributes keep their order of creation, as netCDF-C needs to append. `path` is a name
/// for messages.
[[nodiscard]] Handle create_file(const std::filesystem::path& path, Disk& disk);
/// Read only and without file locks; an empty handle when it cannot be opened.
[[nodiscard]] Handle open_file(const std::filesystem::path& path);

/// Attributes. Text is fixed-length: readers show variable-length ones oddly. Empty text is not written.
void put_text(hid_t object, const std::string& name, const std::string& text);
void put_double(hid_t object, const std::string& name, double value);
void put_float(hid_t object, const std::string& name, float value);
void put_uint64(hid_t object, const std::string& name, std::uint64_t value);
void put_int64(hid_t object, const std::string& name, std::int64_t value);
void put_int8s(hid_t object, const std::string& name, const std::vector<std::int8_t>& values);
[[nodiscard]] bool has_attribute(hid_t object, const std::string& name);
[[nodiscard]] std::string get_text(hid_t object,
                                   const std::string& name);  ///< fixed or variable length; empty when there is none
[[nodiscard]] double get_double(hid_t object, const std::string& name);
[[nodiscard]] std::uint64_t get_uint64(hid_t object, const std::string& name);

/// UTF-8, variable length.
[[nodiscard]] Handle string_type();
/// Creation-order tracking on, times off, as every dataset of ours has it: equal contents are equal bytes.
[[nodiscard]] Handle dataset_properties();
[[nodiscard]] Handle create_dataset(hid_t file, const std::string& name, hid_t type, const std::vector<hsize_t>& shape,
                                    hid_t properties);
void write_strings(hid_t dataset, const std::vector<std::string>& texts);
[[nodiscard]] std::vector<std::string> read_strings(hid_t file, const std::string& name);
[[nodiscard]] std::vector<std::int64_t> read_int64s(hid_t file, const std::string& name);
[[nodiscard]] std::vector<double> read_doubles(hid_t file, const std::string& name);
[[nodiscard]] bool has_dataset(hid_t file, const std::string& name);
[[nodiscard]] Handle open_dataset(hid_t file, const std::string& name);

}  // namespace rackrate::record::detail
