#pragma once
#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/core/sequence.hpp"

namespace rackrate::core {

/// A position in one list, typed by the list. Positions in two lists do not convert into each other, so a
/// cloud cannot be looked up by the number of a lab. A default index points nowhere.
template <class Tag>
class Index {
 public:
  constexpr Index() = default;
  template <std::integral N>
  constexpr explicit Index(N position) : position_(static_cast<std::int32_t>(position)) {}

  /// True if the index points into its list; false for "none".
  [[nodiscard]] constexpr bool exists() const { return position_ >= 0; }
  /// The position as containers count. Only for an index that exists.
  [[nodiscard]] constexpr std::size_t position() const { return static_cast<std::size_t>(position_); }
  /// The position as messages carry it: -1 for none.
  [[nodiscard]] constexpr std::int32_t number() const { return position_; }

  friend constexpr auto operator<=>(Index, Index) = default;

 private:
  std::int32_t position_ = -1;
};

/// Does the index point into a list of `count` rows?
template <class Tag>
[[nodiscard]] constexpr bool within(Index<Tag> id, std::size_t count) {
  return id.exists() && id.position() < count;
}

/// All indices of a list of `count` rows, in order: `for (const CloudId cloud : indices<CloudId>(n))`.
template <class Id>
[[nodiscard]] constexpr auto indices(std::size_t count) {
  return sequence(count, [](std::size_t i) { return Id(i); });
}

/// A list whose rows are found by their own index and by nothing else.
template <class Id, class T>
class Table {
 public:
  using value_type = T;

  Table() = default;
  explicit Table(std::size_t rows, const T& value = T{}) : rows_(rows, value) {}
  Table(std::vector<T> rows) : rows_(std::move(rows)) {}

  [[nodiscard]] decltype(auto) operator[](Id id) { return rows_[id.position()]; }
  [[nodiscard]] decltype(auto) operator[](Id id) const { return rows_[id.position()]; }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] auto ids() const { return indices<Id>(rows_.size()); }
  /// The index that the next row will have.
  [[nodiscard]] Id next() const { return Id(rows_.size()); }

  Id push_back(T row) {
    rows_.push_back(std::move(row));
    return Id(rows_.size() - 1);
  }
  void assign(std::size_t rows, const T& value) { rows_.assign(rows, value); }
  void resize(std::size_t rows) { rows_.resize(rows); }
  void resize(std::size_t rows, const T& value) { rows_.resize(rows, value); }
  void reserve(std::size_t rows) { rows_.reserve(rows); }
  void clear() { rows_.clear(); }

  [[nodiscard]] auto begin() { return rows_.begin(); }
  [[nodiscard]] auto end() { return rows_.end(); }
  [[nodiscard]] auto begin() const { return rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }
  [[nodiscard]] T& back() { return rows_.back(); }
  [[nodiscard]] const T& back() const { return rows_.back(); }
  /// The rows in order, for code that does not ask whose they are.
  [[nodiscard]] const std::vector<T>& rows() const { return rows_; }
  [[nodiscard]] std::vector<T>& rows() { return rows_; }

  friend bool operator==(const Table&, const Table&) = default;

 private:
  std::vector<T> rows_;
};

/// One value for each member of an enumeration that counts from 0 to `Count` - 1.
template <class Enum, class T, std::size_t Count>
class EnumTable {
 public:
  using value_type = T;

  constexpr EnumTable() = default;
  constexpr explicit EnumTable(const std::array<T, Count>& values) : values_(values) {}

  [[nodiscard]] constexpr T& operator[](Enum e) { return values_[static_cast<std::size_t>(e)]; }
  [[nodiscard]] constexpr const T& operator[](Enum e) const { return values_[static_cast<std::size_t>(e)]; }
  [[nodiscard]] static constexpr std::size_t size() { return Count; }
  /// All members, in order.
  [[nodiscard]] static constexpr auto keys() {
    return sequence(Count, [](std::size_t i) { return static_cast<Enum>(i); });
  }
  [[nodiscard]] constexpr auto begin() { return values_.begin(); }
  [[nodiscard]] constexpr auto end() { return values_.end(); }
  [[nodiscard]] constexpr auto begin() const { return values_.begin(); }
  [[nodiscard]] constexpr auto end() const { return values_.end(); }

  friend constexpr bool operator==(const EnumTable&, const EnumTable&) = default;

 private:
  std::array<T, Count> values_{};
};

/// A list by two indices, row by row in one block: `grid(lab, host)`.
template <class Row, class Column, class T>
class Grid {
 public:
  Grid() = default;
  Grid(std::size_t rows, std::size_t columns, const T& value = T{})
      : columns_(columns), cells_(rows * columns, value) {}

  [[nodiscard]] decltype(auto) operator()(Row row, Column column) { return cells_[at(row, column)]; }
  [[nodiscard]] decltype(auto) operator()(Row row, Column column) const { return cells_[at(row, column)]; }
  /// Every cell anew, in the storage that is there already.
  void assign(std::size_t rows, std::size_t columns, const T& value) {
    columns_ = columns;
    cells_.assign(rows * columns, value);
  }

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] bool empty() const { return cells_.empty(); }
  /// All cells, row after row.
  [[nodiscard]] const std::vector<T>& cells() const { return cells_; }

  friend bool operator==(const Grid&, const Grid&) = default;

 private:
  [[nodiscard]] std::size_t at(Row row, Column column) const { return row.position() * columns_ + column.position(); }

  std::size_t columns_ = 0;
  std::vector<T> cells_;
};

}  // namespace rackrate::core
