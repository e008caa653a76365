#pragma once
#include <string>
#include <string_view>

namespace rackrate::scenario {

/// Writes JSON with two-space indentation: just enough of it for the editor schema.
class JsonWriter {
 public:
  /// `depth` is how far the text will stand from the margin where it is pasted with raw().
  explicit JsonWriter(int depth = 0) : margin_(depth) {}
  void open(std::string_view key = {}) { begin(key, '{'); }
  void close() { end('}'); }
  void open_list(std::string_view key = {}) { begin(key, '['); }
  void close_list() { end(']'); }
  void text(std::string_view key, std::string_view value);
  void raw(std::string_view key, std::string_view value);  ///< numbers, true, false
  [[nodiscard]] const std::string& take() const { return out_; }

 private:
  void begin(std::string_view key, char bracket);
  void end(char bracket);
  void start(std::string_view key);

  std::string out_;
  int margin_;
  int depth_ = 0;
  bool first_ = true;
};

[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace rackrate::scenario
