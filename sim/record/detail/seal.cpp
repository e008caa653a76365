#include "sim/record/detail/seal.hpp"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "sim/record/detail/failure.hpp"
#include "sim/record/detail/file_steps.hpp"

namespace rackrate::record::detail {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::string_view kBegin = "\nrackrate result ends, ";

std::string seal_of(std::size_t size, std::uint32_t crc) {
  std::array<char, 64> numbers{};
  std::snprintf(numbers.data(), numbers.size(), "%020llu bytes, crc32 %08lx\n", static_cast<unsigned long long>(size),
                static_cast<unsigned long>(crc));
  return std::string(kBegin) + numbers.data();
}

int crc_of(int file, std::size_t size, std::uint32_t& crc) {
  std::vector<unsigned char> block(kBlock);
  ::uLong sum = ::crc32_z(0, nullptr, 0);
  for (std::size_t at = 0; at < size; at += kBlock) {
    const std::size_t n = std::min(kBlock, size - at);
    if (const int error = read_at(file, block.data(), n, at)) return error;
    sum = ::crc32_z(sum, block.data(), n);
  }
  crc = static_cast<std::uint32_t>(sum);
  return 0;
}

int size_of(int file, std::size_t& size) {
  struct stat now {};
  if (::fstat(file, &now) != 0) return errno;
  size = static_cast<std::size_t>(now.st_size);
  return 0;
}

}  // namespace

int put_seal(int file) {
  std::size_t size = 0;
  std::uint32_t crc = 0;
  if (const int error = size_of(file, size)) return error;
  if (const int error = crc_of(file, size, crc)) return error;
  const std::string seal = seal_of(size, crc);
  return write_at(file, seal.data(), seal.size(), size);
}

Bytes check_seal(int file, bool whole) {
  const auto need = [](int error) {
    if (error) throw Failure{error_text(error)};
  };
  std::size_t size = 0;
  need(size_of(file, size));
  std::string last = seal_of(0, 0);
  if (size < last.size()) return Bytes::Unsealed;
  size -= last.size();
  need(read_at(file, last.data(), last.size(), size));
  if (!std::string_view(last).starts_with(kBegin)) return Bytes::Unsealed;
  if (!whole) return Bytes::AsWritten;
  std::uint32_t crc = 0;
  need(crc_of(file, size, crc));
  return last == seal_of(size, crc) ? Bytes::AsWritten : Bytes::Damaged;
}

}  // namespace rackrate::record::detail
