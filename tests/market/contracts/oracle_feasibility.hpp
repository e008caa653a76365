#pragma once
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/market/contracts/b1_registry.hpp"

/// F once more, written from docs/contracts.md with names and plain loops: no bits, no intervals, no
/// caches, nothing shared with the registry but the clause structs. Slow on purpose.
namespace oracle {

using namespace rackrate;
using namespace rackrate::market;

struct Question {
  std::string lab, channel, host, runtime, segment, region;  ///< segment and region may be empty: in general
  ModelClass model_class;
  Product product;
};
struct Answer {
  std::string text;  ///< "GA", "PREVIEW", "NO:step:ROLE"
  bool conflict = false;
  double allowlist = 1.0, token_cap = 1.0;
};
struct Law {
  const Contract* contract;
  const Clause* clause;
  const Version* version;
};

/// The question of a tuple whose host and runtime are named.
inline Question question(const Vocabulary& v, const Tuple& asked) {
  const auto name = [](const std::vector<std::string>& list, auto id) {
    return id.exists() ? list[id.position()] : std::string();
  };
  const bool natsec = asked.segment == SegmentId(v.segments.size());  // behind the vocabulary (Registry::segment)
  return {name(v.labs, asked.lab),
          name(v.channels, asked.channel),
          name(v.clouds, asked.host),
          name(v.clouds, asked.runtime),
          natsec ? "us_natsec" : name(v.segments, asked.segment),
          name(v.regions, asked.region),
          asked.model_class,
          asked.product};
}

inline bool among(const std::vector<std::string>& list, const std::string& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

inline std::vector<Role> needed(Product p) {
  if (p == Product::Training || p == Product::Research) return {Role::Train};
  if (p == Product::AgentStateful) return {Role::Host, Role::Channel, Role::Runtime};
  if (p == Product::Copilot) return {Role::Ip};
  return {Role::Host, Role::Channel};
}
inline std::string who(Role role, const Question& q) {
  switch (role) {
    case Role::Host:
    case Role::Train: return q.host;
    case Role::Runtime: return q.runtime;
    default: return q.channel;
  }
}
inline std::vector<Role> spoken_of(const Clause& c) {
  if (const auto roles = test::roles_of(c); !roles.empty()) return roles;
  if (c.is<kinds::Licence>()) return {Role::Ip};
  if (c.is<kinds::ShipFirst>()) return {Role::Channel};
  return {Role::Host, Role::Channel, Role::Runtime, Role::Train, Role::Ip};
}
inline bool about_role(const Clause& c, Role role) {
  const auto roles = spoken_of(c);
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}
inline bool about(const Clause& c, const Question& q, const Vocabulary& v) {
  if (!c.scope.labs.empty() && !among(c.scope.labs, q.lab)) return false;
  if (!c.scope.model_class.empty() &&
      std::find(c.scope.model_class.begin(), c.scope.model_class.end(), q.model_class) == c.scope.model_class.end())
    return false;
  if (!c.scope.products.empty() &&
      std::find(c.scope.products.begin(), c.scope.products.end(), q.product) == c.scope.products.end())
    return false;
  if (!c.scope.segments.empty()) {
    const bool commercial = among(c.scope.segments, "commercial");
    if (q.segment.empty()) {
      bool all = true;
      for (const std::string& s : v.segments) all = all && (s == "us_natsec" || among(c.scope.segments, s));
      if (!commercial && !all) return false;
    } else if (!among(c.scope.segments, q.segment) && !(commercial && q.segment != "us_natsec")) {
      return false;
    }
  }
  if (!c.scope.regions.empty()) {
    if (q.region.empty()) {
      for (const std::string& r : v.regions)
        if (!among(c.scope.regions, r)) return false;
    } else if (!among(c.scope.regions, q.region)) {
      return false;
    }
  }
  return true;
}

inline std::vector<Law> laws_on(const std::vector<Contract>& contracts, core::SimTime t) {
  std::vector<Law> laws;
  for (const Contract& contract : contracts) {
    const Version* best = nullptr;
    for (const Version& v : contract.versions)
      if (v.effective <= t && t < v.ends && (best == nullptr || best->signed_on < v.signed_on)) best = &v;
    if (best == nullptr) continue;
    for (const Clause& c : best->clauses)
      if (c.enabled && c.from <= t && t < c.until) laws.push_back({&contract, &c, best});
  }
  return laws;
}

inline std::string holder_in(const Clause& c, Role role, const Vocabulary& v) {
  const auto& list = role == Role::Channel || role == Role::Ip ? v.channels : v.clouds;
  for (const std::string& name : test::actors_of(c))
    if (among(list, name)) return name;
  return {};
}

/// Has a regulator struck out this holder's rights over this placement?
inline bool void_for(const std::string& holder, const std::vector<Law>& laws, Role role, const Question& q,
                     const Vocabulary& v) {
  for (const Law& law : laws)
    if (law.clause->is<kinds::Void>() && about_role(*law.clause, role) && about(*law.clause, q, v) &&
        (test::actors_of(*law.clause).empty() || among(test::actors_of(*law.clause), holder)))
      return true;
  return false;
}

/// Did this contract let this actor off in this role?
inline bool let_off(const Contract* contract, const std::vector<Law>& laws, Role role, const std::string& actor,
                    const Question& q, const Vocabulary& v, core::SimTime t) {
  for (const Law& law : laws) {
    if (law.contract != contract || !about_role(*law.clause, role) || !about(*law.clause, q, v)) continue;
    if (law.clause->is<kinds::Carveout>() &&
        (test::actors_of(*law.clause).empty() || among(test::actors_of(*law.clause), actor)))
      return true;
    if (law.clause->is<kinds::Rofr>())
      for (const Waiver& w : law.clause->as<kinds::Rofr>().waivers)
        if (w.host == actor && w.date <= t) return true;
  }
  return false;
}

inline bool bars(const Clause& c) {
  return c.is<kinds::Exclusive>() || c.is<kinds::Rofr>() ||
         (c.is<kinds::Licence>() && c.as<kinds::Licence>().exclusive);
}
inline bool permits(const Clause& c, Role role, const std::string& actor, const Question& q, const Vocabulary& v) {
  return (c.is<kinds::Grant>() || c.is<kinds::Licence>()) && about_role(c, role) && among(test::actors_of(c), actor) &&
         about(c, q, v);
}
/// Is this a bar that holds everybody but its holder, the contract's own exceptions and a regulator's orders heard?
inline bool binds(const Law& law, const std::vector<Law>& laws, Role role, const std::string& actor, const Question& q,
                  const Vocabulary& v, core::SimTime t) {
  return bars(*law.clause) && about_role(*law.clause, role) && about(*law.clause, q, v) &&
         !let_off(law.contract, laws, role, actor, q, v, t) &&
         !void_for(holder_in(*law.clause, role, v), laws, role, q, v);
}
/// Would a party to this contract owe damages for breaking the other?
inline bool priced(const Contract* by, const Contract* broken, const std::vector<Law>& laws) {
  for (const Law& law : laws)
    if (law.contract == broken && law.clause->is<kinds::Damages>() &&
        among(by->parties, law.clause->as<kinds::Damages>().payer))
      return true;
  return false;
}
/// Does this law grant to the actor what the bar of another contract forbids, in breach of it?
inline bool breaks(const Law& grant, const Law& bar, const std::vector<Law>& laws, Role role, const std::string& actor,
                   const Question& q, const Vocabulary& v) {
  return grant.version->conflict == ConflictPolicy::Breach && grant.contract != bar.contract &&
         permits(*grant.clause, role, actor, q, v) && holder_in(*bar.clause, role, v) != actor &&
         priced(grant.contract, bar.contract, laws);
}
inline bool broken(const Law& bar, const std::vector<Law>& laws, Role role, const std::string& actor, const Question& q,
                   const Vocabulary& v) {
  for (const Law& law : laws)
    if (breaks(law, bar, laws, role, actor, q, v)) return true;
  return false;
}

inline core::SimTime first_day(const Contract& c) {
  core::SimTime first = c.versions.front().effective;
  for (const Version& v : c.versions) first = std::min(first, v.effective);
  return first;
}

inline Answer ask(const std::vector<Contract>& contracts, const Vocabulary& v, const Question& q, core::SimTime t,
                  const Release& release) {
  const std::vector<Law> laws = laws_on(contracts, t);
  const auto names = [](const char* step, Role role) {
    return std::string("NO:") + step + ":" + std::string(kRoleNames[static_cast<std::size_t>(role)]);
  };
  const auto own = [&](Role role) { return role == Role::Channel && q.channel == "direct"; };
  Answer answer;
  for (const Role role : needed(q.product))
    for (const Law& law : laws)
      if (law.clause->is<kinds::Ban>() && about_role(*law.clause, role) && about(*law.clause, q, v) &&
          (test::actors_of(*law.clause).empty() || among(test::actors_of(*law.clause), who(role, q)))) {
        answer.text = names("regulator", role);
        return answer;
      }
  for (const Role role : needed(q.product)) {
    if (own(role)) continue;
    const std::string actor = who(role, q);
    bool granted = false;
    for (const Law& law : laws)
      if (permits(*law.clause, role, actor, q, v)) granted = true;
    if (!granted) {
      answer.text = names("grant", role);
      return answer;
    }
    std::vector<Law> barring;
    for (const Law& law : laws)
      if (binds(law, laws, role, actor, q, v, t) && !broken(law, laws, role, actor, q, v)) barring.push_back(law);
    if (barring.empty()) continue;
    std::set<std::string> holders;
    for (const Law& bar : barring) holders.insert(holder_in(*bar.clause, role, v));
    const auto senior = std::min_element(barring.begin(), barring.end(), [](const Law& a, const Law& b) {
      return std::tuple(first_day(*a.contract), a.contract->name, a.clause->kind(), a.clause->name) <
             std::tuple(first_day(*b.contract), b.contract->name, b.clause->kind(), b.clause->name);
    });
    answer.conflict = answer.conflict || holders.size() > 1;
    if (holder_in(*senior->clause, role, v) != actor) {
      answer.text = names("exclusive", role);
      return answer;
    }
  }
  for (const Role role : needed(q.product)) {
    if (own(role)) continue;
    const std::string actor = who(role, q);
    for (const Law& law : laws) {
      const Clause& c = *law.clause;
      if (!c.is<kinds::ShipFirst>() || !about_role(c, role) || !about(c, q, v) || holder_in(c, role, v) == actor ||
          let_off(law.contract, laws, role, actor, q, v, t) || void_for(holder_in(c, role, v), laws, role, q, v))
        continue;
      const auto& first = c.as<kinds::ShipFirst>();
      const bool free = first.reading == ShipFirstReading::And ? (!release.holder_can && release.holder_declines)
                                                               : (!release.holder_can || release.holder_declines);
      if (!free && t < std::min(release.holder_ga, release.date + first.cure) + first.lead) {
        answer.text = names("ship_first", role);
        return answer;
      }
    }
  }
  bool preview = false;
  std::string denied;
  for (const Role role : needed(q.product))
    for (const Law& law : laws) {
      const Clause& c = *law.clause;
      if (!c.is<kinds::Rollout>() || !about_role(c, role) || !among(test::actors_of(c), who(role, q)) ||
          !about(c, q, v))
        continue;
      const auto& regimes = c.as<kinds::Rollout>();
      if (t < regimes.preview && denied.empty()) denied = names("rollout", role);
      if (t >= regimes.preview && t < regimes.general) {
        preview = true;
        answer.allowlist = std::min(answer.allowlist, regimes.allowlist);
        answer.token_cap = std::min(answer.token_cap, regimes.token_cap);
      }
    }
  answer.text = !denied.empty() ? denied : preview ? "PREVIEW" : "GA";
  if (answer.text != "PREVIEW") answer.allowlist = answer.token_cap = 1.0;
  return answer;
}

/// Does one contract break another at t? Asks about every placement there is.
inline bool in_breach(const std::vector<Contract>& contracts, const Vocabulary& v, std::size_t broken, std::size_t by,
                      core::SimTime t) {
  const std::vector<Law> laws = laws_on(contracts, t);
  if (broken == by || !priced(&contracts[by], &contracts[broken], laws)) return false;
  std::vector<std::string> segments = v.segments, regions = v.regions;
  segments.insert(segments.end(), {"", "us_natsec"});
  regions.emplace_back();
  for (const Law& grant : laws)
    for (const Law& bar : laws) {
      if (grant.contract != &contracts[by] || bar.contract != &contracts[broken] || !bars(*bar.clause)) continue;
      for (std::size_t product = 0; product < kProductNames.size(); ++product)
        for (const Role role : needed(static_cast<Product>(product)))
          for (const std::string& actor : test::actors_of(*grant.clause))
            for (const std::string& lab : v.labs)
              for (const ModelClass kind : {ModelClass::Closed, ModelClass::OpenWeight})
                for (const std::string& segment : segments)
                  for (const std::string& region : regions) {
                    const Question q{lab, actor, actor, actor, segment, region, kind, static_cast<Product>(product)};
                    const bool exists =
                        among(role == Role::Channel || role == Role::Ip ? v.channels : v.clouds, actor) &&
                        !(role == Role::Channel && actor == "direct");
                    if (exists && breaks(grant, bar, laws, role, actor, q, v) && binds(bar, laws, role, actor, q, v, t))
                      return true;
                  }
    }
  return false;
}

}  // namespace oracle
