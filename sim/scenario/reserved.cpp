#include "sim/scenario/reserved.hpp"

#include <algorithm>
#include <array>

#include "sim/market/contracts/changes.hpp"
#include "sim/market/contracts/roles.hpp"
#include "sim/market/vocabulary/facts.hpp"
#include "sim/scenario/names.hpp"

namespace rackrate::scenario {
namespace {

constexpr std::string_view kOutside = "those outside the scenario whom its firms pay or are paid by";
constexpr std::array<ReservedName, 12> kReserved{{
    {"", "value", "the key that makes a table one value"},
    {"", "title", "a key of every table"},
    {"", "source", "a key of every table"},
    {"", "grade", "a key of every table"},
    {"", "note", "a key of every table"},
    {"FIRM", market::kOutsideParties[0], kOutside},
    {"FIRM", market::kOutsideParties[1], kOutside},
    {"FIRM", market::kOutsideParties[2], kOutside},
    {"FIRM", market::kOutsideParties[3], kOutside},
    {"FIRM", market::kOutsideParties[4], kOutside},
    {"FIRM", market::kOutsideParties[5], kOutside},
    {"SEGMENT", market::contracts::kCommercial, "all segments but us_natsec, in the scopes of clauses"},
}};
constexpr ReservedName kOverridden{"SOURCE", kOverrideSource, "the source of values that an override replaced"};
constexpr auto kAll = [] {
  std::array<ReservedName, kReserved.size() + 1> all{};
  for (std::size_t i = 0; i < kReserved.size(); ++i) all[i] = kReserved[i];
  all.back() = kOverridden;
  return all;
}();

/// The seats' channel (regime/compiled_scenario.cpp): enterprises buy nothing else there.
constexpr std::string_view kSeatChannel = "m365";

class MeaningCheck {
 public:
  MeaningCheck(const Document& document, Mistakes& mistakes) : document_(document), mistakes_(mistakes) {}

  void channel(const market::Channel& channel) {
    const std::string path = "channels." + channel.name;
    if (channel.name == market::contracts::kOwnChannel) {
      const std::string own = "nothing: direct is each lab's own channel";
      if (!channel.cloud.empty())
        add(path + ".cloud", '"' + channel.cloud + '"', own, "Name another channel after the cloud.");
      if (!channel.firm.empty())
        add(path + ".firm", '"' + channel.firm + '"', own, "Name another channel after the firm.");
    }
    if (channel.name == kSeatChannel && !channel.cloud.empty())
      add(path + ".cloud", '"' + channel.cloud + '"', "nothing: m365 is the channel of seats, and no cloud's own",
          "Give the cloud's channel another name.");
  }

  void cloud(const market::Cloud& cloud) {
    for (const std::string_view word : {market::contracts::kOwnChannel, kSeatChannel})
      if (cloud.channel == word) {
        add("clouds." + cloud.name + ".channel", '"' + cloud.channel + '"', "a channel of the cloud's own",
            "direct is each lab's, m365 that of seats; declare another.");
      }
  }

  /// "NAME-from-DATE" is the rest of version NAME after an override in mid-run, and shares its fate.
  void version(const market::Contract& contract, const market::Version& version) {
    const std::string_view whole = market::contracts::whole_version(version.name);
    if (whole.size() == version.name.size()) return;
    const std::string_view tail =
        std::string_view{version.name}.substr(whole.size() + market::contracts::kPartOfVersion.size());
    core::SimTime date;
    const bool dated = core::parse_time(tail.substr(0, 10), date) && (tail.size() == 10 || tail[10] == 'T');
    const auto is_whole = [whole](const market::Version& other) { return other.name == whole; };
    if (dated && std::any_of(contract.versions.begin(), contract.versions.end(), is_whole)) return;
    add("contracts." + contract.name + ".versions." + version.name,
        "a name kept for what an override in mid-run makes of a version", "a name without \"-from-\"", "Rename it.");
  }

 private:
  void add(const std::string& path, std::string got, std::string expected, std::string remedy) {
    mistakes_.add({locate(document_, path), std::move(got), std::move(expected), std::move(remedy)});
  }

  const Document& document_;
  Mistakes& mistakes_;
};

}  // namespace

std::span<const ReservedName> reserved_names() { return kAll; }

const ReservedName* reserved(std::string_view placeholder, std::string_view name) {
  const auto it = std::find_if(kAll.begin(), kAll.end(), [&](const ReservedName& r) {
    return r.name == name && (r.placeholder.empty() || r.placeholder == placeholder);
  });
  return it == kAll.end() ? nullptr : &*it;
}

void check_meaningful_names(const market::Parameters& parameters, const Document& document, Mistakes& mistakes) {
  MeaningCheck check{document, mistakes};
  for (const market::Channel& channel : parameters.channels) check.channel(channel);
  for (const market::Cloud& cloud : parameters.clouds) check.cloud(cloud);
  for (const market::Contract& contract : parameters.contracts)
    for (const market::Version& version : contract.versions) check.version(contract, version);
}

}  // namespace rackrate::scenario
