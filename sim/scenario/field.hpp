#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/core/sim_time.hpp"
#include "sim/market/vocabulary/vocabulary.hpp"
#include "sim/scenario/quantity_text.hpp"

namespace rackrate::scenario {

enum class ValueType : std::uint8_t { Number, Integer, Flag, Text, Date, List };

/// Dates of a scenario lie in the years that result files can name, whose times count nanoseconds in 64 bits.
inline constexpr core::SimTime kFirstDate = core::date(1678, 1, 1), kLastDate = core::date(2261, 12, 31);

/// A checked leaf. `number` is in the field's own unit.
struct Value {
  ValueType type = ValueType::Number;
  double number = 0.0;
  bool flag = false;
  std::string text;
  core::SimTime time{};
  std::vector<std::string> list;
};

// clang-format off
/// Which names a key or a text may use; the lists come from the scenario itself.
enum class Names : std::uint8_t {
  Any, Firms, Clouds, Vendors, Chips, Channels, Labs, Segments, Regions, Sources, Products, Actors, ScopeSegments
};
// clang-format on
inline constexpr std::size_t kNameLists = 13;

/// One key: everything that the parser, the editor schema and the reference page use.
/// Built by the functions below and refined by the chained members.
struct Field {
  std::string key;
  ValueType type = ValueType::Number;
  std::string meaning;
  Unit unit;
  bool is_required = false;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  double gap = 0.0;                         ///< values between 0 (allowed) and this are not allowed
  std::vector<std::string> allowed;         ///< a closed list of names
  Names names = Names::Any;                 ///< or names the scenario declares
  bool may_be_never = false;                ///< Date: the text "never" is a value
  std::string absent;                       ///< the meaning of leaving it out, where no default value states it
  std::uint32_t kinds = ~std::uint32_t{0};  ///< clause kinds that take it, by bit
  bool not_empty = false;                   ///< List, Text: empty would mean "not given" (not_given.hpp)
  bool is_label = false;                    ///< for readers only: not in the digest, not compared
  std::function<void(void*, const Value&)> set;
  std::function<Value(void*)> get;  ///< of a freshly made struct: the default

  // clang-format off
  Field required() && { is_required = true; return std::move(*this); }
  Field at_least(double bound) && { low = bound; return std::move(*this); }
  Field at_most(double bound) && { high = bound; return std::move(*this); }
  Field positive() && { low = unit.least; return std::move(*this); }
  /// A yearly growth: nothing halves more than six times a year.
  Field grows() && { low = -0.99; return std::move(*this); }
  Field zero_or_at_least(double bound) && { low = 0.0; gap = bound; return std::move(*this); }
  Field within(double from, double to) && { low = from; high = to; return std::move(*this); }
  Field naming(Names list) && { names = list; return std::move(*this); }
  Field or_never() && { may_be_never = true; return std::move(*this); }
  Field if_absent(std::string sentence) && { absent = std::move(sentence); return std::move(*this); }
  // clang-format on
};

/// A way from a struct to one of its members.
template <class T, class V>
using Access = std::function<V&(T&)>;
template <class T, class V>
Access<T, V> at(V T::*member) {
  return [member](T& object) -> V& { return object.*member; };
}
template <class T, class S, class V>
Access<T, V> at(S T::*outer, V S::*inner) {
  return [outer, inner](T& object) -> V& { return object.*outer.*inner; };
}

namespace detail {
template <class T, class V, class To, class From>
Field bound(std::string key, ValueType type, std::string meaning, Access<T, V> access, To to_member, From to_value) {
  Field field;
  field.key = std::move(key);
  field.type = type;
  field.meaning = std::move(meaning);
  field.set = [access, to_member](void* object, const Value& v) { access(*static_cast<T*>(object)) = to_member(v); };
  field.get = [access, to_value, type](void* object) {
    Value v = to_value(access(*static_cast<T*>(object)));
    v.type = type;
    return v;
  };
  return field;
}
inline Value of_number(double x) {
  Value v;
  v.number = x;
  return v;
}
inline Value of_text(std::string s) {
  Value v;
  v.text = std::move(s);
  return v;
}
}  // namespace detail

template <class T>
Field number(std::string key, Access<T, double> access, Unit unit, std::string meaning) {
  Field f = detail::bound<T, double>(
      std::move(key), ValueType::Number, std::move(meaning), std::move(access), [](const Value& v) { return v.number; },
      [](double x) { return detail::of_number(x); });
  f.unit = unit;
  f.low = -unit.most;
  f.high = unit.most;
  return f;
}

/// A NAME = number entry, which its section puts where it belongs.
[[nodiscard]] inline Field entry(std::string placeholder, Unit unit, std::string meaning) {
  Field f;
  f.key = std::move(placeholder);
  f.meaning = std::move(meaning);
  f.unit = unit;
  f.low = 0.0;
  f.high = unit.most;
  return f;
}

/// A length of time: written with a unit, kept in days as a number, bound to integer milliseconds.
template <class T>
Field duration(std::string key, Access<T, core::SimDuration> access, std::string meaning) {
  Field f = detail::bound<T, core::SimDuration>(
      std::move(key), ValueType::Number, std::move(meaning), std::move(access),
      [](const Value& v) { return core::days(v.number); },
      [](core::SimDuration d) { return detail::of_number(core::in_days(d)); });
  f.unit = unit::kDays;
  // Beyond this the milliseconds would leave the calendar that TOML can write.
  f.low = 0.0;
  f.high = 4e6;
  return f;
}

template <class T>
Field integer(std::string key, Access<T, int> access, std::string meaning) {
  Field f = detail::bound<T, int>(
      std::move(key), ValueType::Integer, std::move(meaning), std::move(access),
      [](const Value& v) { return static_cast<int>(v.number); }, [](int x) { return detail::of_number(x); });
  f.low = -1e9;
  f.high = 1e9;
  return f;
}

template <class T>
Field flag(std::string key, Access<T, bool> access, std::string meaning) {
  return detail::bound<T, bool>(
      std::move(key), ValueType::Flag, std::move(meaning), std::move(access), [](const Value& v) { return v.flag; },
      [](bool b) {
        Value v;
        v.flag = b;
        return v;
      });
}

template <class T>
Field text(std::string key, Access<T, std::string> access, std::string meaning) {
  return detail::bound<T, std::string>(
      std::move(key), ValueType::Text, std::move(meaning), std::move(access), [](const Value& v) { return v.text; },
      [](const std::string& s) { return detail::of_text(s); });
}

template <class T>
Field date(std::string key, Access<T, core::SimTime> access, std::string meaning) {
  return detail::bound<T, core::SimTime>(
      std::move(key), ValueType::Date, std::move(meaning), std::move(access), [](const Value& v) { return v.time; },
      [](core::SimTime t) {
        Value v;
        v.time = t;
        return v;
      });
}

template <class T, class E, std::size_t N>
Field choice(std::string key, Access<T, E> access, const std::array<std::string_view, N>& names, std::string meaning) {
  Field f = detail::bound<T, E>(
      std::move(key), ValueType::Text, std::move(meaning), std::move(access),
      [&names](const Value& v) { return static_cast<E>(*market::index_of(names, v.text)); },
      [&names](E e) { return detail::of_text(std::string{names[static_cast<std::size_t>(e)]}); });
  f.allowed.assign(names.begin(), names.end());
  return f;
}

template <class T>
Field list(std::string key, Access<T, std::vector<std::string>> access, Names names, std::string meaning) {
  Field f = detail::bound<T, std::vector<std::string>>(
      std::move(key), ValueType::List, std::move(meaning), std::move(access), [](const Value& v) { return v.list; },
      [](const std::vector<std::string>& names_now) {
        Value v;
        v.list = names_now;
        return v;
      });
  f.names = names;
  return f;
}

template <class T, class E, std::size_t N>
Field choices(std::string key, Access<T, std::vector<E>> access, const std::array<std::string_view, N>& names,
              std::string meaning) {
  Field f = detail::bound<T, std::vector<E>>(
      std::move(key), ValueType::List, std::move(meaning), std::move(access),
      [&names](const Value& v) {
        std::vector<E> out;
        for (const std::string& name : v.list) out.push_back(static_cast<E>(*market::index_of(names, name)));
        return out;
      },
      [&names](const std::vector<E>& now) {
        Value v;
        for (const E e : now) v.list.emplace_back(names[static_cast<std::size_t>(e)]);
        return v;
      });
  f.allowed.assign(names.begin(), names.end());
  return f;
}

/// A text for readers only, bound to nothing.
[[nodiscard]] inline Field label(std::string key, std::string meaning) {
  Field f;
  f.key = std::move(key);
  f.type = ValueType::Text;
  f.meaning = std::move(meaning);
  f.is_label = true;
  return f;
}

}  // namespace rackrate::scenario
