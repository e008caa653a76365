#include <algorithm>
#include <map>
#include <set>

#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market::contracts {

namespace {

/// An exclusive in force, less what its own contract carves out, what a regulator voids and the lab's own channel.
struct LiveBar {
  const Rule* rule;
  Boxes bars;         ///< everything it covers, the holder included
  Boxes bars_others;  ///< the same without the holder
  Boxes breakable;    ///< the same, and what is open in breach as well
};

/// What one contract says about one role in one interval. Unions are kept disjoint, so that the set
/// algebra over many intervals cannot blow up.
struct Stance {
  std::vector<const Rule*> grants;
  std::vector<LiveBar> exclusives;
  std::vector<const Rule*> breaches;  ///< what it grants in breach of others
  Boxes granted;
  Boxes barred;  ///< to others than the holders, breaches or not
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
using Found = std::map<PairKey, std::map<std::size_t, Contradiction>>;

class Finder {
 public:
  Finder(const std::vector<Contract>& contracts, const Compiled& compiled, const Vocabulary& vocabulary,
         const std::vector<core::SimTime>& breakpoints)
      : contracts_(contracts), compiled_(compiled), vocabulary_(vocabulary), breakpoints_(breakpoints) {}

  [[nodiscard]] std::vector<Conflict> find() {
    for (std::size_t r = 0; r < kRoleNames.size(); ++r) {
      const Role role = static_cast<Role>(r);
      std::vector<std::vector<Stance>> stances;  // [interval][contract]
      for (std::size_t i = 0; i <= breakpoints_.size(); ++i) stances.push_back(stances_in(i, role));
      for (std::size_t i = 0; i < stances.size(); ++i) compare_exclusives(stances[i], i, role);
      for (std::size_t i = 0; i < stances.size(); ++i) compare_breaches(stances[i], i, role);
      for (std::size_t a = 0; a < contracts_.size(); ++a)
        for (std::size_t b = 0; b < contracts_.size(); ++b)
          if (a != b) compare_grants(stances, a, b, role);
    }
    return report();
  }

 private:
  [[nodiscard]] std::string name_of(const Rule& rule) const {
    const Contract& contract = contracts_[static_cast<std::size_t>(rule.contract)];
    const Version& version = contract.versions[static_cast<std::size_t>(rule.version)];
    return contract.name + "/" + version.name + "/" + version.clauses[static_cast<std::size_t>(rule.clause)].name;
  }
  [[nodiscard]] std::string price_of(const Rule& opened) const {
    const Contract& contract = contracts_[static_cast<std::size_t>(opened.bars_of)];
    const Version& version = contract.versions[static_cast<std::size_t>(opened.price_version)];
    return contract.name + "/" + version.name + "/" +
           version.clauses[static_cast<std::size_t>(opened.price_clause)].name;
  }
  [[nodiscard]] const std::vector<std::string>& actors(Role role) const {
    return held_by_channel(role) ? vocabulary_.channels : vocabulary_.clouds;
  }

  [[nodiscard]] std::vector<Stance> stances_in(std::size_t interval, Role role) const {
    std::set<std::uint32_t> active;  // rule numbers, so ascending seniority
    for (std::size_t lab = 0; lab < compiled_.labs; ++lab) {
      const auto& cell =
          compiled_.cells[(interval * compiled_.labs + lab) * kRoleNames.size() + static_cast<std::size_t>(role)];
      active.insert(compiled_.lists.begin() + cell.front(), compiled_.lists.begin() + cell.back());
    }
    std::vector<Boxes> exempt(contracts_.size());
    for (const std::uint32_t r : active)
      if (const Rule& rule = compiled_.rules[r]; rule.action == Action::Exempt && rule.price_version < 0)
        exempt[static_cast<std::size_t>(rule.contract)].push_back(rule.box);
    std::vector<Stance> out(contracts_.size());
    for (const std::uint32_t r : active)
      if (const Rule& rule = compiled_.rules[r]; rule.price_version >= 0)
        out[static_cast<std::size_t>(rule.contract)].breaches.push_back(&rule);
    for (const std::uint32_t r : active) {
      const Rule& rule = compiled_.rules[r];
      Stance& stance = out[static_cast<std::size_t>(rule.contract)];
      if (rule.action == Action::Permit) {
        stance.grants.push_back(&rule);
        add_disjoint(stance.granted, {rule.box});
      }
      if (rule.action == Action::Bar) {
        Box all = rule.box;
        if (role == Role::Channel && compiled_.own_channel >= 0)
          all.actors.reset(static_cast<std::size_t>(compiled_.own_channel));
        Box others = all;
        if (rule.holder >= 0) others.actors.reset(static_cast<std::size_t>(rule.holder));
        Boxes cut = exempt[static_cast<std::size_t>(rule.contract)];
        for (const Box& order : voids_over(rule, active)) cut.push_back(order);
        LiveBar bar{&rule, difference(Boxes{all}, cut), {}, difference(Boxes{others}, cut)};
        const Boxes open = broken(rule, out);
        bar.bars = difference(bar.bars, open);
        bar.bars_others = difference(bar.breakable, open);
        add_disjoint(stance.barred, bar.breakable);
        stance.exclusives.push_back(std::move(bar));
      }
    }
    return out;
  }

  /// What regulators strike out of this bar in this interval: the tuples, whoever acts.
  [[nodiscard]] Boxes voids_over(const Rule& bar, const std::set<std::uint32_t>& active) const {
    Boxes out;
    for (const std::uint32_t r : active) {
      const Rule& order = compiled_.rules[r];
      if (order.action != Action::Void || bar.holder < 0 || !order.box.actors[static_cast<std::size_t>(bar.holder)])
        continue;
      out.push_back(order.box);
      out.back().actors.set();
    }
    return out;
  }

  /// What of this bar is open in breach of its contract: to others than its holder, who breaks nothing.
  [[nodiscard]] static Boxes broken(const Rule& bar, const std::vector<Stance>& stances) {
    Boxes out;
    for (const Stance& stance : stances)
      for (const Rule* rule : stance.breaches) {
        if (rule->bars_of != bar.contract) continue;
        out.push_back(rule->box);
        out.back().products = static_cast<std::uint16_t>(
            out.back().products | ~products_asking(rule->role));  // where nothing is asked, nothing is blocked
        if (bar.holder >= 0) out.back().actors.reset(static_cast<std::size_t>(bar.holder));
      }
    return out;
  }

  void note(ConflictKind kind, const Rule& senior, const Rule& junior, Role role, std::size_t interval) {
    Contradiction& entry = found_[{name_of(senior), name_of(junior), kind}][interval];
    entry.senior = &senior;
    entry.junior = &junior;
    entry.roles.insert(role);
  }

  /// MODEL 5.2 step 3: different holders, one tuple.
  void compare_exclusives(const std::vector<Stance>& stances, std::size_t interval, Role role) {
    std::vector<const LiveBar*> live;
    for (const Stance& stance : stances)
      for (const LiveBar& bar : stance.exclusives) live.push_back(&bar);
    for (std::size_t i = 0; i < live.size(); ++i)
      for (std::size_t j = i + 1; j < live.size(); ++j) {
        const Rule *senior = live[i]->rule, *junior = live[j]->rule;
        if (senior->holder == junior->holder || intersection(live[i]->bars, live[j]->bars).empty()) continue;
        if (junior < senior) std::swap(senior, junior);  // both live in compiled_.rules, which is sorted by seniority
        note(ConflictKind::Exclusives, *senior, *junior, role, interval);
      }
  }

  /// MODEL 5.6, breach with damages: what is open though barred, whichever of the two was signed first.
  void compare_breaches(const std::vector<Stance>& stances, std::size_t interval, Role role) {
    for (const Stance& stance : stances)
      for (const Rule* opened : stance.breaches)
        for (const LiveBar& bar : stances[static_cast<std::size_t>(opened->bars_of)].exclusives)
          if (!intersection(Boxes{opened->box}, bar.breakable).empty())
            note(ConflictKind::Breach, *bar.rule, *opened, role, interval);
  }

  /// MODEL 5.6: tuples that contract a grants anew while contract b bars them, both on the day of the
  /// grant's signature and on the day it takes effect. A grant older than the exclusive is no such case; what is open
  /// in breach counts as barred here, so that it is blocked again when the breach has no price any more.
  void compare_grants(const std::vector<std::vector<Stance>>& stances, std::size_t a, std::size_t b, Role role) {
    Boxes contradicted;
    const Boxes none;
    for (std::size_t i = 0; i < stances.size(); ++i) {
      const Stance &granting = stances[i][a], &barring = stances[i][b];
      if (granting.granted.empty() || barring.barred.empty()) {
        contradicted.clear();
        continue;
      }
      const auto version = static_cast<std::size_t>(granting.grants.front()->version);
      const std::size_t signature = interval_of(contracts_[a].versions[version].signed_on);
      const Boxes& before = i == 0 ? none : stances[i - 1][a].granted;
      const Boxes overlap = intersection(granting.granted, barring.barred);
      const Boxes fresh = intersection(difference(overlap, before), stances[signature][b].barred);
      contradicted = intersection(overlap, contradicted);
      add_disjoint(contradicted, fresh);
      if (contradicted.empty()) continue;
      for (const Rule* grant : granting.grants)
        for (const LiveBar& bar : barring.exclusives)
          if (!intersection(intersection(Boxes{grant->box}, bar.bars_others), contradicted).empty())
            note(ConflictKind::GrantAgainstLive, *bar.rule, *grant, role, i);
    }
  }

  [[nodiscard]] std::size_t interval_of(core::SimTime t) const {
    return static_cast<std::size_t>(std::upper_bound(breakpoints_.begin(), breakpoints_.end(), t) -
                                    breakpoints_.begin());
  }

  [[nodiscard]] std::string sentence(const Conflict& conflict, const Contradiction& about) const {
    std::string roles;
    for (const Role role : about.roles)
      roles += (roles.empty() ? "" : ", ") + std::string(kRoleNames[static_cast<std::size_t>(role)]);
    const std::string holder = actors(
        about.senior->role)[static_cast<std::size_t>(about.senior->holder)];  // an index into its own role's list
    const std::string when = (conflict.from <= core::kAlways ? "" : " from " + core::to_string(conflict.from)) +
                             (conflict.until >= core::kNever ? "" : " until " + core::to_string(conflict.until));
    if (conflict.kind == ConflictKind::GrantAgainstLive)
      return conflict.junior + " grants " + roles + " against the live exclusive of " + holder + " in " +
             conflict.senior + when + "; the grant opens nothing while the exclusive lasts";
    if (conflict.kind == ConflictKind::Breach)
      return conflict.junior + " grants " + roles + " against the live exclusive of " + holder + " in " +
             conflict.senior + when + "; it opens in breach, at the damages of " + price_of(*about.junior);
    const std::string other = actors(about.junior->role)[static_cast<std::size_t>(about.junior->holder)];
    return conflict.senior + " (" + holder + ") and " + conflict.junior + " (" + other + ") are both exclusive on " +
           roles + when + "; " + conflict.senior + " prevails by seniority";
  }

  [[nodiscard]] std::vector<Conflict> report() const {
    std::vector<Conflict> out;
    for (const auto& [key, by_interval] : found_) {
      std::size_t last = 0;
      bool open = false;
      Contradiction merged;
      for (const auto& [interval, about] : by_interval) {
        const core::SimTime until = interval < breakpoints_.size() ? breakpoints_[interval] : core::kNever;
        if (open && interval == last + 1) {
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
                         about.senior->contract,
                         about.junior->contract});
        }
        out.back().sentence = sentence(out.back(), merged);
        open = true;
        last = interval;
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
