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

/// "hh:mm", as it stands in a time and in an offset.
bool take_hours_and_minutes(std::string_view& text, SimDuration& out) {
  int hour = 0, minute = 0;
  if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) || hour > 23 || minute > 59)
    return false;
  out = std::chrono::hours{hour} + std::chrono::minutes{minute};
  return true;
}

/// The fraction of a second behind its point. Digits beyond the third must be zeros: nothing is cut.
bool take_milliseconds(std::string_view& text, SimDuration& out) {
  int digits = 0, milliseconds = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 3)
      milliseconds = 10 * milliseconds + (text.front() - '0');
    else if (text.front() != '0')
      return false;
  }
  for (int k = digits; k < 3; ++k) milliseconds *= 10;
  out = SimDuration{milliseconds};
  return digits > 0;
}

/// "Thh:mm[:ss[.mmm]]"
bool take_time_of_day(std::string_view& text, SimDuration& out) {
  int second = 0;
  SimDuration fraction{0};
  if (!(take(text, 'T') || take(text, ' ')) || !take_hours_and_minutes(text, out)) return false;
  if (take(text, ':')) {
    if (!take_number(text, 2, second) || second > 59) return false;
    if (take(text, '.') && !take_milliseconds(text, fraction)) return false;
  }
  out += std::chrono::seconds{second} + fraction;
  return true;
}

/// What the clock is ahead of UTC: nothing or "Z" for none, "+05:30", "-05:00".
bool take_offset(std::string_view& text, SimDuration& out) {
  if (text.empty() || take(text, 'Z')) return true;
  const bool behind = text.front() == '-';
  if (!behind && text.front() != '+') return false;
  text.remove_prefix(1);
  if (!take_hours_and_minutes(text, out)) return false;
  if (behind) out = -out;
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
  SimDuration since_midnight{0}, offset{0};
  if (!text.empty() && !(take_time_of_day(text, since_midnight) && take_offset(text, offset) && text.empty()))
    return false;
  out = SimTime{std::chrono::sys_days{ymd}} + since_midnight - offset;
  return true;
}

}  // namespace rackrate::core
