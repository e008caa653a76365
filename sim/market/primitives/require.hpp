#pragma once
#include <stdexcept>
#include <string>

namespace rackrate::market {

/// Throws: std::invalid_argument "subject: rule" unless `sound`.
inline void require(bool sound, const char* subject, const char* rule) {
  if (!sound) throw std::invalid_argument(std::string(subject).append(": ").append(rule));
}

}  // namespace rackrate::market
