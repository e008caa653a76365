#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/market/contracts/contract.hpp"

namespace rackrate::market::contracts {

enum class ChangeKind : std::uint8_t { AddVersion, Terminate, Switch, Waive, Agree, GiveNotice, Award, SettleRate };

/// One thing that a run did to its contracts: a plain value, named by names and not by indices, so that it
/// can be applied to any restatement of the same contracts. Fields outside its kind keep their defaults.
struct ContractChange {
  ChangeKind kind = ChangeKind::AddVersion;
  core::SimTime at;  ///< from when it holds
  std::string contract, version,
      clause;     ///< version and clause: Switch, Agree, GiveNotice, SettleRate, Waive (no version: every
                  ///< one that states the clause); Award: clause is the award's name
  Version added;  ///< AddVersion
  std::vector<std::string>
      parties;       ///< AddVersion to a contract that is not there yet; Award: who signs, if they are no party yet
  bool on = false;   ///< Switch
  std::string host;  ///< Waive: whom the right's holder lets through
  std::vector<AgreedPayment> agreed;  ///< Agree: what the renegotiation clause has its sides pay from now on
  double rate = 0.0;                  ///< SettleRate: of a resale, from now on
  std::vector<Clause> clauses;        ///< Award: added to every version that is in force within their dates
};

/// An override in mid-run cuts a version in two: the second part is called "NAME-from-DATE".
inline constexpr std::string_view kPartOfVersion = "-from-";
/// The name of the version that this one is, or is a part of.
[[nodiscard]] std::string_view whole_version(std::string_view name);
/// Is it a later part of a version that an override cut in mid-run?
[[nodiscard]] bool continues(const Version& version, const Version& earlier);
/// The first day of a clause: its own, or that of its version. In a part of a version that an override cut, a clause
/// that an earlier part states too began with that part.
[[nodiscard]] core::SimTime first_stated(const Contract& contract, const Version& version, const Clause& clause);

/// The contracts as the run left them: `scripted` with all changes applied.
///
/// Contracts and versions stay in name order, as a scenario file has them, so a version added in mid-run stands where
/// it would have stood in the file.
/// A change to something that no longer exists has no effect. A change to a version that an override has cut since then
/// applies to all its later parts.
/// Order: that of `changes` does not matter: they are applied by date, then kind, then names.
[[nodiscard]] std::vector<Contract> with_changes(std::vector<Contract> scripted, std::vector<ContractChange> changes);

}  // namespace rackrate::market::contracts
