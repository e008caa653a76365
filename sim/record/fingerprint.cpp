#include "sim/record/fingerprint.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sim/core/sha256.hpp"

namespace rackrate::record {
namespace {

static_assert(std::endian::native == std::endian::little,
              "prints are of little-endian bytes; swap them here for other machines");

/// Values as they lie in the file, with one NaN.
template <class T, class Bits>
void hash_values(core::Sha256& hash, const std::vector<double>& values, Bits nan) {
  std::vector<Bits> bits(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    bits[i] = values[i] != values[i] ? nan : std::bit_cast<Bits>(static_cast<T>(values[i]));
  hash.update(bits.data(), bits.size() * sizeof(Bits));
}

}  // namespace

std::string sha256(std::string_view bytes) {
  core::Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

std::string fingerprint(const RunSeries& run) {
  core::Sha256 hash;
  hash.update_field("rackrate run");
  for (const DimensionRow& d : dimensions()) {
    hash.update_field(d.name);
    for (const std::string& label : run.axes.labels[static_cast<std::size_t>(d.id)]) hash.update_field(label);
  }
  for (const int month : run.axes.months) hash.update_field(std::to_string(month));
  for (const VariableRow& v : variables()) {
    hash.update_field(v.name);
    hash.update_field(name(v.type));
    for (const Dim d : v.dims) hash.update_field(row(d).name);
    if (v.type == Type::F64)
      hash_values<double>(hash, run[v.id], std::uint64_t{0x7ff8000000000000});
    else
      hash_values<float>(hash, run[v.id], std::uint32_t{0x7fc00000});
  }
  return hash.hex();
}

std::string combined_fingerprint(std::span<const std::string> arms, std::vector<RunPrint> runs) {
  const auto rank = [&arms](const RunPrint& r) { return std::find(arms.begin(), arms.end(), r.arm) - arms.begin(); };
  std::sort(runs.begin(), runs.end(), [&rank](const RunPrint& a, const RunPrint& b) {
    return std::pair(rank(a), a.replication) < std::pair(rank(b), b.replication);
  });
  core::Sha256 hash;
  hash.update_field("rackrate result");
  for (const RunPrint& run : runs) {
    hash.update_field(run.arm);
    hash.update_field(std::to_string(run.replication));
    hash.update_field(run.print);
  }
  return hash.hex();
}

}  // namespace rackrate::record
