#include "sim/market/contracts/compile.hpp"

#include <algorithm>
#include <compare>
#include <string_view>
#include <type_traits>

#include "sim/market/contracts/breach.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market::contracts {

int version_in_force(const Contract& contract, core::SimTime t) {
  int best = -1;
  if (t >= contract.terminated) return best;
  for (std::size_t v = 0; v < contract.versions.size(); ++v) {
    const Version& version = contract.versions[v];
    if (!(version.effective <= t && t < version.ends)) continue;
    if (best < 0 || version.signed_on > contract.versions[static_cast<std::size_t>(best)].signed_on)
      best = static_cast<int>(v);
  }
  return best;
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
          dates.insert(dates.end(), {clause.from, clause.until});  // a breach is open while it has a price
        for_each_permission(clause, [&dates](const Clause& one) {
          dates.insert(dates.end(), {one.from, one.until});
          visit_permission(one, [&dates](const auto& terms) { terms.add_dates(dates); });
        });
      }
    }
  std::erase_if(dates, [](core::SimTime t) { return t <= core::kAlways || t >= core::kNever; });
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  return dates;
}

namespace {

Mask first_bits(std::size_t count) {
  Mask mask;
  for (std::size_t i = 0; i < count; ++i) mask.set(i);
  return mask;
}

/// Turns names into bits. The vocabulary decides what "everything" means in each dimension.
class ScopeReader {
 public:
  ScopeReader(const Vocabulary& vocabulary, const Compiled& compiled) : vocabulary_(vocabulary), compiled_(compiled) {}

  [[nodiscard]] Box read(const Scope& scope) const {
    Box box;
    box.labs = scope.labs.empty() ? first_bits(vocabulary_.labs.size()) : bits(vocabulary_.labs, scope.labs);
    box.segments = segments(scope.segments);
    box.regions = regions(scope.regions);
    for (const Product product : scope.products)
      box.products = static_cast<std::uint16_t>(box.products | (1U << static_cast<unsigned>(product)));
    if (scope.products.empty()) box.products = (1U << kProductNames.size()) - 1U;
    for (const ModelClass kind : scope.model_class)
      box.model_classes = static_cast<std::uint8_t>(box.model_classes | (1U << static_cast<unsigned>(kind)));
    if (scope.model_class.empty()) box.model_classes = (1U << kModelClassNames.size()) - 1U;
    return box;
  }

  /// The actors named that exist in this role; everybody when none is named.
  [[nodiscard]] Mask actors(Role role, const std::vector<std::string>& names) const {
    const auto& all = held_by_channel(role) ? vocabulary_.channels : vocabulary_.clouds;
    return names.empty() ? first_bits(all.size()) : bits(all, names);
  }

  [[nodiscard]] int holder(Role role, const std::vector<std::string>& names) const {
    const auto& all = held_by_channel(role) ? vocabulary_.channels : vocabulary_.clouds;
    for (const std::string& name : names)
      if (const auto i = index_of(all, name)) return static_cast<int>(*i);
    return -1;
  }

 private:
  static Mask bits(const std::vector<std::string>& all, const std::vector<std::string>& names) {
    Mask mask;
    for (const std::string& name : names)
      if (const auto i = index_of(all, name)) mask.set(*i);
    return mask;
  }

  /// A clause holds for the commercial segments "in general" when it holds for every one of them.
  [[nodiscard]] Mask segments(const std::vector<std::string>& names) const {
    const auto general = static_cast<std::size_t>(compiled_.segment_in_general);
    if (names.empty()) return first_bits(general + 1);
    Mask commercial = first_bits(general);
    commercial.reset(static_cast<std::size_t>(compiled_.national_security));
    Mask mask = bits(vocabulary_.segments, names);
    bool all_commercial = commercial.any() && (mask & commercial) == commercial;
    for (const std::string& name : names) {
      if (name == kNationalSecurity) mask.set(static_cast<std::size_t>(compiled_.national_security));
      if (name == kCommercial) {
        mask |= commercial;
        all_commercial = true;
      }
    }
    if (all_commercial) mask.set(general);
    return mask;
  }

  [[nodiscard]] Mask regions(const std::vector<std::string>& names) const {
    const std::size_t count = vocabulary_.regions.size();
    if (names.empty()) return first_bits(count + 1);
    Mask mask = bits(vocabulary_.regions, names);
    if (mask == first_bits(count)) mask.set(count);
    return mask;
  }

  const Vocabulary& vocabulary_;
  const Compiled& compiled_;
};

/// What a clause says in one role, as a rule of this action.
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
  rule.from = std::max({clause.from, version.effective, clause.switched_on});
  rule.until = std::min({clause.until, version.ends, clause.switched_off});
  rule.contract = ref.contract;
  rule.version = ref.version;
  rule.clause = ref.clause;
  rule.bars_of = ref.contract;
  terms.fill(rule);
  return rule;
}

/// A waiver: the holder's bars no longer reach this actor, in this scope.
Rule waived(const Rule& refusal, const Waiver& waiver, const ScopeReader& reader) {
  Rule opened = refusal;
  opened.action = Action::Exempt;
  opened.holder = -1;
  opened.box.actors = reader.actors(refusal.role, {waiver.host});
  opened.from = std::max(refusal.from, waiver.date);
  return opened;
}

void add_rules(const Clause& clause, const Version& version, const ClauseRef& ref, const ScopeReader& reader,
               std::vector<Rule>& rules) {
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

/// What a version grants though another contract bars it, as far as that contract asks damages of one of its parties:
/// an exemption from the other's bars, while both the grant and the price are in force.
void add_breaches(const std::vector<Contract>& contracts, std::vector<Rule>& rules) {
  const std::size_t plain = rules.size();
  for (std::size_t r = 0; r < plain; ++r) {
    const auto breaking = static_cast<std::size_t>(rules[r].contract);
    if (rules[r].action != Action::Permit ||
        contracts[breaking].versions[static_cast<std::size_t>(rules[r].version)].conflict != ConflictPolicy::Breach)
      continue;
    for (std::size_t c = 0; c < contracts.size(); ++c)
      for (std::size_t v = 0; v < contracts[c].versions.size() && c != breaking; ++v)
        for (std::size_t k = 0; k < contracts[c].versions[v].clauses.size(); ++k) {
          const Version& version = contracts[c].versions[v];
          const Clause& price = version.clauses[k];
          if (!prices_breach(price, contracts[breaking])) continue;
          Rule opened = rules[r];
          opened.action = Action::Exempt;
          opened.box.products = static_cast<std::uint16_t>(opened.box.products & products_asking(opened.role));
          opened.bars_of = static_cast<int>(c);
          opened.price_version = static_cast<int>(v);
          opened.price_clause = static_cast<int>(k);
          opened.from = std::max({opened.from, price.from, version.effective, price.switched_on});
          opened.until = std::min({opened.until, price.until, version.ends, price.switched_off});
          if (opened.from < opened.until && !empty(opened.box)) rules.push_back(opened);
        }
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

/// Ascending seniority; names break ties, so the order of a file changes nothing.
void sort_by_seniority(std::vector<Rule>& rules, const std::vector<Contract>& contracts) {
  std::vector<core::SimTime> first;
  for (const Contract& contract : contracts) first.push_back(first_effective(contract));
  const auto key = [&](const Rule& r) {
    const Contract& contract = contracts[static_cast<std::size_t>(r.contract)];
    const Version& version = contract.versions[static_cast<std::size_t>(r.version)];
    const Clause& clause = version.clauses[static_cast<std::size_t>(r.clause)];
    SeniorityKey out{first[static_cast<std::size_t>(r.contract)],
                     contract.name,
                     version.name,
                     clause.kind(),
                     clause.name,
                     r.role,
                     r.action,
                     r.from,
                     {},
                     {},
                     {}};
    if (r.price_version < 0) return out;
    const Contract& broken = contracts[static_cast<std::size_t>(r.bars_of)];
    const Version& pricing = broken.versions[static_cast<std::size_t>(r.price_version)];
    out.broken = broken.name;
    out.price_version = pricing.name;
    out.price = pricing.clauses[static_cast<std::size_t>(r.price_clause)].name;
    return out;
  };
  const auto before = [&](const Rule& a, const Rule& b) { return key(a) < key(b); };
  std::stable_sort(rules.begin(), rules.end(), before);
}

/// Lists the rules of every cell: one pass per interval over the rules in force.
void fill_cells(Compiled& out, const std::vector<Contract>& contracts, const std::vector<core::SimTime>& breakpoints) {
  for (std::size_t i = 0; i <= breakpoints.size(); ++i) {
    const core::SimTime start = interval_start(breakpoints, i);
    std::vector<int> version;
    for (const Contract& contract : contracts) version.push_back(version_in_force(contract, start));
    std::vector<std::uint32_t> active;
    for (std::uint32_t r = 0; r < out.rules.size(); ++r) {
      const Rule& rule = out.rules[r];
      const bool priced =
          rule.price_version < 0 || rule.price_version == version[static_cast<std::size_t>(rule.bars_of)];
      if (priced && rule.version == version[static_cast<std::size_t>(rule.contract)] && rule.from <= start &&
          start < rule.until)
        active.push_back(r);
    }
    for (std::size_t lab = 0; lab < out.labs; ++lab)
      for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
        auto& cell = out.cells.emplace_back();
        for (std::size_t action = 0; action < kActions; ++action) {
          cell[action] = static_cast<std::uint32_t>(out.lists.size());
          for (const std::uint32_t r : active) {
            const Rule& rule = out.rules[r];
            if (static_cast<std::size_t>(rule.action) == action && static_cast<std::size_t>(rule.role) == role &&
                rule.box.labs.test(lab))
              out.lists.push_back(r);
          }
        }
        cell[kActions] = static_cast<std::uint32_t>(out.lists.size());
      }
  }
}

}  // namespace

Compiled compile(const std::vector<Contract>& contracts, const Vocabulary& vocabulary,
                 const std::vector<core::SimTime>& breakpoints) {
  Compiled out;
  out.labs = vocabulary.labs.size();
  if (const auto own = index_of(vocabulary.channels, kOwnChannel)) out.own_channel = static_cast<int>(*own);
  const auto natsec = index_of(vocabulary.segments, kNationalSecurity);
  const int named = static_cast<int>(vocabulary.segments.size());
  out.national_security = natsec ? static_cast<int>(*natsec) : named;
  out.segment_in_general = natsec ? named : named + 1;
  out.region_in_general = static_cast<int>(vocabulary.regions.size());

  const ScopeReader reader(vocabulary, out);
  for (std::size_t c = 0; c < contracts.size(); ++c)
    for (std::size_t v = 0; v < contracts[c].versions.size(); ++v) {
      const Version& version = contracts[c].versions[v];
      for (std::size_t k = 0; k < version.clauses.size(); ++k) {
        const Clause& clause = version.clauses[k];
        for_each_permission(clause, [&](const Clause& one) {
          add_rules(one, version, {static_cast<int>(c), static_cast<int>(v), static_cast<int>(k)}, reader, out.rules);
        });
      }
    }
  add_breaches(contracts, out.rules);
  sort_by_seniority(out.rules, contracts);
  fill_cells(out, contracts, breakpoints);
  return out;
}

}  // namespace rackrate::market::contracts
