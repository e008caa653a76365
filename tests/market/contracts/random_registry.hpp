#pragma once
#include <algorithm>
#include <random>

#include "tests/market/contracts/b1_registry.hpp"

/// Random contracts for property tests. std::mt19937_64 with a modulus: its values are fixed by the standard,
/// unlike the distributions'.
namespace random_registry {

using namespace b1;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  core::SimTime day() { return date(2024, 1, 1) + core::kDay * static_cast<int>(below(1000)); }
  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

inline const std::vector<Role> kRoles{Role::Host, Role::Channel, Role::Runtime, Role::Train, Role::Ip};

inline Scope scope(Dice& dice, int restrict_percent) {
  Scope s;
  if (dice.chance(restrict_percent)) s.labs = {dice.pick(vocabulary().labs)};
  if (dice.chance(restrict_percent)) s.model_class = {static_cast<ModelClass>(dice.below(2))};
  if (dice.chance(restrict_percent))
    for (std::size_t p = 0; p < kProductNames.size(); ++p)
      if (dice.chance(50)) s.products.push_back(static_cast<Product>(p));
  if (dice.chance(restrict_percent))
    s.segments = {dice.pick(std::vector<std::string>{"regulated", "us_natsec", "commercial", "smb"})};
  if (dice.chance(restrict_percent / 2)) s.regions = {"us"};
  return s;
}

/// A valid clause of the given kind with random dates, roles, holders and scope.
inline Clause clause(Dice& dice, ClauseKind kind, const std::string& name, bool only_azure_holds) {
  Clause c;
  c.terms = blank_terms(kind);
  c.name = name;
  c.enabled = dice.chance(90);
  c.scope = scope(dice, kind == K::Grant ? 15 : 45);
  if (dice.chance(40)) {
    c.from = dice.day();
    c.until = c.from + core::kDay * static_cast<int>(30 + dice.below(600));
  }
  const Vocabulary v = vocabulary();
  std::vector<Role> roles;
  std::vector<std::string> holders;
  const auto add = [&](Role role) {
    const bool channel = role == Role::Channel || role == Role::Ip;
    const bool exclusive = kind == K::Exclusive || kind == K::Rofr || kind == K::ShipFirst;
    // One holder everywhere keeps exclusives free of conflicts; `azure` is both a cloud and a channel.
    std::string name_of = exclusive && only_azure_holds ? "azure" : dice.pick(channel ? v.channels : v.clouds);
    if (exclusive && !only_azure_holds)
      name_of = channel ? (dice.chance(50) ? "bedrock" : "azure") : (dice.chance(50) ? "aws" : "azure");
    roles.push_back(role);
    if (!index_of(holders, name_of)) holders.push_back(name_of);
  };
  if (auto* exclusive = c.get_if<kinds::Exclusive>())
    exclusive->migration = core::SimDuration{0};  // access.test.cpp has it
  if (auto* licence = c.get_if<kinds::Licence>()) {
    holders = {dice.chance(70) ? "m365" : "azure"};
    licence->exclusive = dice.chance(40);
    if (licence->exclusive && only_azure_holds) holders = {"azure"};
  } else if (kind == K::Grant) {
    for (const Role role : {Role::Host, Role::Channel, Role::Runtime, Role::Train})
      if (dice.chance(75)) {
        add(role);
        add(role);
        roles.pop_back();
      }
    if (roles.empty()) add(Role::Host);
  } else if (kind == K::Ban) {  // narrow, or nothing else would ever be asked
    add(dice.pick(kRoles));
  } else if (kind == K::Carveout || kind == K::Void) {
    if (dice.chance(60)) {
      add(dice.pick(kRoles));
      if (dice.chance(50)) holders.clear();
    }
  } else if (auto* regimes = c.get_if<kinds::Rollout>()) {
    add(dice.pick(kRoles));
    regimes->preview = dice.day();
    regimes->general =
        dice.chance(30) ? core::kNever : regimes->preview + core::kDay * static_cast<int>(dice.below(200));
    regimes->allowlist = static_cast<double>(dice.below(11)) / 10.0;
    regimes->token_cap = static_cast<double>(dice.below(11)) / 10.0;
  } else {
    const Role role = kind == K::Rofr ? Role::Host : dice.pick(kRoles);
    add(role);
    // Drawn for every kind that is left, so that the contracts of a seed do not depend on which kinds have such terms.
    const kinds::ShipFirst drawn{{},
                                 {},
                                 core::days(static_cast<double>(dice.below(120))),
                                 core::days(static_cast<double>(dice.below(90))),
                                 dice.chance(50) ? ShipFirstReading::And : ShipFirstReading::Or,
                                 0.0};
    if (auto* first = c.get_if<kinds::ShipFirst>()) *first = drawn;
    if (auto* rofr = c.get_if<kinds::Rofr>(); rofr != nullptr && dice.chance(50))
      rofr->waivers = {{dice.pick(v.clouds), dice.day()}};
  }
  test::set_right(c, roles, holders);
  return c;
}

/// What a contract asks of whoever breaks it. One name and one pair of firms in all versions: the same obligation.
inline Clause damages(Dice& dice, const std::string& payer) {
  Clause c;
  c.name = "damages";
  auto& price = c.terms.emplace<kinds::Damages>();
  price.payer = payer;
  price.payee = payer == "microsoft" ? "openai" : "microsoft";
  price.amount_usd = 1.0;
  c.enabled = dice.chance(90);
  if (dice.chance(50)) {
    c.from = dice.day();
    c.until = c.from + core::kDay * static_cast<int>(30 + dice.below(600));
  }
  return c;
}

/// Most contracts without a regulator's orders have parties; more than half of the versions would rather break others,
/// and more than half price a breach.
inline void add_policies(Dice& dice, Contract& c) {
  bool orders = false;
  for (const Version& v : c.versions)
    for (const Clause& one : v.clauses) orders = orders || one.is<kinds::Void>() || one.is<kinds::Ban>();
  if (!orders && dice.chance(85)) c.parties = {"openai", "microsoft"};
  const std::string payer = dice.chance(70) ? "openai" : "microsoft";
  for (Version& v : c.versions) {
    if (dice.chance(65)) v.conflict = ConflictPolicy::Breach;
    Clause price = damages(dice, payer);
    if (price.until <= v.effective) price.until = core::kNever;
    if (dice.chance(65)) v.clauses.push_back(price);
  }
}

/// One to four contracts of one to three versions of two to seven clauses, grants the most frequent.
inline std::vector<Contract> deals(Dice& dice, bool only_azure_holds) {
  const std::vector<ClauseKind> rights{K::Grant,     K::Grant,    K::Grant,     K::Grant, K::Licence, K::Exclusive,
                                       K::Exclusive, K::Carveout, K::ShipFirst, K::Rofr,  K::Rollout};
  const std::vector<ClauseKind> orders{K::Void, K::Void, K::Ban};
  std::vector<Contract> out;
  const std::size_t n = 1 + dice.below(4);
  for (std::size_t i = 0; i < n; ++i) {
    Contract c;
    c.name = "contract-" + std::to_string(i);
    const std::size_t versions = 1 + dice.below(3);
    for (std::size_t j = 0; j < versions; ++j) {
      Version v;
      v.name = "v" + std::to_string(j);
      v.effective = dice.day();
      v.signed_on = v.effective - core::kDay * static_cast<int>(dice.below(30));
      while (std::any_of(c.versions.begin(), c.versions.end(),
                         [&](const Version& o) { return o.signed_on == v.signed_on; }))
        v.signed_on -= core::kDay;
      if (dice.chance(40)) v.ends = v.effective + core::kDay * static_cast<int>(60 + dice.below(600));
      const std::size_t clauses = 2 + dice.below(6);
      for (std::size_t k = 0; k < clauses; ++k) {
        Clause one = clause(dice, dice.chance(8) ? dice.pick(orders) : dice.pick(rights),
                            std::string("c").append(std::to_string(k)), only_azure_holds);
        if (one.until <= v.effective) one.until = core::kNever;
        v.clauses.push_back(one);
      }
      c.versions.push_back(v);
    }
    add_policies(dice, c);
    out.push_back(c);
  }
  return out;
}

/// 2 model classes x 9 products x 6 ways to sell: the 108 tuples of check B4.
inline std::vector<Tuple> tuples() {
  const std::vector<std::array<const char*, 3>> ways{{"azure", "azure", "azure"}, {"bedrock", "aws", "aws"},
                                                     {"bedrock", "azure", "aws"}, {"direct", "aws", "aws"},
                                                     {"direct", "oci", "gcp"},    {"m365", "azure", "azure"}};
  std::vector<Tuple> out;
  for (std::size_t m = 0; m < 2; ++m)
    for (std::size_t p = 0; p < kProductNames.size(); ++p)
      for (const auto& [channel, host, runtime] : ways)
        out.push_back(tuple(static_cast<Product>(p), channel, host, runtime, static_cast<ModelClass>(m)));
  return out;
}

inline Release release(Dice& dice) {
  if (dice.chance(30)) return {};
  Release r;
  r.date = dice.day();
  r.holder_ga = dice.chance(40) ? core::kNever : r.date + core::kDay * static_cast<int>(dice.below(100));
  r.holder_can = dice.chance(60);
  r.holder_declines = dice.chance(40);
  return r;
}

}  // namespace random_registry
