#include "sim/market/contracts/validation/validation.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "sim/market/contracts/compile.hpp"
#include "sim/market/contracts/roles.hpp"

namespace rackrate::market::contracts {

namespace {

std::string text(double value) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << value;
  return out.str();
}

std::string date_text(core::SimTime t) { return t <= core::kAlways ? "not given" : core::to_string(t); }

void check_vocabulary_size(const std::vector<std::string>& names, std::string_view key, Complaints& complaints) {
  constexpr std::size_t most = kMaxNames - 2;  // two bits are kept for "in general" and us_natsec
  if (names.size() <= most) return;
  complaints.at(std::string(key));
  complaints.add("", "a list of " + std::to_string(names.size()) + " names", "at most " + std::to_string(most),
                 "Merge some of them");
}

void check_unique(std::string_view field, const std::string& name, std::set<std::string>& seen,
                  Complaints& complaints) {
  if (!seen.insert(name).second)
    complaints.add(field, "a second '" + name + "'", "a name used once", "Rename one of them");
}

void check_clause(const Clause& clause, const Version& version, Complaints& complaints) {
  complaints.require_order("until", clause.from, clause.until, "from");
  if (clause.until <= version.effective && clause.until > clause.from)
    complaints.add("until", core::to_string(clause.until),
                   "a date after its version takes effect (" + core::to_string(version.effective) + ")",
                   "Ends are exclusive; drop the clause or move its end");
  check_terms(clause, version, complaints);
}

void check_version(const Contract& contract, const Version& version, Complaints& complaints) {
  complaints.require_order("ends", version.effective, version.ends, "effective");
  if (version.signed_on > version.effective)
    complaints.add("effective", date_text(version.effective),
                   "a date not before its signature (" + core::to_string(version.signed_on) + ")",
                   "Swap the two dates");
  for (const Version& other : contract.versions)
    if (&other < &version && other.signed_on == version.signed_on && other.effective < version.ends &&
        version.effective < other.ends)
      complaints.add("signed", date_text(version.signed_on),
                     "a date of its own: version '" + other.name + "' has the same",
                     "The latest signature decides which version is in force");
  const std::string key = complaints.key();
  std::set<std::string> names;
  for (const Clause& clause : version.clauses) {
    complaints.at(key + ".clauses." + clause.name);
    // A clause switched on again in a run goes on under its name.
    if (clause.switched_on == core::kAlways) check_unique("", clause.name, names, complaints);
    if (is_order(clause) && !contract.parties.empty())
      complaints.add("kind", "\"" + kind_name(clause) + "\" in a contract with parties",
                     "a regulator's order in a contract with parties = []", "Write the order as a contract of its own");
    check_clause(clause, version, complaints);
  }
  complaints.at(key);
}

}  // namespace

void Complaints::add(std::string_view field, std::string got, std::string expected, std::string remedy) {
  core::Mistake mistake;
  mistake.where.key = field.empty() ? key_ : key_ + "." + std::string(field);
  mistake.got = std::move(got);
  mistake.expected = std::move(expected);
  mistake.remedy = std::move(remedy);
  mistakes_.push_back(std::move(mistake));
}

void Complaints::require_name(std::string_view field, const std::string& name, const std::vector<std::string>& known,
                              std::string_view what) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string near = core::nearest(name, known);
  std::string remedy = near.empty() ? std::string() : "Did you mean '" + near + "'?";
  if (near.empty() && !known.empty()) {
    remedy = "Known:";
    for (std::size_t i = 0; i < known.size() && i < 12; ++i) remedy += (i == 0 ? " " : ", ") + known[i];
    if (known.size() > 12) remedy += ", ...";
  }
  add(field, "'" + name + "'", std::string(what), std::move(remedy));
}

void Complaints::require_share(std::string_view field, double value) {
  if (!(value >= 0.0 && value <= 1.0)) add(field, text(value), "a share between 0 and 1", "Write \"20 %\" or 0.2");
}

void Complaints::require_not_negative(std::string_view field, double value, std::string_view what) {
  if (!(value >= 0.0) || std::isinf(value)) add(field, text(value), std::string(what), "");
}

void Complaints::require_order(std::string_view field, core::SimTime a, core::SimTime b, std::string_view name_of_a) {
  if (a < b) return;
  add(field, date_text(b), "a date after " + std::string(name_of_a) + " (" + date_text(a) + ")",
      "Ends are exclusive: the last day itself is the day before");
}

std::vector<core::Mistake> find_mistakes(const std::vector<Contract>& contracts, const Vocabulary& vocabulary) {
  Complaints complaints(vocabulary);
  check_vocabulary_size(vocabulary.labs, "labs", complaints);
  check_vocabulary_size(vocabulary.clouds, "clouds", complaints);
  check_vocabulary_size(vocabulary.channels, "channels", complaints);
  check_vocabulary_size(vocabulary.segments, "segments", complaints);
  check_vocabulary_size(vocabulary.regions, "regions", complaints);
  std::set<std::string> contract_names;
  for (const Contract& contract : contracts) {
    const std::string key = "contracts." + contract.name;
    complaints.at(key);
    check_unique("", contract.name, contract_names, complaints);
    for (const std::string& party : contract.parties)
      complaints.require_name("parties", party, vocabulary.firms, "a firm");
    if (contract.versions.empty())
      complaints.add("versions", "empty", "at least one version", "A contract says nothing before its first version");
    std::set<std::string> version_names;
    for (const Version& version : contract.versions) {
      complaints.at(key + ".versions." + version.name);
      check_unique("", version.name, version_names, complaints);
      check_version(contract, version, complaints);
    }
  }
  check_references(contracts, complaints);
  return complaints.take();
}

}  // namespace rackrate::market::contracts
