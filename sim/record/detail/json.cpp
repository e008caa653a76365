#include "sim/record/detail/json.hpp"

#include <charconv>
#include <stdexcept>

namespace rackrate::record::detail {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json whole() {
    Json value = parse(0);
    skip();
    if (at_ != text_.size()) fail();
    return value;
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error("not JSON at character " + std::to_string(at_)); }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  [[nodiscard]] char peek() {
    skip();
    if (at_ >= text_.size()) fail();
    return text_[at_];
  }
  void expect(char c) {
    if (peek() != c) fail();
    ++at_;
  }
  [[nodiscard]] bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  Json parse(int depth) {
    if (depth > 32) fail();
    Json value;
    const char c = peek();
    if (c == '"') {
      value.kind = Json::Kind::Text;
      value.text = string();
    } else if (c == '[') {
      value.kind = Json::Kind::List;
      ++at_;
      if (accept(']')) return value;
      do value.items.push_back(parse(depth + 1));
      while (accept(','));
      expect(']');
    } else if (c == '{') {
      value.kind = Json::Kind::Object;
      ++at_;
      if (accept('}')) return value;
      do {
        if (peek() != '"') fail();
        std::string key = string();
        expect(':');
        value.fields.emplace_back(std::move(key), parse(depth + 1));
      } while (accept(','));
      expect('}');
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      value.kind = Json::Kind::Number;
      while (at_ < text_.size() && (text_[at_] == '-' || (text_[at_] >= '0' && text_[at_] <= '9')))
        value.text += text_[at_++];
    } else {
      fail();
    }
    return value;
  }

  std::string string() {
    std::string out;
    ++at_;
    while (true) {
      if (at_ >= text_.size()) fail();
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (at_ >= text_.size()) fail();
      switch (text_[at_++]) {
        case '"': out += '"'; break;
        case '\\': out += '\\'; break;
        case '/': out += '/'; break;
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'u': {  // quoted() writes only control characters so
          unsigned code = 0;
          const auto [end, error] =
              std::from_chars(text_.data() + at_, text_.data() + std::min(at_ + 4, text_.size()), code, 16);
          if (error != std::errc{} || end != text_.data() + at_ + 4 || code > 0x7f) fail();
          out += static_cast<char>(code);
          at_ += 4;
          break;
        }
        default: fail();
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

template <class T>
T number(const Json& value) {
  T out{};
  const char* end = value.text.data() + value.text.size();
  const auto [rest, error] = std::from_chars(value.text.data(), end, out);
  if (value.kind != Json::Kind::Number || error != std::errc{} || rest != end)
    throw std::runtime_error("not a whole number: " + value.text);
  return out;
}

}  // namespace

const Json& Json::operator[](std::string_view name) const {
  static const Json kNothing{};
  for (const auto& [key, value] : fields)
    if (key == name) return value;
  return kNothing;
}

std::int64_t Json::integer() const { return number<std::int64_t>(*this); }
std::uint64_t Json::unsigned_integer() const { return number<std::uint64_t>(*this); }

Json parse_json(std::string_view text) { return Parser(text).whole(); }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += "0123456789abcdef"[(c >> 4) & 15];
      out += "0123456789abcdef"[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i ? ", " : "") + detail::quoted(texts[i]);
  return out + "]";
}

}  // namespace rackrate::record::detail
