#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/market/regime/parameters.hpp"

namespace rackrate::scenario {

struct Document;
struct Section;

/// One value of the resolved scenario as it is displayed.
struct Item {
  std::string path;       ///< dotted key path
  std::string value;      ///< as TOML text, units included
  std::string unit;       ///< canonical unit of the key, empty for text and flags
  std::string source;     ///< key of [sources], inherited from the enclosing tables
  std::string grade;      ///< P, R, W or A
  std::string low, high;  ///< as TOML text; empty when the value has no range
  std::string note;
  std::string file;  ///< where the value was last written
  int line = 0;
  int column = 0;
  bool is_default = false;
};

struct Difference {
  std::string path, here, there;
};  ///< a missing value is an empty string

/// A version signed during a run, at its present date; or, with parties, a new contract. Values that the user gives are
/// TOML.
struct Amendment {
  std::string contract;
  std::string label;                       ///< of the version; empty: "amended-DATE" or "signed-DATE"
  std::optional<core::SimTime> signed_on;  ///< left out: the present date of the run
  std::optional<core::SimTime> effective;  ///< left out: the next window boundary
  std::optional<core::SimTime> ends;
  std::string clauses;                 ///< TOML table of clauses by name
  std::optional<std::string> parties;  ///< TOML list of firms: a new contract
  std::string conflict = {};           ///< effect of its grants that another contract bars; empty: they are blocked
};

/// A scenario as it is sent to another process or kept in a file: it needs no other file, and says where the values of
/// the files it came from were written.
struct PortableScenario {
  std::string text;  ///< to_toml()
  std::string name;
  std::string digest;
  std::vector<std::string> files;    ///< the names of those files
  std::vector<std::int32_t> places;  ///< of each key and value of `text`: file (-1: none), line, column; places.hpp
};

/// A checked scenario: immutable, cheap to copy. Everything in it can be traced to a line of a file.
class Scenario {
 public:
  /// Reads a file, follows `extends`, checks everything. Throws ScenarioError with all mistakes found.
  /// `library` holds the folders searched for bare names ("openai-azure-amended").
  /// `kinds` are clause kinds defined outside this repository (docs/contracts.md); overrides keep them.
  [[nodiscard]] static Scenario load(const std::string& name_or_path, const std::vector<std::filesystem::path>& library,
                                     const market::contracts::CustomKinds& kinds = {});
  /// The same from text; `origin` replaces the file name in messages.
  [[nodiscard]] static Scenario parse(const std::string& text, const std::string& origin,
                                      const std::vector<std::filesystem::path>& library,
                                      const market::contracts::CustomKinds& kinds = {});

  /// The scenario that portable() was asked for: equal in every answer, warnings and places included.
  /// Throws: ScenarioError if the text has another digest in this version, or the places are not those of the text.
  [[nodiscard]] static Scenario restored(const PortableScenario& portable);
  /// Throws: ScenarioError if the scenario has clause kinds of its own program: they are code, and stay there.
  [[nodiscard]] PortableScenario portable() const;

  /// A new scenario with values replaced; values are TOML text ("true", "\"30 k$\"", "2026-04-27").
  /// An override of an unknown path is an error that names the nearest path.
  [[nodiscard]] Scenario override_with(const std::vector<std::pair<std::string, std::string>>& values,
                                       const std::string& name = {}) const;

  /// A value typed on a command line for a path, as TOML text of the type that its key takes: `20260105` is text for a
  /// title, and 1e5 the name of a firm where a firm is named.
  [[nodiscard]] std::string typed(const std::string& path, const std::string& text) const;

  /// The scenario as a run at `at` amends it; see amendment.hpp. Everything before `at` stays unchanged.
  /// Mistakes carry the key path where a file has its line.
  [[nodiscard]] Scenario amended(const Amendment& amendment, core::SimTime at) const;
  [[nodiscard]] Scenario terminated(const std::string& contract, core::SimTime effective, core::SimTime at) const;
  /// Notice under a termination clause, given on `date`.
  [[nodiscard]] Scenario noticed(const std::string& contract, const std::string& clause, core::SimTime date,
                                 core::SimTime at) const;
  [[nodiscard]] Scenario overridden_from(const std::vector<std::pair<std::string, std::string>>& values,
                                         core::SimTime at) const;

  [[nodiscard]] const market::Parameters& parameters() const;
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& title() const;
  [[nodiscard]] std::vector<Item> items(bool with_defaults = false) const;  ///< sorted by path
  [[nodiscard]] std::optional<Item> find(const std::string& path) const;
  [[nodiscard]] std::vector<Difference> diff(const Scenario& other) const;
  [[nodiscard]] std::string to_toml() const;    ///< resolved, canonical order, loads to the same digest
  [[nodiscard]] std::string digest() const;     ///< hex; of the canonical values without titles, notes and sources
  [[nodiscard]] const Section& schema() const;  ///< of its clause kinds
  [[nodiscard]] const std::vector<std::string>& warnings() const;  ///< contract conflicts, and what a run leaves out

 private:
  struct Content;
  /// Without `root` the schema of `kinds` is made.
  [[nodiscard]] static Scenario make(Document document, std::string name, const market::contracts::CustomKinds& kinds,
                                     std::shared_ptr<const Section> root = nullptr);
  [[nodiscard]] Scenario derived(Document document, std::string name) const;
  std::shared_ptr<const Content> content_;
};

/// JSON Schema 2020-12 of scenario files, from the same tables as the parser.
[[nodiscard]] std::string json_schema();
/// docs/scenario-keys.md, from the same tables as the parser.
[[nodiscard]] std::string reference_page();

}  // namespace rackrate::scenario
