#include "sim/market/negotiation/tender.hpp"

#include <algorithm>
#include <cmath>

#include "sim/core/whole.hpp"
#include "sim/market/contracts/rofr.hpp"
#include "sim/market/contracts/tender_dates.hpp"
#include "sim/market/negotiation/bids.hpp"
#include "sim/market/negotiation/watch.hpp"

namespace rackrate::market {
namespace {

const kinds::Tender& terms_of(const Clause& tender) { return tender.as<kinds::Tender>(); }

std::string rounded(double h100e) {
  return std::to_string(core::whole(std::floor(h100e + 0.5), "a tender, in H100e,"));
}

/// One scan of one tender.
class TenderScan {
 public:
  TenderScan(TenderState& state, const MarketView& view, core::SimTime start, core::SimTime end,
             Table<CloudId, double>& promised, PendingChanges& pending)
      : state_(state), view_(view), start_(start), end_(end), promised_(promised), pending_(pending) {
    const auto slash = state.label.find('/');
    const auto& contracts = parameters().contracts;
    const auto it = std::find_if(contracts.begin(), contracts.end(),
                                 [&](const Contract& c) { return c.name == state_.label.substr(0, slash); });
    if (it == contracts.end()) return;  // restated without this contract: no tender any more
    contract_ = &*it;
    name_ = state.label.substr(slash + 1);
    dates_ = contracts::tender_dates(*contract_, name_, parameters().run.end);
  }

  void answer_requests() {
    std::vector<TenderRequest> open;
    std::swap(open, state_.requests);
    for (TenderRequest& request : open) {
      if (request.due > end_)
        state_.requests.push_back(std::move(request));
      else
        decide(request);
    }
  }

  void hold_dates() {
    for (const auto& one : dates_) {
      if (one.date < parameters().run.start || one.date > end_ || !in_force(one)) continue;
      if (std::find(state_.held.begin(), state_.held.end(), one.number) != state_.held.end()) continue;
      state_.held.push_back(one.number);
      hold(one);
    }
  }

 private:
  [[nodiscard]] const CompiledScenario& compiled() const { return view_.compiled(); }
  [[nodiscard]] const Parameters& parameters() const { return view_.parameters(); }
  [[nodiscard]] const std::string& cloud_name(CloudId cloud) const { return parameters().clouds[cloud].name; }
  [[nodiscard]] CloudId cloud_named(const std::string& name) const {
    return CloudId(*index_of(parameters().vocabulary.clouds, name));
  }
  [[nodiscard]] LabId lab_of(const Clause& tender) const {
    return LabId(*index_of(parameters().vocabulary.labs, terms_of(tender).lab));
  }
  [[nodiscard]] const Version& version_of(const contracts::TenderDate& one) const { return (*contract_)[one.version]; }
  [[nodiscard]] const Clause& clause_of(const contracts::TenderDate& one) const { return version_of(one)[one.clause]; }
  [[nodiscard]] std::string short_name(int number) const {
    return contract_->name + "/" + contracts::award_name(name_, number);
  }
  void notice(int number, const std::string& text) const {
    pending_.notices.push_back({end_, "tender", short_name(number), short_name(number) + ": " + text});
  }

  [[nodiscard]] bool in_force(const contracts::TenderDate& one) const {
    return std::any_of(compiled().money.begin(), compiled().money.end(), [&](const PaymentClause& m) {
      return &compiled().version_of(m) == &version_of(one) && compiled().clause_of(m).name == name_ &&
             compiled().clause_of(m).is<kinds::Tender>() && compiled().in_force(m, one.date);
    });
  }

  /// The tender of a date that was held, as its contract now states it; null if the contract no longer does.
  [[nodiscard]] const Clause* tender_of(int number) const {
    if (contract_ == nullptr || end_ >= contract_->terminated) return nullptr;
    for (const auto& one : dates_)
      if (one.number == number) return &clause_of(one);
    return nullptr;
  }

  void hold(const contracts::TenderDate& one) {
    const Clause& tender = clause_of(one);
    const auto bids = find_bids(view_, tender, promised_, end_);
    std::string text = terms_of(tender).lab + " asks for " + rounded(terms_of(tender).quantity_h100e) + " H100e";
    for (std::size_t k = 0; k < bids.size(); ++k)
      text += (k == 0 ? "; bids: " : ", ") + cloud_name(bids[k].cloud) + " " + decimal(bids[k].price);
    notice(one.number, bids.empty() ? text + "; no bid" : text + " $/H100e-h");
    if (bids.empty()) return fail(tender, one.number);
    TenderRequest request;
    request.number = one.number;
    request.rival = cloud_name(bids.front().cloud);
    request.price = bids.front().price;
    proceed(tender, std::move(request), bids.front().refusals);
  }

  /// The best bid is offered to the holder of the first right of first refusal in its way; where none is left it wins.
  void proceed(const Clause& tender, TenderRequest request, const std::vector<ClauseRef>& refusals) {
    for (const auto& ref : refusals) {
      const Contract& holder = contract_of(ref);
      const Clause& right = compiled().registry.clause(ref);
      if (std::find(request.waived.begin(), request.waived.end(), holder.name + "/" + right.name) !=
          request.waived.end())
        continue;
      request.contract = holder.name;
      request.refusal = right.name;
      request.asked = end_;
      request.due = end_ + right.as<kinds::Rofr>().window;
      notice(request.number, "put to " + holder_of(right) + " (" + holder.name + "/" + right.name + ") at " +
                                 decimal(request.price) + " $/H100e-h until " + core::to_string(request.due));
      state_.requests.push_back(std::move(request));
      return;
    }
    award(tender, request.number, request.rival, request.price);
  }

  [[nodiscard]] const Contract& contract_of(const ClauseRef& ref) const {
    return contract_at(compiled().registry.contracts(), ref.contract);
  }

  /// The holder that is a cloud.
  [[nodiscard]] std::string holder_of(const Clause& right) const {
    for (const auto& name : right.as<kinds::Rofr>().holder)
      if (index_of(parameters().vocabulary.clouds, name)) return name;
    return right.as<kinds::Rofr>().holder.empty() ? std::string() : right.as<kinds::Rofr>().holder.front();
  }

  /// The holder's time to answer ends with this window. It decides by the board at the window's start.
  void decide(TenderRequest& request) {
    const Clause* const tender = tender_of(request.number);
    if (tender == nullptr) {
      if (contract_ != nullptr) notice(request.number, "lapses: its contract is over");
      return;
    }
    const CloudId rival = cloud_named(request.rival);
    const auto before = obstacles(view_, *tender, rival, end_);
    if (before.barred) {
      notice(request.number, request.rival + " may no longer host");
      return fail(*tender, request.number);
    }
    const auto& registry = compiled().registry;
    const auto stands = std::find_if(before.refusals.begin(), before.refusals.end(), [&](const ClauseRef& ref) {
      return contract_of(ref).name == request.contract && registry.clause(ref).name == request.refusal;
    });
    if (stands != before.refusals.end()) {
      const std::string holder = holder_of(registry.clause(*stands));
      if (matches(*tender, request, holder, registry.clause(*stands).as<kinds::Rofr>().window)) {
        notice(request.number, holder + " matches");
        return award(*tender, request.number, holder, request.price);
      }
      notice(request.number, holder + " waives");
      contracts::ContractChange change;
      change.kind = contracts::ChangeKind::Waive;
      change.at = end_;
      change.contract = request.contract;
      change.clause = request.refusal;
      change.host = request.rival;
      pending_.changes.push_back(std::move(change));
      request.waived.push_back(request.contract + "/" + request.refusal);
    }
    proceed(*tender, std::move(request), before.refusals);
  }

  [[nodiscard]] bool matches(const Clause& tender, const TenderRequest& request, const std::string& holder,
                             core::SimDuration window) const {
    const auto found = index_of(parameters().vocabulary.clouds, holder);
    if (!found) return false;
    const CloudId cloud(*found);
    const LabId lab = lab_of(tender);
    const bool could =
        compiled().ported_from(lab, cloud) <= end_ && compiled().cloud_firm[cloud] != compiled().lab_firm[lab];
    const double headroom = could ? free_h100e(view_, cloud, end_) - promised_[cloud] : 0.0;
    const contracts::CapacityRequest asked{core::UsdPerGpuHour{core::real(request.price.tenthousandths()) * 1e-4},
                                           core::Gpus{terms_of(tender).quantity_h100e}, request.asked, window};
    const auto answer = contracts::rofr_answer(
        asked, {core::UsdPerGpuHour{view_.board.clouds[cloud].cost_per_h100e_hour}, core::Gpus{headroom}});
    return contracts::rofr_outcome(asked, answer, start_, end_) == contracts::RofrAnswer::Match;
  }

  void award(const Clause& tender, int number, const std::string& winner, Money price) {
    const CloudId cloud = cloud_named(winner);
    contracts::Award won;
    won.cloud = winner;
    won.payer = compiled().parties[compiled().lab_firm[lab_of(tender)]];
    won.payee = compiled().parties[compiled().cloud_firm[cloud]];
    won.price = price;
    won.from = end_;
    contracts::ContractChange change;
    change.kind = contracts::ChangeKind::Award;
    change.at = end_;
    change.contract = contract_->name;
    change.clause = contracts::award_name(name_, number);
    change.parties = {won.payer, won.payee};
    change.clauses = contracts::awarded_clauses(tender, number, won);
    pending_.changes.push_back(std::move(change));
    pending_.milestones.push_back({state_.label, end_});
    pending_.milestones.push_back({short_name(number), end_});
    promised_[cloud] += terms_of(tender).quantity_h100e;
    notice(number, "awarded to " + winner + " at " + decimal(price) + " $/H100e-h until " +
                       core::to_string(end_ + terms_of(tender).term));
  }

  void fail(const Clause& tender, int number) {
    notice(number, "fails");
    state_.shortfalls.push_back({core::whole(std::floor(terms_of(tender).quantity_h100e + 1e-6), "a tender, in H100e,"),
                                 end_ + terms_of(tender).term});
  }

  TenderState& state_;
  const MarketView& view_;
  core::SimTime start_, end_;
  Table<CloudId, double>& promised_;
  PendingChanges& pending_;
  const Contract* contract_ = nullptr;
  std::string name_;
  std::vector<contracts::TenderDate> dates_;
};

/// Every tender that the contracts have ever stated in this run has its state, in order of labels.
void add_states(std::vector<TenderState>& tenders, const Parameters& p) {
  for (const auto& contract : p.contracts)
    for (const auto& name : contracts::tender_names(contract)) {
      const std::string label = contract.name + "/" + name;
      const auto at = std::lower_bound(tenders.begin(), tenders.end(), label,
                                       [](const TenderState& state, const std::string& l) { return state.label < l; });
      if (at == tenders.end() || at->label != label) tenders.insert(at, TenderState{label, {}, {}, {}});
    }
}

}  // namespace

void watch_tenders(std::vector<TenderState>& tenders, const MarketView& view, core::SimTime start, core::SimTime end,
                   PendingChanges& pending) {
  if (start == view.parameters().run.start) return;
  add_states(tenders, view.parameters());
  Table<CloudId, double> promised(view.parameters().clouds.size(), 0.0);
  // Open requests are answered first; new tenders get the remaining capacity.
  for (TenderState& state : tenders) TenderScan(state, view, start, end, promised, pending).answer_requests();
  for (TenderState& state : tenders) {
    TenderScan(state, view, start, end, promised, pending).hold_dates();
    std::erase_if(state.shortfalls, [end](const TenderShortfall& one) { return one.until <= end; });
  }
}

std::vector<TenderSignal> tender_signals(const std::vector<TenderState>& tenders, core::SimTime t) {
  std::vector<TenderSignal> signals;
  for (const TenderState& state : tenders) {
    std::int64_t h100e = 0;
    for (const auto& one : state.shortfalls)
      if (t < one.until) h100e += one.h100e;
    if (h100e > 0) signals.push_back({state.label, h100e});
  }
  return signals;
}

}  // namespace rackrate::market
