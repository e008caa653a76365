#include "sim/scenario/schema.hpp"

#include "sim/scenario/clause_keys.hpp"
#include "sim/scenario/custom_keys.hpp"
#include "sim/scenario/not_given.hpp"

namespace rackrate::scenario {
namespace {

using market::Clause;
using market::Scope;
using market::Version;

Section scope() {
  Section s = table("scope", "What the clause covers: a conjunction of sets; a set left out does not restrict.");
  s.enter = member(&Clause::scope);
  s.fields = {list("labs", at(&Scope::labs), Names::Labs, "Labs."),
              choices("model_class", at(&Scope::model_class), market::kModelClassNames, "Classes of models."),
              choices("products", at(&Scope::products), market::kProductNames, "Products."),
              list("segments", at(&Scope::segments), Names::ScopeSegments,
                   "Segments of customers; us_natsec, or commercial for all others."),
              list("regions", at(&Scope::regions), Names::Regions, "Regions.")};
  return s;
}

}  // namespace

Section contracts_section(const market::contracts::CustomKinds& kinds) {
  Section clause = table("CLAUSE", "One clause.");
  clause.enter = element(&Version::clauses);
  clause.sections = {scope()};
  clause.rules = {{Rule::Kind::Before, "from", "until"}};
  add_clause_keys(clause);
  add_custom_keys(kinds, clause.fields);
  Section clauses = table("clauses", "The clauses of the version, by name.");
  clauses.named.push_back(std::move(clause));

  Section version =
      table("VERSION", "A version; in force is the one signed last among those whose dates cover the day.");
  version.enter = element(&market::Contract::versions);
  version.fields = {date("signed", at(&Version::signed_on), "Date of signature.").required(),
                    date("effective", at(&Version::effective), "First instant.").required(),
                    date("ends", at(&Version::ends), "End, exclusive.").or_never(),
                    choice("conflict", at(&Version::conflict), market::kConflictPolicyNames,
                           "Effect of its grants where another contract's exclusive in force bars them: none, a priced "
                           "breach, or none until a renegotiation opens them.")};
  version.sections = {std::move(clauses)};
  version.rules = {{Rule::Kind::Before, "effective", "ends"}};
  Section versions = table("versions", "The versions of the contract, by name.");
  versions.named.push_back(std::move(version));

  Section contract = table("CONTRACT", "A contract and all its versions.");
  contract.enter = [](void* draft, const std::string& name) -> void* {
    return element(&market::Parameters::contracts)(&static_cast<Draft*>(draft)->parameters, name);
  };
  contract.fields = {list("parties", at(&market::Contract::parties), Names::Firms,
                          "The firms that signed; none under a regulator's order.")
                         .required(),
                     date("terminated", at(&market::Contract::terminated),
                          "Early end, exclusive: commitments lapse, and later versions never take effect.")
                         .or_never()};
  contract.sections = {std::move(versions)};

  Section s = table("contracts", "The contracts. What no contract grants is not permitted.");
  s.named.push_back(std::move(contract));
  return s;
}

Section schema(const market::contracts::CustomKinds& kinds) {
  Section root = table("", "A scenario.");
  Field title = text("title", Access<Draft, std::string>{[](Draft& d) -> std::string& { return d.parameters.title; }},
                     "One line that says what the scenario is.");
  title.is_label = true;
  root.fields = {std::move(title), label("description", "A longer description.")};
  for (auto part : {world_sections(), supply_sections(), demand_sections(), shock_sections()})
    for (Section& s : part) root.sections.push_back(std::move(s));
  root.sections.push_back(contracts_section(kinds));
  refuse_what_says_nothing(root);
  return root;
}

std::shared_ptr<const Section> shared_schema(const market::contracts::CustomKinds& kinds) {
  if (!kinds.empty()) return std::make_shared<const Section>(schema(kinds));
  static const auto built_in = std::make_shared<const Section>(schema());
  return built_in;
}

}  // namespace rackrate::scenario
