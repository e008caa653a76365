#include "sim/core/sim_time.hpp"

namespace rackrate::core {
namespace {

/// Appends `value` with at least `width` digits.
void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

/// Reads exactly `width` digits off the front of `text`.
bool take_number(std::string_view& text, std::size_t width, int& out) {
  if (text.size() < width) return false;
  out = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = 10 * out + (text[i] - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

int month_index(SimTime t) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(t)};
  return (static_cast<int>(day.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(day.month())) - 1;
}

SimTime month_start(int index) {
  const int year = index >= 0 ? index / 12 : (index - 11) / 12;
  return date(1970 + year, static_cast<unsigned>(index - 12 * year) + 1U, 1U);
}

std::string to_string(SimTime t) {
  if (t >= kNever) return "never";
  if (t <= kAlways) return "always";
  const auto midnight = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day day{midnight};
  std::string out;
  append_padded(out, static_cast<int>(day.year()), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(day.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(day.day()), 2);
  const std::int64_t ms = (t - midnight).count();
  if (ms == 0) return out;
  out += 'T';
  append_padded(out, ms / 3'600'000, 2);
  out += ':';
  append_padded(out, ms / 60'000 % 60, 2);
  out += ':';
  append_padded(out, ms / 1000 % 60, 2);
  if (ms % 1000 != 0) {
    out += '.';
    append_padded(out, ms % 1000, 3);
  }
  return out;
}

bool parse_time(std::string_view text, SimTime& out) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day)) {
    return false;
  }
  const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  if (!ymd.ok()) return false;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milli = 0;
  if (!text.empty()) {
    if (!take(text, 'T') || !take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute)) return false;
    if (!text.empty() && (!take(text, ':') || !take_number(text, 2, second))) return false;
    if (!text.empty() && (!take(text, '.') || !take_number(text, 3, milli))) return false;
    if (!text.empty() || hour > 23 || minute > 59 || second > 59) return false;
  }
  out = SimTime{std::chrono::sys_days{ymd}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
        std::chrono::seconds{second} + std::chrono::milliseconds{milli};
  return true;
}

}  // namespace rackrate::core
