#include "sim/scenario/json_text.hpp"

#include "sim/scenario/toml_writer.hpp"

namespace rackrate::scenario {

// A TOML basic string as toml_quoted() writes it is also a JSON string: the same escapes, the same quotes.
std::string json_quoted(std::string_view text) { return toml_quoted(text); }

void JsonWriter::start(std::string_view key) {
  if (depth_ > 0) {
    if (!first_) out_ += ',';
    out_ += '\n';
    out_.append(static_cast<std::size_t>(2 * (margin_ + depth_)), ' ');
  }
  if (!key.empty()) out_ += json_quoted(key) + ": ";
  first_ = false;
}

void JsonWriter::begin(std::string_view key, char bracket) {
  start(key);
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::end(char bracket) {
  --depth_;
  if (!first_) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(2 * (margin_ + depth_)), ' ');
  }
  out_ += bracket;
  first_ = false;
}

void JsonWriter::text(std::string_view key, std::string_view value) {
  start(key);
  out_ += json_quoted(value);
}

void JsonWriter::raw(std::string_view key, std::string_view value) {
  start(key);
  out_ += value;
}

}  // namespace rackrate::scenario
