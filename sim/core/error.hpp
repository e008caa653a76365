#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace rackrate::core {

/// The place of a user's mistake: a file position if it has one, else a key path.
struct Where {
  std::string file;  ///< as the user gave it; empty for text that was not read from a file
  int line = 0;      ///< 1-based; 0 when unknown
  int column = 0;
  std::string key;  ///< dotted key path, may be empty
};

/// One mistake in one sentence: `file:line:col: key is <got>; expected <expected>. <remedy>`.
/// Parts that are empty or zero are left out with their punctuation; the full stops are added.
struct Mistake {
  Where where;
  std::string got;
  std::string expected;
  std::string remedy;
  [[nodiscard]] std::string sentence() const;
};

/// The scenario is invalid. Holds every mistake found in one pass; what() has one per line.
class ScenarioError : public std::invalid_argument {
 public:
  explicit ScenarioError(std::vector<Mistake> mistakes);
  explicit ScenarioError(Mistake mistake);
  [[nodiscard]] const std::vector<Mistake>& mistakes() const { return mistakes_; }
 private:
  std::vector<Mistake> mistakes_;
};

/// One mistake at a key path, as the error to throw.
[[nodiscard]] ScenarioError mistake(std::string key, std::string got, std::string expected, std::string remedy);

/// A message between processes broke the declared lookahead (promise P6).
class CausalityError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};
/// A balance did not close (promise P7); the text names the entry.
class LedgerError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};
/// A result file cannot be read or written.
class ResultFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// The run was interrupted by its stop flag.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// The candidate nearest to `name` by Damerau-Levenshtein distance, case and '-' or '_' aside (ties:
/// the first); empty when every one differs in more than a third of its letters (at least one).
[[nodiscard]] std::string nearest(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace rackrate::core
