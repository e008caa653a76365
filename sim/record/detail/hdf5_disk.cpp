#include "sim/record/detail/hdf5_disk.hpp"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "sim/record/detail/file_steps.hpp"

namespace rackrate::record::detail {

void Disk::write(const void* bytes, std::size_t size, std::size_t at) {
  size_ = std::max(size_, at + size);
  if (error_ == 0) error_ = write_at(file_, bytes, size, at);
  if (error_ != 0) keep(static_cast<const unsigned char*>(bytes), size, at);
}

void Disk::keep(const unsigned char* bytes, std::size_t size, std::size_t at) {
  while (size > 0) {
    const std::size_t number = at / kPage, offset = at % kPage, n = std::min(size, kPage - offset);
    const auto [page, fresh] = kept_.try_emplace(number);
    if (fresh && read_at(file_, page->second.data(), kPage, number * kPage) != 0) page->second.fill(0);
    std::memcpy(page->second.data() + offset, bytes, n);
    bytes += n;
    size -= n;
    at += n;
  }
}

bool Disk::read(void* bytes, std::size_t size, std::size_t at) const {
  auto* to = static_cast<unsigned char*>(bytes);
  if (read_at(file_, to, size, at) != 0) {
    if (error_ == 0) return false;
    std::memset(to, 0, size);
  }
  for (auto page = kept_.lower_bound(at / kPage); page != kept_.end() && page->first * kPage < at + size; ++page) {
    const std::size_t begin = std::max(at, page->first * kPage), end = std::min(at + size, (page->first + 1) * kPage);
    std::memcpy(to + (begin - at), page->second.data() + (begin - page->first * kPage), end - begin);
  }
  return true;
}

void Disk::resize(std::size_t size) {
  size_ = size;
  if (error_ != 0) return;
  while (::ftruncate(file_, static_cast<::off_t>(size)) != 0)
    if (errno != EINTR) {
      error_ = errno;
      return;
    }
}

namespace {

/// HDF5's view of an open file. Its first member is HDF5's own.
struct OpenFile {
  H5FD_t open{};
  Disk* disk = nullptr;
  haddr_t allocated = 0;
};

Disk& disk_of(H5FD_t* file) { return *reinterpret_cast<OpenFile*>(file)->disk; }

H5FD_t* open_disk(const char*, unsigned, hid_t access, haddr_t) {
  const void* info = H5Pget_driver_info(access);
  auto* file = info ? new (std::nothrow) OpenFile : nullptr;
  if (!file) return nullptr;
  std::memcpy(&file->disk, info, sizeof file->disk);
  return &file->open;
}

herr_t close_disk(H5FD_t* file) {
  delete reinterpret_cast<OpenFile*>(file);
  return 0;
}

herr_t features(const H5FD_t*,
                unsigned long* flags) {  // those of HDF5's own driver, so that files are laid out as by it
  if (flags)
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t allocated(const H5FD_t* file, H5FD_mem_t) { return reinterpret_cast<const OpenFile*>(file)->allocated; }
herr_t allocate(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  reinterpret_cast<OpenFile*>(file)->allocated = end;
  return 0;
}
haddr_t size_of(const H5FD_t* file, H5FD_mem_t) { return reinterpret_cast<const OpenFile*>(file)->disk->size(); }

herr_t read_disk(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, void* bytes) {
  return disk_of(file).read(bytes, size, at) ? 0 : -1;
}
herr_t write_disk(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size, const void* bytes) {
  disk_of(file).write(bytes, size, at);
  return 0;
}
herr_t fit(H5FD_t* file, hid_t, hbool_t) {
  const haddr_t end = reinterpret_cast<OpenFile*>(file)->allocated;
  if (disk_of(file).size() != end) disk_of(file).resize(end);
  return 0;
}

H5FD_class_t disk_class() {
  H5FD_class_t out{};
#ifdef H5FD_CLASS_VERSION
  out.version = H5FD_CLASS_VERSION;
#endif
#if H5_VERSION_GE(1, 13, 0)
  out.value = static_cast<H5FD_class_value_t>(481);  // any number that HDF5 has not given away
#endif
  out.name = "rackrate";
  out.maxaddr = static_cast<haddr_t>(1) << 62;
  out.fc_degree = H5F_CLOSE_STRONG;  // nothing of ours may keep the file open behind our back
  out.fapl_size = sizeof(Disk*);
  out.open = open_disk;
  out.close = close_disk;
  out.query = features;
  out.get_eoa = allocated;
  out.set_eoa = allocate;
  out.get_eof = size_of;
  out.read = read_disk;
  out.write = write_disk;
  out.truncate = fit;
  constexpr H5FD_mem_t kinds[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(kinds), std::end(kinds), std::begin(out.fl_map));
  return out;
}

}  // namespace

herr_t write_to_disk(hid_t access, Disk& disk) {
  static const H5FD_class_t kind = disk_class();
  static const hid_t driver = H5FDregister(&kind);  // once in the life of the library
  const Disk* info = &disk;
  return driver < 0 ? -1 : H5Pset_driver(access, driver, &info);
}

}  // namespace rackrate::record::detail
