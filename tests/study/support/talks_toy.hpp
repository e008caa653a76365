#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tests/study/support/worlds.hpp"

/// The ten-day toy with an exclusive right that lasts and a renegotiation clause over it, and a listener for what comes
/// of it.
namespace rackrate::test {

constexpr market::Money kDollar{10'000};
constexpr double kYear = 365.25;  ///< days: what is appraised by the day is stated by the year

/// toy-10 in which the exclusive of az never ends and no cap binds. `terms`: more keys of the clause; `more`: more of
/// the scenario.
inline scenario::Scenario talks_toy(const std::string& terms, const std::string& more = "",
                                    const Overrides& overrides = {}) {
  const std::string text =
      "extends = \"toy-10\"\n[contracts.oai-az.versions.first.clauses.exclusive]\nuntil = \"never\"\n"
      "[contracts.oai-az.versions.first.clauses.share]\ncap = \"1 M$\"\n"
      "[contracts.oai-az.versions.first.clauses.talks]\nkind = \"renegotiation\"\nlab = \"oai\"\nhost = "
      "\"az\"\nswitches_off = [\"exclusive\"]\n" +
      terms + "\n" + more;
  const auto loaded = scenario::Scenario::parse(text, "talks.toml", library());
  return overrides.empty() ? loaded : loaded.override_with(overrides);
}

/// What was said and paid of the clause oai-az/talks.
struct TalksTape : Tape {
  std::vector<std::string> labels, said;
  std::vector<std::pair<core::SimTime, double>> gains;  ///< $ a day
  core::SimTime agreed = core::kNever;
  void on_event(const market::EventFact& event) override {
    if (event.kind == "talks") said.push_back(core::to_string(event.time) + " " + std::string(event.text));
  }
  void on_clause_date(market::LabelId, core::SimTime time) override { agreed = time; }
  void on_appraisal(market::LabelId, core::SimTime time, double usd_per_year) override {
    gains.emplace_back(time, usd_per_year / kYear);
  }
  /// Transfers from one firm to another, one for each day that had one.
  [[nodiscard]] std::vector<market::Money> transfers(market::PartyId from, market::PartyId to) const {
    std::vector<market::Money> out;
    for (const auto& e : entries)
      if (e.category == market::Category::Transfer && e.from == from && e.to == to) out.push_back(e.amount);
    return out;
  }
  /// What a party received less what it paid from `date` on, capital not counted.
  [[nodiscard]] market::Money net(market::PartyId party, core::SimTime date) const {
    market::Money sum;
    for (const auto& e : entries) {
      if (e.day < date || e.category == market::Category::Investment || e.category == market::Category::Capex) continue;
      if (e.to == party) sum += e.amount;
      if (e.from == party) sum -= e.amount;
    }
    return sum;
  }
};

inline TalksTape hear(const scenario::Scenario& scenario, std::uint64_t replication = 0) {
  const auto regime = std::make_shared<const market::Regime>(market::build_regime(scenario.parameters()));
  market::World world(regime, 1, replication);
  TalksTape tape;
  tape.labels = regime->compiled.money_labels.rows();
  world.run_until(scenario.parameters().run.end, *engine::make_serial_executor(), &tape);
  return tape;
}

inline market::PartyId party(const scenario::Scenario& scenario, const std::string& firm) {
  return market::PartyId(*market::index_of(scenario.parameters().vocabulary.firms, firm));
}

}  // namespace rackrate::test
