#pragma once
#include <string>

namespace rackrate::record::detail {

/// Internal: a step of reading or writing failed. Callers convert it to an error message with the file's name.
struct Failure {
  std::string action;
};

}  // namespace rackrate::record::detail
