#include "sim/market/contracts/compile.hpp"

#include <algorithm>
#include <compare>
#include <string_view>
#include <type_traits>

#include "sim/market/contracts/breach.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market::contracts {

core::SimTime begin_of(const Version& version, const Clause& clause) {
  return std::max({clause.from, version.effective, clause.switched_on});
}

std::vector<core::SimTime> find_breakpoints(const std::vector<Contract>& contracts) {
  std::vector<core::SimTime> dates;
  for (const Contract& contract : contracts) dates.push_back(contract.terminated);
  for (const Contract& contract : contracts)
    for (const Version& version : contract.versions) {
      dates.insert(dates.end(), {version.effective, version.ends});
      for (const Clause& clause : version.clauses) {
        dates.insert(dates.end(), {clause.switched_on, clause.switched_off});
        if (clause.is<kinds::Damages>())
          dates.insert(dates.end(), {clause.from, clause.until});  // a breach lasts while a clause prices it
        for_each_permission(clause, [&dates, &version](const Clause& one) {
          dates.insert(dates.end(), {one.from, one.until});
          visit_permission(one, [&dates, &version, &one](const auto& terms) {
            terms.add_dates(dates);
            if (const auto window = terms.migration_window(); window > core::SimDuration{0})
              dates.push_back(begin_of(version, one) + window);
          });
        });
      }
    }
  std::erase_if(dates, [](core::SimTime t) { return t <= core::kAlways || t >= core::kNever; });
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  return dates;
}

namespace {

/// The ids of the names that a list has.
template <class Id>
SetOf<Id> ids_of(const std::vector<std::string>& all, const std::vector<std::string>& names) {
  SetOf<Id> ids;
  for (const std::string& name : names)
    if (const auto i = index_of(all, name)) ids.insert(Id(*i));
  return ids;
}

/// The members that are stated, or all where none is.
template <class Set, class Enum>
Set stated_or_all(const std::vector<Enum>& stated) {
  if (stated.empty()) return Set::everything();
  Set set;
  for (const Enum one : stated) set.insert(one);
  return set;
}

/// Turns names into ids. The vocabulary decides what "everything" means in each dimension.
class ScopeReader {
 public:
  ScopeReader(const Vocabulary& vocabulary, const Compiled& compiled) : vocabulary_(vocabulary), compiled_(compiled) {}

  [[nodiscard]] Box read(const Scope& scope) const {
    Box box;
    box.labs =
        scope.labs.empty() ? SetOf<LabId>::first(vocabulary_.labs.size()) : ids_of<LabId>(vocabulary_.labs, scope.labs);
    box.segments = segments(scope.segments);
    box.regions = regions(scope.regions);
    box.products = stated_or_all<ProductSet>(scope.products);
    box.model_classes = stated_or_all<ModelClassSet>(scope.model_class);
    return box;
  }

  /// The actors named that exist in this role; everybody when none is named.
  [[nodiscard]] SetOf<ActorId> actors(Role role, const std::vector<std::string>& names) const {
    const auto& all = actors_in(role);
    return names.empty() ? SetOf<ActorId>::first(all.size()) : ids_of<ActorId>(all, names);
  }

  [[nodiscard]] ActorId holder(Role role, const std::vector<std::string>& names) const {
    for (const std::string& name : names)
      if (const auto i = index_of(actors_in(role), name)) return ActorId(*i);
    return {};
  }

 private:
  [[nodiscard]] const std::vector<std::string>& actors_in(Role role) const {
    return held_by_channel(role) ? vocabulary_.channels : vocabulary_.clouds;
  }

  /// A clause holds for the commercial segments "in general" when it holds for every one of them.
  [[nodiscard]] SetOf<SegmentId> segments(const std::vector<std::string>& names) const {
    using Segments = SetOf<SegmentId>;
    const SegmentId general = compiled_.segment_in_general;
    if (names.empty()) return Segments::first(general.position() + 1);
    Segments commercial = Segments::first(general.position());
    commercial.erase(compiled_.national_security);
    Segments stated = ids_of<SegmentId>(vocabulary_.segments, names);
    bool all_commercial = !commercial.empty() && (stated & commercial) == commercial;
    for (const std::string& name : names) {
      if (name == kNationalSecurity) stated.insert(compiled_.national_security);
      if (name == kCommercial) {
        stated = stated | commercial;
        all_commercial = true;
      }
    }
    if (all_commercial) stated.insert(general);
    return stated;
  }

  [[nodiscard]] SetOf<RegionId> regions(const std::vector<std::string>& names) const {
    using Regions = SetOf<RegionId>;
    const std::size_t count = vocabulary_.regions.size();
    if (names.empty()) return Regions::first(count + 1);
    Regions stated = ids_of<RegionId>(vocabulary_.regions, names);
    if (stated == Regions::first(count)) stated.insert(compiled_.region_in_general);
    return stated;
  }

  const Vocabulary& vocabulary_;
  const Compiled& compiled_;
};

/// The clause in one role, as a rule of this action.
template <class K>
Rule rule_of(const Clause& clause, const K& terms, const Version& version, const ClauseRef& ref,
             const ScopeReader& reader, Role role, Action action) {
  Rule rule;
  rule.box = reader.read(clause.scope);
  rule.action = action;
  rule.role = role;
  const bool holds = action == Action::Bar || action == Action::Delay;
  rule.box.actors = reader.actors(role, holds ? std::vector<std::string>{} : terms.actors());
  if (holds) rule.holder = reader.holder(role, terms.actors());
  rule.from = begin_of(version, clause);
  rule.until = std::min({clause.until, version.ends, clause.switched_off});
  rule.clause = ref;
  rule.bars_of = ref.contract;
  terms.fill(rule);
  return rule;
}

/// A waiver: the holder's bars no longer reach this actor, in this scope.
Rule waived(const Rule& refusal, const Waiver& waiver, const ScopeReader& reader) {
  Rule opened = refusal;
  opened.action = Action::Exempt;
  opened.holder = {};
  opened.box.actors = reader.actors(refusal.role, {waiver.host});
  opened.from = std::max(refusal.from, waiver.date);
  return opened;
}

void add_rules(const Clause& clause, const Version& version, const ClauseRef& ref, const ScopeReader& reader,
               Table<RuleId, Rule>& rules) {
  visit_permission(clause, [&]<class K>(const K& terms) {
    for (const Role role : clause_roles(clause)) {
      const Rule rule = rule_of(clause, terms, version, ref, reader, role, K::action);
      rules.push_back(rule);
      if (terms.bars() && K::action != Action::Bar)
        rules.push_back(rule_of(clause, terms, version, ref, reader, role, Action::Bar));
      if constexpr (std::is_same_v<K, kinds::Rofr>)
        for (const Waiver& waiver : terms.waivers) rules.push_back(waived(rule, waiver, reader));
    }
  });
}

/// The grant as an exemption from the bars of the contract that prices its breach, while both are in force.
Rule opened_at_a_price(const Rule& grant, const ClauseRef& at, const Version& pricing) {
  const Clause& price = pricing[at.clause];
  Rule opened = grant;
  opened.action = Action::Exempt;
  opened.box.products = opened.box.products & products_asking(opened.role);
  opened.bars_of = at.contract;
  opened.price = at;
  opened.from = std::max({opened.from, price.from, pricing.effective, price.switched_on});
  opened.until = std::min({opened.until, price.until, pricing.ends, price.switched_off});
  return opened;
}

/// Grants in breach of another contract: an exemption from the bars of that contract while the grant and a damages
/// clause that prices the breach are in force.
void add_breaches(const std::vector<Contract>& contracts, Table<RuleId, Rule>& rules) {
  for (const RuleId r : core::indices<RuleId>(rules.size())) {  // those that are there now
    const Rule grant = rules[r];
    if (grant.action != Action::Permit || version_at(contracts, grant.clause).conflict != ConflictPolicy::Breach)
      continue;
    const Contract& breaking = contract_at(contracts, grant.clause.contract);
    for_each_place(contracts, [&](const ClauseRef& at, const Version& version, const Clause& price) {
      if (at.contract == grant.clause.contract || !prices_breach(price, breaking)) return;
      const Rule opened = opened_at_a_price(grant, at, version);
      if (opened.from < opened.until && !empty(opened.box)) rules.push_back(opened);
    });
  }
}

core::SimTime first_effective(const Contract& contract) {
  core::SimTime first = core::kNever;
  for (const Version& version : contract.versions) first = std::min(first, version.effective);
  return first;
}

struct SeniorityKey {
  core::SimTime first_effective;
  std::string_view contract, version;
  ClauseKind kind;
  std::string_view clause;
  Role role;
  Action action;
  core::SimTime from;
  std::string_view broken, price_version, price;  // of exemptions by a breach
  auto operator<=>(const SeniorityKey&) const = default;
};

SeniorityKey seniority_of(const Rule& rule, const std::vector<Contract>& contracts) {
  const Contract& contract = contract_at(contracts, rule.clause.contract);
  const Clause& clause = clause_at(contracts, rule.clause);
  SeniorityKey key{first_effective(contract),
                   contract.name,
                   version_at(contracts, rule.clause).name,
                   clause.kind(),
                   clause.name,
                   rule.role,
                   rule.action,
                   rule.from,
                   {},
                   {},
                   {}};
  if (!rule.is_breach()) return key;
  key.broken = contract_at(contracts, rule.price.contract).name;
  key.price_version = version_at(contracts, rule.price).name;
  key.price = clause_at(contracts, rule.price).name;
  return key;
}

/// Ascending seniority; names break ties, so the order of a file changes nothing.
void sort_by_seniority(Table<RuleId, Rule>& rules, const std::vector<Contract>& contracts) {
  std::stable_sort(rules.begin(), rules.end(), [&contracts](const Rule& a, const Rule& b) {
    return seniority_of(a, contracts) < seniority_of(b, contracts);
  });
}

/// The rules of all contracts that are in force from `start` on, to the next breakpoint.
std::vector<RuleId> active_rules(const Compiled& compiled, const std::vector<Contract>& contracts,
                                 core::SimTime start) {
  Table<ContractId, VersionId> version;
  for (const Contract& contract : contracts) version.push_back(version_in_force(contract, start));
  std::vector<RuleId> active;
  for (const RuleId r : compiled.rules.ids()) {
    const Rule& rule = compiled.rules[r];
    const bool priced = !rule.is_breach() || rule.price.version == version[rule.price.contract];
    if (priced && rule.clause.version == version[rule.clause.contract] && rule.from <= start && start < rule.until)
      active.push_back(r);
  }
  return active;
}

/// Lists the active rules of one lab and role, action by action.
void fill_cell(Compiled& out, const std::vector<RuleId>& active, LabId lab, Role role) {
  Compiled::Starts starts{};
  for (std::size_t action = 0; action < kActions; ++action) {
    starts[action] = out.lists.size();
    for (const RuleId r : active) {
      const Rule& rule = out.rules[r];
      if (static_cast<std::size_t>(rule.action) == action && rule.role == role && rule.box.labs.contains(lab))
        out.lists.push_back(r);
    }
  }
  starts[kActions] = out.lists.size();
  out.cells.push_back(starts);
}

/// Lists the rules of every cell: one pass per interval over the rules in force.
void fill_cells(Compiled& out, const std::vector<Contract>& contracts, const std::vector<core::SimTime>& breakpoints) {
  for (const BreakId i : core::indices<BreakId>(breakpoints.size() + 1)) {
    const std::vector<RuleId> active = active_rules(out, contracts, interval_start(breakpoints, i));
    for (const LabId lab : core::indices<LabId>(out.labs))
      for (const Role role : kinds::kAllRoles) fill_cell(out, active, lab, role);
  }
}

}  // namespace

Compiled compile(const std::vector<Contract>& contracts, const Vocabulary& vocabulary,
                 const std::vector<core::SimTime>& breakpoints) {
  Compiled out;
  out.labs = vocabulary.labs.size();
  if (const auto own = index_of(vocabulary.channels, kOwnChannel)) out.own_channel = ActorId(*own);
  const auto natsec = index_of(vocabulary.segments, kNationalSecurity);
  const std::size_t named = vocabulary.segments.size();
  out.national_security = SegmentId(natsec.value_or(named));
  out.segment_in_general = SegmentId(natsec ? named : named + 1);
  out.region_in_general = RegionId(vocabulary.regions.size());

  const ScopeReader reader(vocabulary, out);
  for_each_place(contracts, [&](const ClauseRef& ref, const Version& version, const Clause& clause) {
    for_each_permission(clause, [&](const Clause& one) { add_rules(one, version, ref, reader, out.rules); });
  });
  add_breaches(contracts, out.rules);
  sort_by_seniority(out.rules, contracts);
  fill_cells(out, contracts, breakpoints);
  return out;
}

}  // namespace rackrate::market::contracts
