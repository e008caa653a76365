#include "sim/market/contracts/kinds/commit.hpp"

#include <algorithm>

#include "sim/market/contracts/validation/validation.hpp"

namespace rackrate::market::kinds {

void Commit::check(const Clause& clause, const Version& version, contracts::Complaints& complaints) const {
  contracts::check_payer_and_payee(*this, complaints);
  if (!(amount_usd > 0.0))
    complaints.add("amount", std::to_string(amount_usd), "an amount above 0 $",
                   "Drop the clause if nothing is committed");
  complaints.require_not_negative("already_drawn", already_drawn_usd, "an amount of 0 $ or more");
  if (already_drawn_usd > amount_usd)
    complaints.add("already_drawn", std::to_string(already_drawn_usd), "at most the amount",
                   "The commitment is already met");
  complaints.require_not_negative("period", core::in_days(period),
                                  "a duration of 0 or more days (0: one settlement at the end)");
  if (clause.until >= core::kNever && version.ends >= core::kNever)
    complaints.add("until", "not given", "the end of the commitment", "Take-or-pay is settled over a term");
  if (bought_out < core::kNever && buyout < 0.0)
    complaints.add("bought_out", core::to_string(bought_out), "the key buyout beside it",
                   "Say for which share of what remains it ends");
  if (assignee.empty()) {
    if (assignment_discount > 0.0)
      complaints.add("assignment_discount", std::to_string(assignment_discount), "the key assignee beside it",
                     "Say who takes over what is not used");
    return;
  }
  complaints.require_name("assignee", assignee, complaints.vocabulary().firms, "a firm");
  if (assignee == payer || assignee == payee)
    complaints.add("assignee", "'" + assignee + "', a side of the commitment", "a third firm",
                   "What the payer buys itself counts in any case");
}

void Commit::check_references(const std::vector<Contract>& all, const Contract& contract, const Clause&,
                              contracts::Complaints& complaints) const {
  if (requires_access.empty()) {
    if (while_barred != BarredRule::Owe)
      complaints.add("while_barred",
                     "\"" + std::string(kBarredRuleNames[static_cast<std::size_t>(while_barred)]) + "\"",
                     "\"owe\", or the key requires beside it", "Say which access it was signed for");
    return;
  }
  std::vector<std::string> known(kRoleNames.begin(), kRoleNames.end());
  for (const std::string& grant : contracts::clauses_of_kind(contract, kind_of<Grant>)) known.push_back(grant);
  for (const Contract& other : all)
    for (const std::string& grant : contracts::clauses_of_kind(other, kind_of<Grant>))
      known.push_back(other.name + "/" + grant);
  complaints.require_name("requires", requires_access, known,
                          "a role, or a grant clause as \"clause\" or \"contract/clause\"");
}

}  // namespace rackrate::market::kinds
