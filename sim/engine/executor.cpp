#include "sim/engine/executor.hpp"

#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

#include "sim/engine/detail/first_failure.hpp"

namespace rackrate::engine {
namespace {

class SerialExecutor final : public Executor {
 public:
  [[nodiscard]] int threads() const override { return 1; }

 protected:
  void run(std::size_t count, Task task, const void* work) override {
    detail::FirstFailure failure;
    for (std::size_t i = 0; i < count; ++i) {
      try {
        task(work, i);
      } catch (...) {
        failure.store(i, std::current_exception());
      }
    }
    failure.rethrow();
  }
};

}  // namespace

std::unique_ptr<Executor> make_serial_executor() { return std::make_unique<SerialExecutor>(); }

int usable_processors() {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
#endif
  const unsigned n = std::thread::hardware_concurrency();
  return n > 0 ? static_cast<int>(n) : 1;
}

}  // namespace rackrate::engine
