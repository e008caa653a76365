#include "sim/scenario/reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/market/contracts/registry.hpp"
#include "sim/market/contracts/validation/parties.hpp"
#include "sim/scenario/entrants.hpp"
#include "sim/scenario/leaf.hpp"
#include "sim/scenario/names.hpp"
#include "sim/scenario/reserved.hpp"
#include "sim/scenario/rules.hpp"
#include "sim/scenario/scale.hpp"
#include "sim/scenario/toml_writer.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {
namespace {

constexpr std::uint32_t kAllKinds = ~std::uint32_t{0};

/// Walks a document beside the schema: binds values, collects leaves and mistakes.
class Reader {
 public:
  explicit Reader(const Document& document) : document_(document), names_(document.root), mistakes_(document.files) {}

  /// `node` is null for a fixed table the file leaves out: only its defaults are listed then.
  void table(const Section& section, const Node* node, const std::string& path, void* object, bool in_labels) {
    in_labels = in_labels || section.is_label;
    if (node != nullptr && !node->is_table()) {
      mistakes_.add(node->at, path, describe(*node), "a table", "");
      return;
    }
    const Node& here = node != nullptr ? *node : empty_;
    const std::uint32_t kind = kind_bits(section, here);
    for (const Entry& e : here.entries) entry(section, e, path, object, kind, in_labels);
    for (const Section& s : section.sections) {
      if ((s.kinds & kind) == 0) continue;
      const Entry* e = here.find(s.key);
      if (e == nullptr && s.is_required) {
        mistakes_.add(here.at, join(path, s.key), "missing", "a table", "Add [" + join(path, s.key) + "].");
        continue;
      }
      table(s, e != nullptr ? &e->value : nullptr, join(path, s.key), s.enter(object, s.key), in_labels);
    }
    for (const Field& f : section.fields)
      if ((f.kinds & kind) != 0) field(f, here, path, object, in_labels);
    check_rules(section, here, path, given_, mistakes_);
  }

  /// Adds file positions to the mistakes of contracts, which hold only key paths.
  void relocate(const core::ScenarioError& error) {
    for (core::Mistake m : error.mistakes()) {
      if (m.where.line == 0) m.where = locate(document_, m.where.key);
      mistakes_.add(std::move(m));
    }
  }

  /// Fleets, lots and lines name chips without their vendor, so a chip's name belongs to one vendor only.
  void chip_names(const std::vector<VendorDraft>& vendors) {
    std::map<std::string, std::string> vendor_of;
    for (const VendorDraft& vendor : vendors) {
      for (const ChipDraft& chip : vendor.chips) {
        const auto [first, fresh] = vendor_of.emplace(chip.name, vendor.name);
        if (fresh) continue;
        const std::string path = "supply." + vendor.name + '.' + chip.name;
        mistakes_.add({locate(document_, path), "a chip that supply." + first->second + " has too", "a name of its own",
                       "Rename one of them."});
      }
    }
  }

  /// The account is that of the lab's firm, so of its labs one keeps it.
  void cash_accounts(const market::Parameters& parameters) {
    std::map<std::string, std::string> lab_of;
    for (const market::Lab& lab : parameters.labs) {
      if (lab.cash.opening_usd < 0) continue;
      const auto [first, fresh] = lab_of.emplace(lab.firm, lab.name);
      if (fresh) continue;
      const std::string path = "labs." + lab.name + ".cash.opening";
      mistakes_.add({locate(document_, path), "a second account of firm " + lab.firm,
                     "one lab of a firm that keeps its cash", "Leave it to labs." + first->second + ".cash."});
    }
  }

  /// The state of agents is kept by the cloud whose channel sells them.
  void runtime_fees(const market::Parameters& parameters) {
    for (const market::Channel& channel : parameters.channels) {
      if (channel.runtime_fee <= 0 || (!channel.cloud.empty() && !channel.firm.empty())) continue;
      const std::string path = "channels." + channel.name + ".runtime_fee";
      mistakes_.add({locate(document_, path), "a fee on a channel without a cloud and a firm",
                     "a fee of a cloud's channel", "Leave it out, or name the channel's `cloud` and `firm`."});
    }
  }

  Mistakes& mistakes() { return mistakes_; }
  std::vector<Leaf> take_leaves() {
    std::sort(leaves_.begin(), leaves_.end(), [](const Leaf& a, const Leaf& b) { return a.item.path < b.item.path; });
    return std::move(leaves_);
  }

 private:
  static std::string join(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + '.' + key;
  }

  /// The kinds of clauses, built in or not: the values of the key `kind`.
  static const std::vector<std::string>& kinds_in(const Section& clause) {
    const auto is_kind = [](const Field& field) { return field.key == "kind"; };
    return std::find_if(clause.fields.begin(), clause.fields.end(), is_kind)->allowed;
  }

  /// The bit of the clause kind a table declares; all bits for tables that have none, or a wrong one.
  static std::uint32_t kind_bits(const Section& section, const Node& node) {
    if (section.key != "CLAUSE") return kAllKinds;
    const Entry* e = node.find("kind");
    if (e == nullptr) return kAllKinds;
    const Node& value = value_node(e->value);
    const auto index = value.kind == NodeKind::Text ? market::index_of(kinds_in(section), value.text) : std::nullopt;
    return index ? std::uint32_t{1} << *index : kAllKinds;
  }

  /// One entry of a table: a name = value entry, a named table, evidence, or a mistake. Fields and
  /// fixed tables are read in the schema's order by table().
  void entry(const Section& section, const Entry& e, const std::string& path, void* object, std::uint32_t kind,
             bool in_labels) {
    const auto is_key = [&e](const auto& x) { return x.key == e.key; };
    const auto f = std::find_if(section.fields.begin(), section.fields.end(), is_key);
    const auto s = std::find_if(section.sections.begin(), section.sections.end(), is_key);
    const std::uint32_t takes = f != section.fields.end() ? f->kinds : s != section.sections.end() ? s->kinds : 0;
    if ((takes & kind) != 0) return;
    if (takes != 0) return foreign(section, e, path, kind);
    if (!section.named.empty() && e.value.is_table())
      return named_table(section.named.front(), e, path, object, in_labels);
    if (std::find(kTableKeys.begin(), kTableKeys.end(), e.key) != kTableKeys.end()) return evidence(e, path);
    if (!section.entries.empty() && (!e.value.is_table() || is_long_form(e.value)))
      return named_value(section, e, path, object, in_labels);
    unknown(section, e, path, kind);
  }

  bool good_name(const Entry& e, Names list, const std::string& placeholder, const std::string& path) {
    if (const ReservedName* taken = reserved(placeholder, e.key)) {
      mistakes_.add(e.at, join(path, e.key), "a name that is taken (" + std::string{taken->meaning} + ")",
                    "another name", "Rename it.");
      return false;
    }
    if (!is_plain_name(e.key)) {
      mistakes_.add(e.at, join(path, shown(e.key)), "not a usable name", "letters, digits, - and _", "Rename it.");
      return false;
    }
    if (list == Names::Any || names_.has(list, e.key)) return true;
    if (mistakes_.wanted()) {
      mistakes_.add(e.at, join(path, e.key), "an unknown name", "a name in " + std::string{declared_in(list)},
                    suggestion(e.key, names_.of(list)));
    }
    return false;
  }

  void named_table(const Section& s, const Entry& e, const std::string& path, void* object, bool in_labels) {
    if (good_name(e, s.names, s.key, path)) table(s, &e.value, join(path, e.key), s.enter(object, e.key), in_labels);
  }

  void named_value(const Section& section, const Entry& e, const std::string& path, void* object, bool in_labels) {
    const Field& f = section.entries.front();
    if (!good_name(e, f.names, f.key, path)) return;
    // The names list restricts the keys, not the values.
    Field value_field = f;
    value_field.names = Names::Any;
    Value value;
    if (!take(value_field, e, join(path, e.key), value, in_labels)) return;
    section.put(object, e.key, value);
  }

  void field(const Field& f, const Node& table, const std::string& path, void* object, bool in_labels) {
    const std::string full = join(path, f.key);
    const Entry* e = table.find(f.key);
    Value value;
    if (e != nullptr) {
      if (take(f, *e, full, value, in_labels) && f.set) f.set(object, value);
      return;
    }
    if (f.is_required) {
      mistakes_.add(table.at, full, "missing", expectation(f), "Add it.");
      return;
    }
    if (!f.get) return;
    value = f.get(object);
    value.type = f.type;
    if (f.type == ValueType::Text && f.names != Names::Any && !value.text.empty() && !names_.has(f.names, value.text)) {
      mistakes_.add(table.at, full, "left at its default \"" + value.text + '"',
                    "a name in " + std::string{declared_in(f.names)}, "Declare it or name another.");
      return;
    }
    Leaf leaf;
    leaf.item.path = full;
    leaf.item.value = default_text(f, value);
    leaf.item.unit = f.unit.text;
    leaf.item.is_default = true;
    leaf.canonical = leaf.item.value.empty() ? "" : canonical(value);
    leaf.is_label = f.is_label || in_labels;
    leaves_.push_back(std::move(leaf));
  }

  /// Reads a value that is there and lists it.
  bool take(const Field& f, const Entry& e, const std::string& full, Value& value, bool in_labels) {
    if (e.value.is_table()) {
      for (const char* key : {"source", "grade", "note"})
        if (const Entry* own = e.value.find(key)) evidence(*own, full);
    }
    if (!read_leaf(e.value, f, full, names_, mistakes_, value)) return false;
    const Node& node = value_node(e.value);
    given_[full] = {value, node.at, describe(node)};
    Leaf leaf;
    leaf.item.path = full;
    leaf.item.value = value_text(node);
    leaf.item.unit = f.unit.text;
    leaf.item.source = e.value.source;
    leaf.item.grade = e.value.grade;
    if (e.value.is_table()) {
      if (const Entry* low = e.value.find("low")) leaf.item.low = value_text(low->value);
      if (const Entry* high = e.value.find("high")) leaf.item.high = value_text(high->value);
      if (const Entry* note = e.value.find("note")) leaf.item.note = note->value.text;
    }
    if (node.at.file >= 0) leaf.item.file = document_.files[static_cast<std::size_t>(node.at.file)];
    leaf.item.line = node.at.line;
    leaf.item.column = node.at.column;
    leaf.canonical = canonical(value);
    leaf.is_label = f.is_label || in_labels;
    leaves_.push_back(std::move(leaf));
    return true;
  }

  /// title, source, grade or note of a table or of a long form.
  void evidence(const Entry& e, const std::string& path) {
    const std::string full = join(path, e.key);
    if (e.value.kind != NodeKind::Text) {
      mistakes_.add(e.value.at, full, describe(e.value), "text", "");
    } else if (e.key == "grade" && !e.value.text.empty() &&
               std::find(kGrades.begin(), kGrades.end(), e.value.text) == kGrades.end()) {
      mistakes_.add(e.value.at, full, describe(e.value), "one of P, R, W, A",
                    "P primary, R press, W weak, A assumption.");
    } else if (e.key == "source" && !e.value.text.empty() && !names_.has(Names::Sources, e.value.text) &&
               mistakes_.wanted()) {
      mistakes_.add(e.value.at, full, describe(e.value), "a name in [sources]",
                    suggestion(e.value.text, names_.of(Names::Sources)));
    }
  }

  void foreign(const Section& section, const Entry& e, const std::string& path, std::uint32_t kind) {
    std::string name;
    const auto& kinds = kinds_in(section);
    for (std::size_t i = 0; i < kinds.size(); ++i)
      if (kind == std::uint32_t{1} << i) name = kinds[i];
    mistakes_.add(e.at, join(path, e.key), "a key that a clause of kind \"" + name + "\" does not take",
                  "one of " + some_of(keys_of(section, kind), 40), "Remove it, or change the kind.");
  }

  void unknown(const Section& section, const Entry& e, const std::string& path, std::uint32_t kind) {
    if (!mistakes_.wanted()) return;
    const std::vector<std::string> keys = keys_of(section, kind);
    std::string expected = "one of " + some_of(keys, 40);
    if (!section.named.empty()) expected = "a table [" + join(path, section.named.front().key) + "] or " + expected;
    mistakes_.add(e.at, join(path, shown(e.key)), "an unknown key", std::move(expected),
                  e.key.size() <= 120 && !core::nearest(e.key, keys).empty() ? suggestion(e.key, keys) : "Remove it.");
  }

  const Node empty_{};
  const Document& document_;
  NameTable names_;
  Mistakes mistakes_;
  GivenValues given_;
  std::vector<Leaf> leaves_;
};

market::Registry compile_contracts(const market::Parameters& p) {
  market::Table<market::ChannelId, market::CloudId> channel_cloud;
  for (const market::Channel& channel : p.channels) {
    const auto cloud = market::index_of(p.vocabulary.clouds, channel.cloud);
    channel_cloud.push_back(cloud ? market::CloudId(*cloud) : market::CloudId());
  }
  return {p.contracts, p.vocabulary, std::move(channel_cloud)};
}

}  // namespace

Checked check_document(const Document& document, const Section& root, const market::contracts::CustomKinds& kinds) {
  Reader reader{document};
  Draft draft;
  reader.table(root, &document.root, "", &draft, false);
  reader.chip_names(draft.vendors);
  reader.cash_accounts(draft.parameters);
  reader.runtime_fees(draft.parameters);
  check_meaningful_names(draft.parameters, document, reader.mistakes());
  reader.mistakes().throw_if_any();
  Checked out;
  out.parameters = close_draft(std::move(draft));
  out.leaves = reader.take_leaves();
  out.parameters.custom_kinds = kinds;
  try {
    if (auto mistakes = find_entry_mistakes(out.parameters); !mistakes.empty())
      throw core::ScenarioError(std::move(mistakes));
    if (auto mistakes = find_scale_mistakes(out.parameters); !mistakes.empty())
      throw core::ScenarioError(std::move(mistakes));
    if (auto mistakes = market::contracts::expand_custom(out.parameters.contracts, kinds); !mistakes.empty())
      throw core::ScenarioError(std::move(mistakes));
    const market::Registry registry = compile_contracts(out.parameters);
    if (auto mistakes = market::contracts::find_party_mistakes(out.parameters.actors(), out.parameters.contracts);
        !mistakes.empty())
      throw core::ScenarioError(std::move(mistakes));
    for (const market::Conflict& conflict : registry.conflicts()) out.warnings.push_back(conflict.sentence);
  } catch (const core::ScenarioError& error) {
    reader.relocate(error);
    reader.mistakes().throw_if_any();
    throw;
  }
  return out;
}

}  // namespace rackrate::scenario
