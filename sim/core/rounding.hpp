#pragma once
#include <cfenv>

namespace rackrate::core {

/// The default floating-point environment while it lives: round to nearest, denormals kept, nothing trapped. A host
/// process may have set another one, threads inherit it from whoever made them, and a result must not depend on it.
class DefaultArithmetic {
 public:
  DefaultArithmetic() {
    std::fegetenv(&host_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultArithmetic() { std::fesetenv(&host_); }
  DefaultArithmetic(const DefaultArithmetic&) = delete;
  DefaultArithmetic& operator=(const DefaultArithmetic&) = delete;

 private:
  std::fenv_t host_;
};

}  // namespace rackrate::core
