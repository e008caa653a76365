#pragma once
#include <cstdint>

/// The last line of a result file: its size and CRC-32, after the bytes that HDF5 uses. HDF5 does not check the bytes
/// it reads and crashes on some damaged ones, so the checksum is compared before HDF5 opens the file.
namespace rackrate::record::detail {

enum class Bytes : std::uint8_t { AsWritten, Damaged, Unsealed };

/// Appends the seal. Returns 0 or an error number.
[[nodiscard]] int put_seal(int file);
/// Reads the whole file, about a second for a gigabyte; with `whole` false only whether there is a seal.
/// Throws Failure when the system cannot read.
[[nodiscard]] Bytes check_seal(int file, bool whole);

}  // namespace rackrate::record::detail
