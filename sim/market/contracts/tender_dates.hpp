#pragma once
#include <string>
#include <vector>

#include "sim/market/contracts/contract.hpp"

/// The dates of tenders and the names of what they award. Both follow from the contracts as written, so result files
/// have the same clauses for every winner.
namespace rackrate::market::contracts {

/// One date of a tender.
struct TenderDate {
  int number = 0;  ///< 1, 2, ... of the dates of this name in the contract: by the calendar, held or not
  core::SimTime date;
  VersionId version;  ///< who states it
  ClauseId clause;
};

/// The dates of the tender `name` before `end`, ascending. Each counts only while its version is the one in force.
///
/// From `on` (by default the clause's first day) every `period`. A tender restated by a later version goes on with its
/// dates. A single tender that is switched on in a run is held on that day.
/// A contract that a run ends early, or a clause that it switches off, keeps its numbers.
[[nodiscard]] std::vector<TenderDate> tender_dates(const Contract& contract, const std::string& name,
                                                   core::SimTime end);

/// Names of the tenders of a contract, in order.
[[nodiscard]] std::vector<std::string> tender_names(const Contract& contract);
/// The clause that tender `name` awards on its date of this number; its permission is called "...-grant".
[[nodiscard]] std::string award_name(const std::string& name, int number);
/// Is this the name of what a tender of the contract may award?
[[nodiscard]] bool is_award_name(const Contract& contract, const std::string& clause, std::string& tender);
/// Names of all that a contract's tenders may award in [start, end).
[[nodiscard]] std::vector<std::string> award_names(const Contract& contract, core::SimTime start, core::SimTime end);

/// The roles in which what is awarded may be used: HOST unless the tender says otherwise.
[[nodiscard]] std::vector<Role> tender_roles(const kinds::Tender& tender);

struct Award {
  std::string cloud;
  std::string payer, payee;  ///< firms of lab and cloud
  Money price;               ///< of an H100e-hour
  core::SimTime from;
};
/// What an award adds to the tender's contract: the reservation, and the permission to use it in the tender's scope.
[[nodiscard]] std::vector<Clause> awarded_clauses(const Clause& tender, int number, const Award& award);

}  // namespace rackrate::market::contracts
