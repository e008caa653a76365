#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::contracts {

namespace {

void check_commit(const Clause& clause, const Version& version, Complaints& complaints) {
  check_payer_and_payee(clause, true, complaints);
  if (!(clause.amount_usd > 0.0)) complaints.add("amount", std::to_string(clause.amount_usd), "an amount above 0 $", "Drop the clause if nothing is committed");
  complaints.require_not_negative("already_drawn", clause.already_drawn_usd, "an amount of 0 $ or more");
  if (clause.already_drawn_usd > clause.amount_usd)
    complaints.add("already_drawn", std::to_string(clause.already_drawn_usd), "at most the amount", "The commitment is already met");
  complaints.require_not_negative("period", core::in_days(clause.period), "a duration of 0 or more days (0: one settlement at the end)");
  if (clause.until >= core::kNever && version.ends >= core::kNever)
    complaints.add("until", "not given", "the end of the commitment", "Take-or-pay is settled over a term");
}

void check_revshare(const Clause& clause, Complaints& complaints) {
  check_payer_and_payee(clause, true, complaints);
  complaints.require_share("rate", clause.rate);
  complaints.require_name("lab", clause.lab, complaints.vocabulary().labs, "a lab");
  if (clause.base == RevshareBase::ChannelRevenue || !clause.channel.empty())
    complaints.require_name("channel", clause.channel, complaints.vocabulary().channels, "a channel");
  constexpr double kNoCap = -1.0;
  if (clause.cap_usd != kNoCap) complaints.require_not_negative("cap", clause.cap_usd, "an amount of 0 $ or more");
  complaints.require_not_negative("already_paid", clause.already_paid_usd, "an amount of 0 $ or more");
}

}  // namespace

void check_payer_and_payee(const Clause& clause, bool needed, Complaints& complaints) {
  const auto& firms = complaints.vocabulary().firms;
  if (needed || !clause.payer.empty()) complaints.require_name("payer", clause.payer, firms, "a firm");
  if (needed || !clause.payee.empty()) complaints.require_name("payee", clause.payee, firms, "a firm");
  if (!clause.payer.empty() && clause.payer == clause.payee)
    complaints.add("payee", "'" + clause.payee + "', the payer", "another firm than the payer", "Nobody pays itself");
}

void check_money_clause(const Clause& clause, const Version& version, Complaints& complaints) {
  const Vocabulary& vocabulary = complaints.vocabulary();
  switch (clause.kind) {
    case ClauseKind::Commit: check_commit(clause, version, complaints); break;
    case ClauseKind::Revshare: check_revshare(clause, complaints); break;
    case ClauseKind::Resale:
      check_payer_and_payee(clause, false, complaints);
      complaints.require_name("lab", clause.lab, vocabulary.labs, "a lab");
      complaints.require_name("channel", clause.channel, vocabulary.channels, "a channel");
      complaints.require_share("rate", clause.rate);
      break;
    case ClauseKind::Hosting:
      check_payer_and_payee(clause, false, complaints);
      complaints.require_name("lab", clause.lab, vocabulary.labs, "a lab");
      complaints.require_name("host", clause.host, vocabulary.clouds, "a cloud");
      break;
    default: break;
  }
}

void check_share_totals(const std::vector<Contract>& contracts, Complaints& complaints) {
  struct Share {
    const Contract* contract;
    const Version* version;
    const Clause* clause;
  };
  std::map<std::tuple<RevshareBase, std::string, std::string>, std::vector<Share>> by_base;
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions)
      for (const Clause& clause : version.clauses)
        if (clause.enabled && clause.kind == ClauseKind::Revshare) by_base[{clause.base, clause.lab, clause.channel}].push_back({&contract, &version, &clause});
  for (const auto& [base, shares] : by_base) {
    std::set<core::SimTime> dates;   // a total can only rise where a share begins, or an older version returns
    for (const Share& s : shares) dates.insert({std::max({s.version->effective, s.clause->from, s.clause->switched_on})});
    for (const Contract& contract : contracts)
      for (const Version& version : contract.versions) dates.insert(version.ends);
    bool told = false;
    for (const core::SimTime t : dates) {
      double total = 0.0;
      const Share* last = nullptr;
      for (const Share& s : shares) {
        const int v = version_in_force(*s.contract, t);
        if (v < 0 || &s.contract->versions[static_cast<std::size_t>(v)] != s.version || t < std::max(s.clause->from, s.clause->switched_on) || t >= std::min(s.clause->until, s.clause->switched_off)) continue;
        total += s.clause->rate;
        last = &s;
      }
      constexpr double kRounding = 1e-12;
      if (told || last == nullptr || !(total > 1.0 + kRounding)) continue;
      complaints.at("contracts." + last->contract->name + ".versions." + last->version->name + ".clauses." + last->clause->name);
      complaints.add("rate", std::to_string(last->clause->rate), "shares of one base that add up to at most 1", "On " + core::to_string(t) + " the shares of the same revenue add up to " + std::to_string(total));
      told = true;
    }
  }
}

}  // namespace rackrate::market::contracts
