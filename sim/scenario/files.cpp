#include "sim/scenario/files.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "sim/core/utf8.hpp"
#include "sim/scenario/toml_reader.hpp"
#include "sim/scenario/wording.hpp"

namespace rackrate::scenario {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLongestChain = 64;  // of files; stated in the page of keys

[[noreturn]] void fail(core::Where where, std::string got, std::string expected, std::string remedy) {
  throw core::ScenarioError(core::Mistake{std::move(where), std::move(got), std::move(expected), std::move(remedy)});
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// The names of a folder's scenarios, for suggestions.
void add_library_names(const fs::path& folder, std::vector<std::string>& names) {
  std::error_code error;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".toml" && core::is_utf8(it->path().native()))
      names.push_back(it->path().stem().string());
}

/// A name is looked up as written, then with .toml, in each folder in turn.
std::optional<fs::path> find_scenario(const std::string& wanted, const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders)
    for (const std::string& name : {wanted, wanted + ".toml"})
      if (is_file(folder / name)) return folder / name;
  return std::nullopt;
}

class Loader {
 public:
  explicit Loader(const std::vector<fs::path>& library) : library_(library) {}

  Node from_file(const fs::path& path, const core::Where& asked_by) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(path, error);
    const fs::path& key = error ? path : real;
    check_chain(key, asked_by);
    std::ifstream in{path, std::ios::binary};
    std::string text;
    constexpr std::size_t kBlock = 1 << 16;
    // More than is allowed, so that the reader sees that it is too long.
    while (in && text.size() <= kMaxTextBytes) {
      const std::size_t before = text.size();
      text.resize(before + kBlock);
      in.read(text.data() + before, kBlock);
      text.resize(before + static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad() || (!in.eof() && in.fail() && text.empty()))
      fail(asked_by, "unreadable: " + shown(path.string(), 200), "a file that can be read", "Check its permissions.");
    open_.push_back(key);
    Node root = from_text(text, core::escaped_utf8(path.string()), path.parent_path());
    open_.pop_back();
    return root;
  }

  Node from_text(const std::string& text, const std::string& origin, const fs::path& folder) {
    const int index = static_cast<int>(files.size());
    files.push_back(origin);
    Node child = read_toml(text, origin, index);
    inherit_evidence(child);
    const Entry* extends = child.find("extends");
    const Entry* removals = child.find("remove");
    if (extends == nullptr && removals == nullptr) return child;
    if (extends == nullptr)
      fail(where(removals->at, "remove"), "given without `extends`", "an `extends` beside it",
           "Only what is inherited can be removed.");
    Node base = parent(*extends, folder);
    if (removals != nullptr) remove_all(*removals, base);
    child.erase("extends");
    child.erase("remove");
    merge_into(base, std::move(child));
    return base;
  }

  std::vector<std::string> files;

 private:
  void check_chain(const fs::path& next, const core::Where& asked_by) const {
    const auto name = [](const fs::path& p) { return shown(p.filename().string()); };
    const auto again = std::find(open_.begin(), open_.end(), next);
    if (again != open_.end()) {
      std::string chain;
      for (auto it = again; it != open_.end(); ++it) chain += name(*it) + " -> ";
      fail(asked_by, "circular: " + chain + name(next), "a chain of scenarios that ends", "Remove one `extends`.");
    }
    if (files.size() >= kLongestChain) {
      fail(asked_by, "one more after " + std::to_string(files.size()) + " files",
           "a chain of at most " + std::to_string(kLongestChain) + " files", "Put some of them into one.");
    }
  }

  [[nodiscard]] core::Where where(Position at, const std::string& path) const {
    return {files[static_cast<std::size_t>(at.file)], at.line, at.column, path};
  }

  Node parent(const Entry& extends, const fs::path& folder) {
    const core::Where here = where(extends.value.at, "extends");
    if (extends.value.kind != NodeKind::Text) fail(here, describe(extends.value), "the name or path of a scenario", "");
    const std::string& wanted = extends.value.text;
    std::vector<fs::path> folders{folder};
    folders.insert(folders.end(), library_.begin(), library_.end());
    const auto path =
        wanted.find('\0') == std::string::npos && wanted.size() < 1000 ? find_scenario(wanted, folders) : std::nullopt;
    if (!path) {
      std::vector<std::string> names;
      for (const fs::path& f : folders) add_library_names(f.empty() ? fs::path{"."} : f, names);
      std::sort(names.begin(), names.end());
      names.erase(std::unique(names.begin(), names.end()), names.end());
      fail(here, '"' + shown(wanted) + "\", which does not exist", "the name or path of a scenario",
           suggestion(wanted, names));
    }
    return from_file(*path, here);
  }

  void remove_all(const Entry& removals, Node& base) const {
    std::vector<core::Mistake> mistakes;
    const Node& list = removals.value;
    if (list.kind != NodeKind::Array) fail(where(list.at, "remove"), describe(list), "a list of key paths", "");
    for (const Node& item : list.items) {
      if (item.kind != NodeKind::Text) {
        mistakes.push_back({where(item.at, "remove"), describe(item), "a key path in quotes", ""});
        continue;
      }
      Node* table = &base;
      std::vector<std::string> parts = split_path(item.text);
      const std::string last = parts.back();
      parts.pop_back();
      for (const std::string& part : parts) {
        Entry* e = table == nullptr ? nullptr : table->find(part);
        table = e != nullptr && e->value.is_table() ? &e->value : nullptr;
      }
      if (table != nullptr && table->erase(last)) continue;
      std::vector<std::string> paths;
      std::string prefix;
      all_paths(base, prefix, paths);
      mistakes.push_back({where(item.at, "remove"), '"' + shown(item.text, 120) + '"',
                          "the path of something inherited", near(item.text, paths)});
    }
    if (!mistakes.empty()) throw core::ScenarioError(std::move(mistakes));
  }

  static std::string near(const std::string& path, const std::vector<std::string>& paths) {
    const std::string found = path.size() <= 200 ? core::nearest(path, paths) : "";
    return found.empty() ? "" : "Did you mean \"" + found + "\"?";
  }

  static void all_paths(const Node& table, const std::string& prefix, std::vector<std::string>& out) {
    for (const Entry& e : table.entries) {
      if (out.size() > 20000) return;
      const std::string path = prefix.empty() ? e.key : prefix + '.' + e.key;
      out.push_back(path);
      if (e.value.is_table() && !is_long_form(e.value)) all_paths(e.value, path, out);
    }
  }

  const std::vector<fs::path>& library_;
  std::vector<fs::path> open_;  ///< the files being read, outermost first
};

}  // namespace

Document load_document(const std::string& name_or_path, const std::vector<fs::path>& library, std::string& name) {
  fs::path path{name_or_path};
  if (name_or_path.find('\0') != std::string::npos || !is_file(path)) {
    const auto found =
        name_or_path.empty() || name_or_path.size() > 1000 || name_or_path.find('\0') != std::string::npos
            ? std::nullopt
            : find_scenario(name_or_path, library);
    if (!found) {
      std::vector<std::string> names;
      for (const fs::path& folder : library) add_library_names(folder, names);
      std::sort(names.begin(), names.end());
      fail({{}, 0, 0, "the scenario"}, '"' + shown(name_or_path, 120) + "\", which does not exist",
           "a file or a library name", suggestion(name_or_path, names));
    }
    path = *found;
  }
  name = path.stem().string();
  if (!core::is_utf8(name))
    fail({{}, 0, 0, "the scenario"}, '"' + shown(path.string(), 200) + "\", whose name is no UTF-8",
         "a file whose name is UTF-8", "Rename the file.");
  Loader loader{library};
  Document document;
  document.root = loader.from_file(path, {{}, 0, 0, "the scenario"});
  document.files = std::move(loader.files);
  return document;
}

Document parse_document(const std::string& text, const std::string& origin, const std::vector<fs::path>& library) {
  Loader loader{library};
  Document document;
  document.root = loader.from_text(text, origin, {});
  document.files = std::move(loader.files);
  return document;
}

}  // namespace rackrate::scenario
