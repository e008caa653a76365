#include "standstill.hpp"

#include <algorithm>

namespace {

using namespace rackrate;
using core::Money;
using market::Clause;
using market::Version;
using market::contracts::CustomKey;
using market::contracts::KeyType;
using market::contracts::number_of;

core::SimTime first_day(const Clause& clause, const Version& version) {
  return std::max(clause.from, version.effective);
}
core::SimTime end_of(const Clause& clause, const Version& version) {
  return std::min(clause.until, first_day(clause, version) + core::days(number_of(clause, "length", 0.0)));
}

class Standstill : public market::contracts::CustomKind {
 public:
  std::string_view name() const override { return "standstill"; }

  std::vector<CustomKey> keys() const override {
    return {{"length", KeyType::Days, "How long it lasts from its start.", true, 0.0},
            {"fee", KeyType::Dollars, "Paid for each day of it.", true, 0.0},
            {"most", KeyType::Dollars, "Paid in all at most.", false, 1e12}};
  }
  std::vector<std::string_view> takes() const override { return {"role", "holder", "payer", "payee"}; }

  std::vector<core::Mistake> mistakes(const Clause& clause, const Version& version) const override {
    if (end_of(clause, version) > first_day(clause, version)) return {};
    core::Mistake mistake;
    mistake.where.key = "length";
    mistake.got = "no time at all";
    mistake.expected = "a length above 0";
    mistake.remedy = "Drop the clause instead.";
    return {mistake};
  }

  std::vector<Clause> permissions(const Clause& clause, const Version& version) const override {
    Clause bar;
    const auto& stated = clause.as<market::kinds::Custom>();
    auto& exclusive = bar.terms.emplace<market::kinds::Exclusive>();
    exclusive.role = stated.role;
    exclusive.holder = stated.holder;
    bar.scope = clause.scope;
    bar.until = end_of(clause, version);
    return {bar};
  }

  /// memory: what has been paid so far, 1e-4 $.
  std::vector<market::contracts::Payment> payments(const Clause& clause, const Version& version,
                                                   const market::contracts::ClauseWindow& window,
                                                   std::vector<std::int64_t>& memory) const override {
    memory.resize(1);
    const core::SimTime until = std::min(window.end, end_of(clause, version));
    if (until <= window.start) return {};
    const Money due = Money::from_usd(number_of(clause, "fee", 0.0) * core::in_days(until - window.start));
    const Money paid = std::min(due, Money::from_usd(number_of(clause, "most", 1e12)) - Money{memory[0]});
    memory[0] += paid.tenthousandths();
    const auto& stated = clause.as<market::kinds::Custom>();
    return {{stated.payer, stated.payee, market::Layer::Infrastructure, market::Layer::Model,
             market::Category::Revshare, paid}};
  }
};

}  // namespace

std::shared_ptr<const market::contracts::CustomKind> make_standstill() { return std::make_shared<Standstill>(); }
