#include "sim/scenario/rules.hpp"

#include <cmath>

namespace rackrate::scenario {
namespace {

constexpr double kSumTolerance = 1e-6;

class RuleCheck {
 public:
  RuleCheck(const Node& table, const std::string& path, const GivenValues& given, Mistakes& mistakes)
      : table_(table), path_(path), given_(given), mistakes_(mistakes) {}

  void run(const Rule& rule) const {
    switch (rule.kind) {
      case Rule::Kind::Before: in_order(rule, true); break;
      case Rule::Kind::AtMost: in_order(rule, false); break;
      case Rule::Kind::NotBoth: not_both(rule); break;
      case Rule::Kind::AboveZeroIn: above_zero(rule); break;
      case Rule::Kind::SumIsOne: sum_of_entries(); break;
      case Rule::Kind::PartsSumToOne: sum_of_parts(rule); break;
      case Rule::Kind::ChoiceNeeds: choice_needs(rule); break;
    }
  }

 private:
  [[nodiscard]] const Given* find(const std::string& key) const {
    const auto it = given_.find(path_ + '.' + key);
    return it == given_.end() ? nullptr : &it->second;
  }

  void in_order(const Rule& rule, bool strict) const {
    const Given* a = find(rule.first);
    const Given* b = find(rule.second);
    if (a == nullptr || b == nullptr) return;
    const bool dates = a->value.type == ValueType::Date;
    const bool ok = dates ? (strict ? a->value.time < b->value.time : a->value.time <= b->value.time)
                          : a->value.number <= b->value.number;
    if (ok) return;
    mistakes_.add(
        b->at, path_ + '.' + rule.second, b->shown,
        (dates ? (strict ? "a date after " : "a date not before ") : "at least ") + rule.first + " (" + a->shown + ")",
        dates && strict ? "Ends are exclusive." : "");
  }

  void not_both(const Rule& rule) const {
    const Given* b = find(rule.second);
    if (find(rule.first) == nullptr || b == nullptr) return;
    mistakes_.add(b->at, path_ + '.' + rule.second, "given beside " + rule.first, "one of the two", "Remove one.");
  }

  void above_zero(const Rule& rule) const {
    const Given* number = find(rule.first);
    const Given* kind = find("kind");
    if (number == nullptr || kind == nullptr || kind->value.text != rule.second || number->value.number > 0.0) return;
    mistakes_.add(number->at, path_ + '.' + rule.first, number->shown,
                  "a value above 0 in a clause of kind \"" + rule.second + '"', "Leave it out where it says nothing.");
  }

  void sum_of_entries() const {
    double sum = 0.0;
    int n = 0;
    for (const Entry& e : table_.entries) {
      if (const Given* g = find(e.key)) {
        sum += g->value.number;
        ++n;
      }
    }
    if (n > 0) report(sum, "shares");
  }

  void sum_of_parts(const Rule& rule) const {
    double sum = 0.0;
    int n = 0;
    for (const Entry& e : table_.entries) {
      if (const Given* g = find(e.key + '.' + rule.first)) {
        sum += g->value.number;
        ++n;
      }
    }
    if (n > 0) report(sum, rule.first + " of its parts");
  }

  void choice_needs(const Rule& rule) const {
    const std::size_t equals = rule.first.find('=');
    const Given* choice = find(rule.first.substr(0, equals));
    if (choice == nullptr || choice->value.text != rule.first.substr(equals + 1)) return;
    const auto first = given_.lower_bound(path_ + '.' + rule.second + '.');
    if (first != given_.end() && first->first.starts_with(path_ + '.' + rule.second + '.')) return;
    mistakes_.add(choice->at, path_ + '.' + rule.first.substr(0, equals), choice->shown,
                  "a table " + rule.second + " beside it", "Add it, or choose another value.");
  }

  void report(double sum, const std::string& what) const {
    if (std::abs(sum - 1.0) <= kSumTolerance) return;
    mistakes_.add(table_.at, path_, "a table whose " + what + " sum to " + write_number(sum), "a sum of 1", "");
  }

  const Node& table_;
  const std::string& path_;
  const GivenValues& given_;
  Mistakes& mistakes_;
};

}  // namespace

void check_rules(const Section& section, const Node& table, const std::string& path, const GivenValues& given,
                 Mistakes& mistakes) {
  const RuleCheck check{table, path, given, mistakes};
  for (const Rule& rule : section.rules) check.run(rule);
}

}  // namespace rackrate::scenario
