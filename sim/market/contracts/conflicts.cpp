#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market::contracts {

namespace {

/// An exclusive in force, without what its own contract carves out, what a regulator voids and the lab's own channel.
struct ExclusiveInForce {
  const Rule* rule;
  Boxes bars;         ///< everything it covers, the holder included
  Boxes bars_others;  ///< the same without the holder
  Boxes breakable;    ///< `bars_others`, and what is open in breach
};

/// The rights that one contract states in one role and one interval. Unions are kept disjoint, so that their number
/// does not explode over many intervals.
struct StatedRights {
  std::vector<const Rule*> grants;
  std::vector<ExclusiveInForce> exclusives;
  std::vector<const Rule*> breaches;  ///< what it grants in breach of others
  Boxes granted;
  Boxes barred;  ///< to everybody but the holders, what is open in breach included
};

void add_disjoint(Boxes& to, const Boxes& more) {
  const Boxes fresh = difference(more, to);
  to.insert(to.end(), fresh.begin(), fresh.end());
}

/// One pair of clauses that contradict each other, with the roles on which they do, by interval.
struct PairKey {
  std::string senior, junior;
  ConflictKind kind;
  auto operator<=>(const PairKey&) const = default;
};
struct Contradiction {
  const Rule* senior;
  const Rule* junior;
  std::set<Role> roles;
};
using Found = std::map<PairKey, std::map<BreakId, Contradiction>>;
using RightsByContract = Table<ContractId, StatedRights>;

class Finder {
 public:
  Finder(const std::vector<Contract>& contracts, const Compiled& compiled, const Vocabulary& vocabulary,
         const std::vector<core::SimTime>& breakpoints)
      : contracts_(contracts), compiled_(compiled), vocabulary_(vocabulary), breakpoints_(breakpoints) {}

  [[nodiscard]] std::vector<Conflict> find() {
    for (const Role role : kinds::kAllRoles) {
      Table<BreakId, RightsByContract> rights;
      for (const BreakId i : core::indices<BreakId>(breakpoints_.size() + 1)) rights.push_back(rights_in(i, role));
      for (const BreakId i : rights.ids()) compare_exclusives(rights[i], i, role);
      for (const BreakId i : rights.ids()) compare_breaches(rights[i], i, role);
      for (const ContractId a : contract_ids(contracts_))
        for (const ContractId b : contract_ids(contracts_))
          if (a != b) compare_grants(rights, a, b, role);
    }
    return report();
  }

 private:
  [[nodiscard]] std::string name_of(const Rule& rule) const { return path_of(contracts_, rule.clause); }
  [[nodiscard]] const std::string& holder_of(const Rule& bar) const {
    return (held_by_channel(bar.role) ? vocabulary_.channels : vocabulary_.clouds)[bar.holder.position()];
  }

  [[nodiscard]] RightsByContract rights_in(BreakId interval, Role role) const {
    std::set<RuleId> active;  // so ascending seniority
    for (const LabId lab : core::indices<LabId>(compiled_.labs)) {
      const Compiled::Starts& cell = compiled_.starts(interval, lab, role);
      const auto rules = std::span(compiled_.lists).subspan(cell.front(), cell.back() - cell.front());
      active.insert(rules.begin(), rules.end());
    }
    Table<ContractId, Boxes> exempt(contracts_.size());
    RightsByContract out(contracts_.size());
    for (const RuleId r : active) {
      const Rule& rule = compiled_.rules[r];
      if (rule.is_breach())
        out[rule.clause.contract].breaches.push_back(&rule);
      else if (rule.action == Action::Exempt)
        exempt[rule.clause.contract].push_back(rule.box);
    }
    for (const RuleId r : active) {
      const Rule& rule = compiled_.rules[r];
      if (rule.action == Action::Permit) {
        out[rule.clause.contract].grants.push_back(&rule);
        add_disjoint(out[rule.clause.contract].granted, {rule.box});
      }
      if (rule.action == Action::Bar) add_bar(rule, exempt[rule.clause.contract], active, out);
    }
    return out;
  }

  /// Adds an exclusive to the rights of its contract, without the boxes in `cut`.
  void add_bar(const Rule& rule, Boxes cut, const std::set<RuleId>& active, RightsByContract& rights) const {
    Box all = rule.box;
    if (rule.role == Role::Channel && compiled_.own_channel.exists()) all.actors.erase(compiled_.own_channel);
    Box others = all;
    if (rule.holder.exists()) others.actors.erase(rule.holder);
    for (const Box& order : voids_over(rule, active)) cut.push_back(order);
    ExclusiveInForce bar{&rule, difference(Boxes{all}, cut), {}, difference(Boxes{others}, cut)};
    const Boxes open = broken(rule, rights);
    bar.bars = difference(bar.bars, open);
    bar.bars_others = difference(bar.breakable, open);
    StatedRights& stated = rights[rule.clause.contract];
    add_disjoint(stated.barred, bar.breakable);
    stated.exclusives.push_back(std::move(bar));
  }

  /// The part of this bar that regulators void in this interval, for every actor.
  [[nodiscard]] Boxes voids_over(const Rule& bar, const std::set<RuleId>& active) const {
    Boxes out;
    for (const RuleId r : active) {
      const Rule& order = compiled_.rules[r];
      if (order.action != Action::Void || !bar.holder.exists() || !order.box.actors.contains(bar.holder)) continue;
      out.push_back(order.box);
      out.back().actors = SetOf<ActorId>::everything();
    }
    return out;
  }

  /// The part of this bar that is open in breach of its contract. The holder cannot breach its own bar.
  [[nodiscard]] static Boxes broken(const Rule& bar, const RightsByContract& rights) {
    Boxes out;
    for (const StatedRights& stated : rights)
      for (const Rule* rule : stated.breaches) {
        if (rule->bars_of != bar.clause.contract) continue;
        out.push_back(rule->box);
        // where nothing is asked, nothing is blocked
        out.back().products = out.back().products | (ProductSet::everything() - products_asking(rule->role));
        if (bar.holder.exists()) out.back().actors.erase(bar.holder);
      }
    return out;
  }

  void note(ConflictKind kind, const Rule& senior, const Rule& junior, Role role, BreakId interval) {
    Contradiction& entry = found_[{name_of(senior), name_of(junior), kind}][interval];
    entry.senior = &senior;
    entry.junior = &junior;
    entry.roles.insert(role);
  }

  /// MODEL 5.2 step 3: different holders, one tuple.
  void compare_exclusives(const RightsByContract& rights, BreakId interval, Role role) {
    std::vector<const ExclusiveInForce*> live;
    for (const StatedRights& stated : rights)
      for (const ExclusiveInForce& bar : stated.exclusives) live.push_back(&bar);
    for (std::size_t i = 0; i < live.size(); ++i)
      for (std::size_t j = i + 1; j < live.size(); ++j) {
        const Rule *senior = live[i]->rule, *junior = live[j]->rule;
        if (senior->holder == junior->holder || intersection(live[i]->bars, live[j]->bars).empty()) continue;
        if (junior < senior) std::swap(senior, junior);  // both live in compiled_.rules, which is sorted by seniority
        note(ConflictKind::Exclusives, *senior, *junior, role, interval);
      }
  }

  /// MODEL 5.6, breach with damages: what is open though barred, whichever of the two was signed first.
  void compare_breaches(const RightsByContract& rights, BreakId interval, Role role) {
    for (const StatedRights& stated : rights)
      for (const Rule* opened : stated.breaches)
        for (const ExclusiveInForce& bar : rights[opened->bars_of].exclusives)
          if (!intersection(Boxes{opened->box}, bar.breakable).empty())
            note(ConflictKind::Breach, *bar.rule, *opened, role, interval);
  }

  /// MODEL 5.6: tuples that contract a grants anew while contract b bars them, both on the day of the
  /// grant's signature and on the day it takes effect. A grant older than the exclusive is no such case; what is open
  /// in breach counts as barred here, so that it is blocked again when the breach has no price any more.
  void compare_grants(const Table<BreakId, RightsByContract>& rights, ContractId a, ContractId b, Role role) {
    Boxes contradicted;
    const Boxes none;
    for (const BreakId i : rights.ids()) {
      const StatedRights &granting = rights[i][a], &barring = rights[i][b];
      if (granting.granted.empty() || barring.barred.empty()) {
        contradicted.clear();
        continue;
      }
      const BreakId signature = interval_of(version_at(contracts_, granting.grants.front()->clause).signed_on);
      const Boxes& before = i == BreakId(0) ? none : rights[BreakId(i.position() - 1)][a].granted;
      const Boxes overlap = intersection(granting.granted, barring.barred);
      const Boxes fresh = intersection(difference(overlap, before), rights[signature][b].barred);
      contradicted = intersection(overlap, contradicted);
      add_disjoint(contradicted, fresh);
      if (contradicted.empty()) continue;
      for (const Rule* grant : granting.grants)
        for (const ExclusiveInForce& bar : barring.exclusives)
          if (!intersection(intersection(Boxes{grant->box}, bar.bars_others), contradicted).empty())
            note(ConflictKind::GrantAgainstLive, *bar.rule, *grant, role, i);
    }
  }

  [[nodiscard]] BreakId interval_of(core::SimTime t) const {
    return BreakId(std::upper_bound(breakpoints_.begin(), breakpoints_.end(), t) - breakpoints_.begin());
  }

  [[nodiscard]] std::string sentence(const Conflict& conflict, const Contradiction& about) const {
    std::string roles;
    for (const Role role : about.roles) roles += (roles.empty() ? "" : ", ") + std::string(market::name_of(role));
    const std::string holder = holder_of(*about.senior);
    const std::string when = (conflict.from <= core::kAlways ? "" : " from " + core::to_string(conflict.from)) +
                             (conflict.until >= core::kNever ? "" : " until " + core::to_string(conflict.until));
    if (conflict.kind == ConflictKind::GrantAgainstLive)
      return conflict.junior + " grants " + roles + " against the live exclusive of " + holder + " in " +
             conflict.senior + when + "; the grant opens nothing while the exclusive lasts";
    if (conflict.kind == ConflictKind::Breach)
      return conflict.junior + " grants " + roles + " against the live exclusive of " + holder + " in " +
             conflict.senior + when + "; it opens in breach, at the damages of " +
             path_of(contracts_, about.junior->price);
    const std::string other = holder_of(*about.junior);
    return conflict.senior + " (" + holder + ") and " + conflict.junior + " (" + other + ") are both exclusive on " +
           roles + when + "; " + conflict.senior + " prevails by seniority";
  }

  [[nodiscard]] std::vector<Conflict> report() const {
    std::vector<Conflict> out;
    for (const auto& [key, by_interval] : found_) {
      BreakId next;  // where the last stretch would go on
      Contradiction merged;
      for (const auto& [interval, about] : by_interval) {
        const core::SimTime until =
            core::within(interval, breakpoints_.size()) ? breakpoints_[interval.position()] : core::kNever;
        if (interval == next) {
          out.back().until = until;
          merged.roles.insert(about.roles.begin(), about.roles.end());
        } else {
          merged = about;
          out.push_back({key.kind,
                         key.senior,
                         key.junior,
                         interval_start(breakpoints_, interval),
                         until,
                         {},
                         about.senior->clause.contract,
                         about.junior->clause.contract});
        }
        out.back().sentence = sentence(out.back(), merged);
        next = BreakId(interval.position() + 1);
      }
    }
    std::stable_sort(out.begin(), out.end(), [](const Conflict& x, const Conflict& y) { return x.from < y.from; });
    return out;
  }

  const std::vector<Contract>& contracts_;
  const Compiled& compiled_;
  const Vocabulary& vocabulary_;
  const std::vector<core::SimTime>& breakpoints_;
  Found found_;
};

}  // namespace

std::vector<Conflict> find_conflicts(const std::vector<Contract>& contracts, const Compiled& compiled,
                                     const Vocabulary& vocabulary, const std::vector<core::SimTime>& breakpoints) {
  return Finder(contracts, compiled, vocabulary, breakpoints).find();
}

}  // namespace rackrate::market::contracts
