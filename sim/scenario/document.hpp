#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/core/sim_time.hpp"

namespace rackrate::scenario {

/// A place in one of a document's files; line 0 means "written by the program" (an override).
struct Position {
  int file = -1;  ///< index into Document::files
  int line = 0;
  int column = 0;
};

enum class NodeKind : std::uint8_t { Table, Array, Text, Integer, Real, Flag, Date, TimeOfDay };

struct Entry;

/// One TOML value. `kind` states which member holds it.
struct Node {
  NodeKind kind = NodeKind::Table;
  std::string text;            ///< Text; Date: what is wrong with it, if anything
  std::int64_t integer = 0;    ///< Integer
  double real = 0.0;           ///< Real
  bool flag = false;           ///< Flag
  core::SimTime time{};        ///< Date
  std::vector<Entry> entries;  ///< Table: sorted by key
  std::vector<Node> items;     ///< Array
  Position at;
  std::string source, grade;  ///< its own, or inherited from the enclosing tables of the same file
  bool inherits = true;       ///< false: evidence of the enclosing tables does not apply to it (settle.hpp)

  [[nodiscard]] bool is_table() const { return kind == NodeKind::Table; }
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] Entry* find(std::string_view key);
  /// The entry of this key, made (empty table) if there is none.
  Entry& at_key(const std::string& key, Position where);
  /// False when there was none.
  bool erase(std::string_view key);
};

struct Entry {
  std::string key;
  Position at;  ///< of the key
  Node value;
};

/// A parsed scenario, after inheritance: one tree, whose positions may lie in several files.
struct Document {
  std::vector<std::string> files;
  Node root;
};

/// A leaf in long form: `{ value = ..., low = ..., source = ... }`.
[[nodiscard]] bool is_long_form(const Node& node);

/// Writes into every node the `source` and `grade` that the tables around it declare. Done per file,
/// before files are merged, so that a heading in a child never claims a value of its parent.
void inherit_evidence(Node& table, const std::string& source = {}, const std::string& grade = {});

/// The child wins key by key; tables merge, everything else (long forms too) is replaced whole.
void merge_into(Node& base, Node child);

/// "a.b.c" -> {"a", "b", "c"}.
[[nodiscard]] std::vector<std::string> split_path(const std::string& path);

/// The position of the deepest existing part of a key path.
[[nodiscard]] core::Where locate(const Document& document, const std::string& path);

/// Untrusted text converted for a one-line message: control bytes and bytes that are no UTF-8 escaped, long text cut.
[[nodiscard]] std::string shown(std::string_view text, std::size_t limit = 60);

}  // namespace rackrate::scenario
