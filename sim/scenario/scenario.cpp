#include "sim/scenario/scenario.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "sim/core/rounding.hpp"
#include "sim/core/sha256.hpp"
#include "sim/scenario/amendment.hpp"
#include "sim/scenario/files.hpp"
#include "sim/scenario/left_out.hpp"
#include "sim/scenario/override.hpp"
#include "sim/scenario/places.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/resolved_text.hpp"
#include "sim/scenario/settle.hpp"
#include "sim/scenario/toml_writer.hpp"

namespace rackrate::scenario {

/// Everything a scenario is, shared by its copies and never changed.
struct Scenario::Content {
  Document document;
  Checked checked;
  std::string digest;
  /// Shared with the scenarios derived from this one: to make it takes longer than to check a small scenario.
  std::shared_ptr<const Section> schema;
  /// Computed at the first request: it takes longer than all other checks.
  struct Warnings {
    std::once_flag found;
    std::vector<std::string> list;
  };
  std::unique_ptr<Warnings> warnings = std::make_unique<Warnings>();
};

namespace {

/// The digest covers values only: not order, spelling, names of files, titles, notes or sources.
std::string digest_of(const std::vector<Leaf>& leaves) {
  std::string all;
  for (const Leaf& leaf : leaves) {
    if (leaf.is_label) continue;
    all += leaf.item.path;
    all += '=';
    all += leaf.canonical;
    all += '\n';
  }
  core::Sha256 hash;
  hash.update(all);
  return hash.hex();
}

/// The last part of a path without ".toml"; other dots belong to the name ("v1.2").
std::string name_of(const std::filesystem::path& path) {
  return (path.extension() == ".toml" ? path.stem() : path.filename()).string();
}

}  // namespace

Scenario Scenario::make(Document document, std::string name, const market::contracts::CustomKinds& kinds,
                        std::shared_ptr<const Section> root) {
  const core::DefaultArithmetic arithmetic;
  Content content;
  content.schema = root != nullptr ? std::move(root) : shared_schema(kinds);
  settle_by_schema(document.root, *content.schema);
  content.checked = check_document(document, *content.schema, kinds);
  content.checked.parameters.name = std::move(name);
  content.digest = digest_of(content.checked.leaves);
  content.document = std::move(document);
  Scenario scenario;
  scenario.content_ = std::make_shared<const Content>(std::move(content));
  return scenario;
}

Scenario Scenario::derived(Document document, std::string name) const {
  return make(std::move(document), std::move(name), parameters().custom_kinds, content_->schema);
}

const Section& Scenario::schema() const { return *content_->schema; }

Scenario Scenario::load(const std::string& name_or_path, const std::vector<std::filesystem::path>& library,
                        const market::contracts::CustomKinds& kinds) {
  const core::DefaultArithmetic arithmetic;
  std::string name;
  Document document = load_document(name_or_path, library, name);
  return make(std::move(document), std::move(name), kinds);
}

Scenario Scenario::parse(const std::string& text, const std::string& origin,
                         const std::vector<std::filesystem::path>& library,
                         const market::contracts::CustomKinds& kinds) {
  const core::DefaultArithmetic arithmetic;
  return make(parse_document(text, origin, library), name_of(origin), kinds);
}

PortableScenario Scenario::portable() const {
  if (const auto& kinds = parameters().custom_kinds; !kinds.empty())
    throw core::ScenarioError(core::Mistake{
        {name(), 0, 0, "the scenario"},
        "of the clause kind \"" + std::string(kinds.front()->name()) + "\", which its own program defines",
        "built-in kinds alone, which every process knows",
        "Send to_toml(), and read it there with a program that defines the kind."});
  const Node tree = resolved(content_->document.root);
  return {document_text(tree), name(), digest(), content_->document.files, places_of(tree)};
}

Scenario Scenario::restored(const PortableScenario& portable) {
  const core::DefaultArithmetic arithmetic;
  Document document = parse_document(portable.text, portable.name, {});
  const bool fits = set_places(document.root, portable.places, portable.files.size());
  document.files = portable.files;
  const auto refuse = [&](std::string got, std::string expected) {
    throw core::ScenarioError(core::Mistake{{portable.name, 0, 0, "the scenario that was sent"},
                                            std::move(got),
                                            std::move(expected),
                                            "Use the same version of rackrate on both sides."});
  };
  if (!fits) refuse("given with the places of another text", "those of its own text");
  Scenario scenario = make(std::move(document), portable.name, {});
  if (scenario.digest() != portable.digest)
    refuse("of digest " + portable.digest.substr(0, 12), scenario.digest().substr(0, 12) + ", which its text has here");
  return scenario;
}

Scenario Scenario::override_with(const std::vector<std::pair<std::string, std::string>>& values,
                                 const std::string& name) const {
  const core::DefaultArithmetic arithmetic;
  Document document = content_->document;
  apply_overrides(document, schema(), content_->checked.leaves, values);
  return derived(std::move(document), name.empty() ? this->name() : name);
}

std::string Scenario::typed(const std::string& path, const std::string& text) const {
  const auto place = field_at(schema(), path);
  return typed_text(text, place ? &place->field : nullptr);
}

Scenario Scenario::amended(const Amendment& amendment, core::SimTime at) const {
  const core::DefaultArithmetic arithmetic;
  Document document = content_->document;
  add_version(document, parameters(), amendment, at);
  return derived(std::move(document), name());
}

Scenario Scenario::terminated(const std::string& contract, core::SimTime effective, core::SimTime at) const {
  const core::DefaultArithmetic arithmetic;
  Document document = content_->document;
  end_contract(document, parameters(), contract, effective, at);
  return derived(std::move(document), name());
}

Scenario Scenario::noticed(const std::string& contract, const std::string& clause, core::SimTime date,
                           core::SimTime at) const {
  const core::DefaultArithmetic arithmetic;
  Document document = content_->document;
  give_notice(document, parameters(), contract, clause, date, at);
  return derived(std::move(document), name());
}

Scenario Scenario::overridden_from(const std::vector<std::pair<std::string, std::string>>& values,
                                   core::SimTime at) const {
  const core::DefaultArithmetic arithmetic;
  Document document = content_->document;
  const Values later = cut_at(document, parameters(), values, at);
  apply_overrides(document, schema(), content_->checked.leaves, later);
  return derived(std::move(document), name());
}

const market::Parameters& Scenario::parameters() const { return content_->checked.parameters; }
const std::string& Scenario::name() const { return parameters().name; }
const std::string& Scenario::title() const { return parameters().title; }
const std::vector<std::string>& Scenario::warnings() const {
  auto& warnings = *content_->warnings;
  std::call_once(warnings.found, [&] {
    const core::DefaultArithmetic arithmetic;
    warnings.list = content_->checked.warnings;
    for (std::string& sentence : find_left_out(parameters())) warnings.list.push_back(std::move(sentence));
  });
  return warnings.list;
}
std::string Scenario::digest() const { return content_->digest; }
std::string Scenario::to_toml() const { return resolved_text(content_->document.root); }

std::vector<Item> Scenario::items(bool with_defaults) const {
  std::vector<Item> out;
  for (const Leaf& leaf : content_->checked.leaves)
    if (with_defaults || !leaf.item.is_default) out.push_back(leaf.item);
  return out;
}

std::optional<Item> Scenario::find(const std::string& path) const {
  const auto& leaves = content_->checked.leaves;
  const auto it = std::lower_bound(leaves.begin(), leaves.end(), path,
                                   [](const Leaf& l, const std::string& p) { return l.item.path < p; });
  if (it == leaves.end() || it->item.path != path) return std::nullopt;
  return it->item;
}

std::vector<Difference> Scenario::diff(const Scenario& other) const {
  const auto& a = content_->checked.leaves;
  const auto& b = other.content_->checked.leaves;
  std::vector<Difference> out;
  const auto only = [](const Leaf& leaf) { return !leaf.is_label && !leaf.item.is_default; };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].item.path < b[j].item.path)) {
      if (only(a[i])) out.push_back({a[i].item.path, a[i].item.value, ""});
      ++i;
    } else if (i == a.size() || b[j].item.path < a[i].item.path) {
      if (only(b[j])) out.push_back({b[j].item.path, "", b[j].item.value});
      ++j;
    } else {
      if (!a[i].is_label && a[i].canonical != b[j].canonical)
        out.push_back({a[i].item.path, a[i].item.value, b[j].item.value});
      ++i;
      ++j;
    }
  }
  return out;
}

}  // namespace rackrate::scenario
