#pragma once
#include <string>

namespace rackrate::record::detail {

/// Internal: a step of reading or writing failed. Callers turn it into a sentence with the file's name.
struct Failure {
  std::string action;
};

}  // namespace rackrate::record::detail
