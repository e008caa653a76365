#include "sim/market/contracts/kinds/revshare.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "sim/market/contracts/in_force.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

namespace {

struct Stated {
  const Contract* contract;
  VersionId place;
  const Version* version;
  const Clause* clause;
  const Revshare* share;

  [[nodiscard]] core::SimTime from() const { return std::max(clause->from, clause->switched_on); }
  [[nodiscard]] bool in_force(core::SimTime t) const { return contracts::in_force(*contract, place, *clause, t); }
};
using Base = std::tuple<RevshareBase, std::string, std::string>;

std::map<Base, std::vector<Stated>> by_base(const std::vector<Contract>& all) {
  std::map<Base, std::vector<Stated>> out;
  for_each_place(all, [&](const ClauseRef& at, const Version& version, const Clause& clause) {
    if (const auto* share = clause.get_if<Revshare>(); share != nullptr && clause.enabled)
      out[{share->base, share->lab, share->channel}].push_back(
          {&contract_at(all, at.contract), at.version, &version, &clause, share});
  });
  return out;
}

/// A total can only rise where a share begins, or an older version returns.
std::set<core::SimTime> dates_of(const std::vector<Stated>& shares, const std::vector<Contract>& all) {
  std::set<core::SimTime> dates;
  for (const Stated& share : shares) dates.insert(std::max(share.version->effective, share.from()));
  for (const Contract& contract : all)
    for (const Version& version : contract.versions) dates.insert(version.ends);
  return dates;
}

/// Complains of the first date on which the shares of one base take more than the whole.
void check_total(const std::vector<Stated>& shares, const std::vector<Contract>& all,
                 contracts::Complaints& complaints) {
  constexpr double kRounding = 1e-12;
  for (const core::SimTime t : dates_of(shares, all)) {
    double total = 0.0;
    const Stated* last = nullptr;
    for (const Stated& one : shares) {
      if (!one.in_force(t)) continue;
      total += one.share->rate;
      last = &one;
    }
    if (last == nullptr || !(total > 1.0 + kRounding)) continue;
    complaints.at(contracts::key_of(*last->contract, *last->version, *last->clause));
    complaints.add("rate", std::to_string(last->share->rate), "shares of one base that add up to at most 1",
                   "On " + core::to_string(t) + " the shares of the same revenue add up to " + std::to_string(total));
    return;
  }
}

}  // namespace

void Revshare::check(const Clause&, const Version&, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  complaints.require_share("rate", rate);
  complaints.require_name("lab", lab, complaints.vocabulary().labs, "a lab");
  if (base == RevshareBase::ChannelRevenue || !channel.empty())
    complaints.require_name("channel", channel, complaints.vocabulary().channels, "a channel");
  constexpr double kNoCap = -1.0;
  if (cap_usd != kNoCap) complaints.require_not_negative("cap", cap_usd, "an amount of 0 $ or more");
  complaints.require_not_negative("already_paid", already_paid_usd, "an amount of 0 $ or more");
}

void Revshare::check_all(const std::vector<Contract>& all, contracts::Complaints& complaints) {
  for (const auto& [base, shares] : by_base(all)) check_total(shares, all, complaints);
}

}  // namespace rackrate::market::kinds
