#include "sim/scenario/clause_keys.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "sim/market/contracts/contract.hpp"

namespace rackrate::scenario {
namespace {

using market::Clause;
using market::ClauseKind;
using market::kinds::KeyNames;
using market::kinds::KeyUnit;

// clang-format off
/// The order of the keys on the reference page: related keys are adjacent, whichever kinds take them. A key that is
/// not in this list comes behind the others, in the order of the list of kinds.
constexpr std::array kReadingOrder = std::to_array<std::string_view>({
    "role", "grantee", "holder", "lead", "cure", "reading", "margin", "preview", "general", "allowlist", "token_cap",
    "payer", "payee", "amount", "already_drawn", "period", "carry", "base", "lab", "channel", "rate", "cap", "already_paid",
    "hosting",
    "host", "price", "weight", "min_share", "quantity", "power", "chip", "unused",
    "valuation", "revenue", "of_lab", "capacity", "at_cloud", "after", "owner", "firm", "share", "exclusive", "window",
    "preview_after", "preview_spread", "general_after", "general_spread", "per_year", "notice", "exercised",
    "on", "hazard", "unserved", "share_above", "of_firm", "hhi", "layer", "stock", "breached", "lasting",
    "switches_on", "switches_off", "exercises", "renegotiates", "unmet_slope", "outside_slope", "hurdle", "half_life", "bidders",
    "term"});
// clang-format on

std::size_t place_of(std::string_view key) {
  return static_cast<std::size_t>(std::find(kReadingOrder.begin(), kReadingOrder.end(), key) - kReadingOrder.begin());
}

Unit unit_of(KeyUnit unit) {
  switch (unit) {
    case KeyUnit::Number: return unit::kNumber;
    case KeyUnit::Share: return unit::kShare;
    case KeyUnit::Dollars: return unit::kDollars;
    case KeyUnit::DollarsPerYear: return unit::kDollarsPerYear;
    case KeyUnit::DollarsPerHour: return unit::kDollarsPerHour;
    case KeyUnit::Compute: return unit::kCompute;
    case KeyUnit::Megawatts: return unit::kMegawatts;
    case KeyUnit::PerYear: return unit::kPerYear;
  }
  return {};
}

Names names_of(KeyNames names) {
  switch (names) {
    case KeyNames::Any: return Names::Any;
    case KeyNames::Firms: return Names::Firms;
    case KeyNames::Clouds: return Names::Clouds;
    case KeyNames::Chips: return Names::Chips;
    case KeyNames::Channels: return Names::Channels;
    case KeyNames::Labs: return Names::Labs;
    case KeyNames::Actors: return Names::Actors;
  }
  return Names::Any;
}

/// A way to one kind's field, from a clause of that kind.
struct Way {
  std::function<void(Clause&, const Value&)> set;
  std::function<Value(Clause&)> get;
};
/// The ways of one key, by kind; empty where a kind does not take it.
using Ways = std::array<Way, std::variant_size_v<market::Terms>>;

/// What a user-defined kind takes of a key that has no field in Custom.
Way custom_value(const std::string& key) {
  return {[key](Clause& clause, const Value& v) {
            market::KeyValue value{key, v.type == ValueType::Flag ? (v.flag ? 1.0 : 0.0) : v.number, v.time, v.list};
            if (v.type == ValueType::Text) value.names = {v.text};
            clause.as<market::kinds::Custom>().values.push_back(std::move(value));
          },
          {}};
}

struct Row {
  Field field;
  Ways ways;
  bool same_as(const Field& f) const {
    return field.type == f.type && field.meaning == f.meaning && field.unit.text == f.unit.text &&
           field.is_required == f.is_required && field.low == f.low && field.high == f.high && field.gap == f.gap &&
           field.allowed == f.allowed && field.names == f.names && field.may_be_never == f.may_be_never &&
           field.absent == f.absent;
  }
};

/// The row as a field of a clause. Its default is that of the clause's kind, or of the first kind that takes it.
Field bound(Row row) {
  constexpr std::size_t custom = market::kBuiltInKinds;
  if (!row.ways[custom].set) row.ways[custom] = custom_value(row.field.key);
  const auto ways = std::make_shared<const Ways>(std::move(row.ways));
  const auto first = static_cast<std::size_t>(
      std::find_if(ways->begin(), ways->end(), [](const Way& way) { return way.get != nullptr; }) - ways->begin());
  row.field.set = [ways](void* object, const Value& v) {
    Clause& clause = *static_cast<Clause*>(object);
    if (const Way& way = (*ways)[clause.terms.index()]; way.set) way.set(clause, v);
  };
  row.field.get = [ways, first](void* object) {
    Clause& clause = *static_cast<Clause*>(object);
    if (const Way& way = (*ways)[clause.terms.index()]; way.get) return way.get(clause);
    Clause blank;
    blank.terms = market::blank_terms(static_cast<ClauseKind>(first));
    return (*ways)[first].get(blank);
  };
  return std::move(row.field);
}

/// The clause's terms as those of kind K. A table under a clause is read before its keys, so before its kind is known;
/// the schema lets only clauses of that kind have it.
template <class K>
K& terms_of(void* clause) {
  Clause& one = *static_cast<Clause*>(clause);
  if (!one.is<K>()) one.terms.emplace<K>();
  return one.as<K>();
}

core::SimTime date_in(const std::string& name) {
  core::SimTime date;
  return core::parse_time(name, date) && date >= kFirstDate && date <= kLastDate ? date : core::kNever;
}

/// What the kinds have described so far.
struct Described {
  std::vector<Row> rows;
  std::vector<Section> sections;
  std::vector<Rule> rules;
};

/// A row that its kind may refine.
class Refined {
 public:
  explicit Refined(Field& field) : field_(field) {}
  Refined& required() {
    field_.is_required = true;
    return *this;
  }
  Refined& at_least(double bound) {
    field_.low = bound;
    return *this;
  }
  Refined& at_most(double bound) {
    field_.high = bound;
    return *this;
  }
  Refined& zero_or_at_least(double bound) {
    field_.low = 0.0;
    field_.gap = bound;
    return *this;
  }
  Refined& within(double from, double to) {
    field_.low = from;
    field_.high = to;
    return *this;
  }
  Refined& naming(KeyNames list) {
    field_.names = names_of(list);
    return *this;
  }
  Refined& or_never() {
    field_.may_be_never = true;
    return *this;
  }
  Refined& if_absent(std::string sentence) {
    field_.absent = std::move(sentence);
    return *this;
  }

 private:
  Field& field_;
};

/// The visitor of K::describe().
template <class K>
class KindKeys {
 public:
  explicit KindKeys(Described& all) : all_(all) {}

  Refined number(std::string key, double K::*field, KeyUnit unit, std::string meaning) {
    return add(scenario::number(std::move(key), at(field), unit_of(unit), std::move(meaning)));
  }
  Refined duration(std::string key, core::SimDuration K::*field, std::string meaning) {
    return add(scenario::duration(std::move(key), at(field), std::move(meaning)));
  }
  Refined flag(std::string key, bool K::*field, std::string meaning) {
    return add(scenario::flag(std::move(key), at(field), std::move(meaning)));
  }
  Refined text(std::string key, std::string K::*field, std::string meaning) {
    return add(scenario::text(std::move(key), at(field), std::move(meaning)));
  }
  Refined date(std::string key, core::SimTime K::*field, std::string meaning) {
    return add(scenario::date(std::move(key), at(field), std::move(meaning)));
  }
  Refined list(std::string key, std::vector<std::string> K::*field, KeyNames names, std::string meaning) {
    return add(scenario::list(std::move(key), at(field), names_of(names), std::move(meaning)));
  }
  template <class E, std::size_t N>
  Refined choice(std::string key, E K::*field, const std::array<std::string_view, N>& names, std::string meaning) {
    return add(scenario::choice(std::move(key), at(field), names, std::move(meaning)));
  }
  template <std::size_t N>
  Refined choices(std::string key, std::vector<market::Role> K::*field, const std::array<std::string_view, N>& names,
                  std::string meaning) {
    return add(scenario::choices(std::move(key), at(field), names, std::move(meaning)));
  }

  /// A table of NAME = date under the clause; put(terms, name, date) stores one entry.
  template <class Put>
  void dates_by_name(std::string key, std::string meaning, std::string placeholder, KeyNames names,
                     std::string entry_meaning, Put put) {
    Field entry;
    entry.type = ValueType::Date;
    entry.names = names_of(names);
    add_table(std::move(key), std::move(meaning), std::move(placeholder), std::move(entry), std::move(entry_meaning),
              [put](void* clause, const std::string& name, const Value& v) { put(terms_of<K>(clause), name, v.time); });
  }
  /// A table of DATE = share; put(terms, date, share). A name that is no date is put as "never", which the kind's check
  /// refuses.
  template <class Put>
  void shares_by_date(std::string key, std::string meaning, std::string placeholder, std::string entry_meaning,
                      Put put) {
    Field entry;
    entry.type = ValueType::Number;
    entry.unit = unit::kShare;
    entry.low = 0.0;
    entry.high = 1.0;
    add_table(std::move(key), std::move(meaning), std::move(placeholder), std::move(entry), std::move(entry_meaning),
              [put](void* clause, const std::string& name, const Value& v) {
                put(terms_of<K>(clause), date_in(name), v.number);
              });
  }

  void at_most(std::string first, std::string second) {
    all_.rules.push_back({Rule::Kind::AtMost, std::move(first), std::move(second)});
  }
  void not_both(std::string first, std::string second) {
    all_.rules.push_back({Rule::Kind::NotBoth, std::move(first), std::move(second)});
  }

  /// Once the kind has described all its keys: joins each to the row of its name, or makes it a row.
  void finish() {
    for (const std::unique_ptr<Field>& field : own_) join(*field);
  }

 private:
  static constexpr auto kPlace = static_cast<std::size_t>(market::kind_of<K>);
  /// User-defined kinds take what their program names (custom_keys.cpp).
  static constexpr std::uint32_t kBit = kPlace < market::kBuiltInKinds ? std::uint32_t{1} << kPlace : 0;

  template <class V>
  static Access<K, V> at(V K::*field) {
    return [field](K& terms) -> V& { return terms.*field; };
  }
  Refined add(Field field) {
    own_.push_back(std::make_unique<Field>(std::move(field)));
    return Refined(*own_.back());
  }
  void add_table(std::string key, std::string meaning, std::string placeholder, Field entry, std::string entry_meaning,
                 std::function<void(void*, const std::string&, const Value&)> put) {
    entry.key = std::move(placeholder);
    entry.meaning = std::move(entry_meaning);
    Section table;
    table.key = std::move(key);
    table.meaning = std::move(meaning);
    table.enter = same_struct();
    table.kinds = kBit;
    table.entries.push_back(std::move(entry));
    table.put = std::move(put);
    all_.sections.push_back(std::move(table));
  }
  void join(const Field& field) {
    auto row =
        std::find_if(all_.rows.begin(), all_.rows.end(), [&field](const Row& r) { return r.field.key == field.key; });
    if (row == all_.rows.end()) {
      row = all_.rows.emplace(all_.rows.end());
      row->field = field;
      row->field.kinds = 0;
    } else if (!row->same_as(field)) {
      throw std::logic_error("two clause kinds describe the key " + field.key + " differently");
    }
    row->field.kinds |= kBit;
    row->ways[kPlace] = {[set = field.set](Clause& clause, const Value& v) { set(&clause.as<K>(), v); },
                         [get = field.get](Clause& clause) { return get(&clause.as<K>()); }};
  }

  Described& all_;
  std::vector<std::unique_ptr<Field>> own_;
};

/// The keys that a clause of any kind takes.
std::vector<Field> header_fields() {
  Field kind;
  kind.key = "kind";
  kind.type = ValueType::Text;
  kind.meaning = "What the clause does; decides which other keys it takes.";
  kind.is_required = true;
  kind.allowed.assign(market::kClauseKindNames.begin(), market::kClauseKindNames.end());
  kind.set = [](void* object, const Value& v) {
    Clause& clause = *static_cast<Clause*>(object);
    const auto place = static_cast<ClauseKind>(*market::index_of(market::kClauseKindNames, v.text));
    if (clause.kind() != place)
      clause.terms = market::blank_terms(place);  // a table under it may have made it so already
  };
  return {std::move(kind), flag("enabled", at(&Clause::enabled), "False: as if it were not written."),
          date("from", at(&Clause::from), "First instant, inside the version's dates.")
              .if_absent("its version's effective date"),
          date("until", at(&Clause::until), "End, exclusive.").or_never()};
}

}  // namespace

void add_clause_keys(Section& clause) {
  Described all;
  market::for_each_kind([&all]<class K>() {
    KindKeys<K> keys(all);
    K::describe(keys);
    keys.finish();
  });
  std::stable_sort(all.rows.begin(), all.rows.end(),
                   [](const Row& a, const Row& b) { return place_of(a.field.key) < place_of(b.field.key); });
  clause.fields = header_fields();
  for (Row& row : all.rows) clause.fields.push_back(bound(std::move(row)));
  for (Section& table : all.sections) clause.sections.push_back(std::move(table));
  clause.rules.insert(clause.rules.end(), all.rules.begin(), all.rules.end());
}

}  // namespace rackrate::scenario
