#include <algorithm>
#include <optional>
#include <stdexcept>

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "sim/engine/detail/first_failure.hpp"
#include "sim/engine/executor.hpp"

namespace rackrate::engine {
namespace {

/// One arena per executor, so that its width is its own whatever the rest of the program does.
class TbbExecutor final : public Executor {
  static constexpr int kAllowed = 256;

 public:
  explicit TbbExecutor(int threads) : arena_(threads), threads_(threads) {
    // More threads than processors (to test determinism) must be allowed by name; else TBB cuts the
    // arena down and reports it on standard error. Of several allowances that live at once TBB takes the
    // least, so each allows far more than it needs; the arena sets the width.
    if (threads > usable_processors()) {
      allowance_.emplace(tbb::global_control::max_allowed_parallelism,
                         static_cast<std::size_t>(std::max(threads, kAllowed)));
    }
  }
  [[nodiscard]] int threads() const override { return threads_; }

 protected:
  void run(std::size_t count, Task task, const void* work) override {
    detail::FirstFailure failure;
    arena_.execute([&] {
      tbb::parallel_for(
          tbb::blocked_range<std::size_t>(0, count, 1),
          [&](const tbb::blocked_range<std::size_t>& range) {
            for (std::size_t i = range.begin(); i != range.end(); ++i) {
              try {
                // Isolated: a handler that uses TBB itself must not pick up another piece of ours meanwhile.
                tbb::this_task_arena::isolate([&] { task(work, i); });
              } catch (...) {
                failure.store(i, std::current_exception());
              }
            }
          },
          tbb::simple_partitioner{});
    });
    failure.rethrow();
  }

 private:
  std::optional<tbb::global_control> allowance_;
  tbb::task_arena arena_;
  int threads_;
};

}  // namespace

std::unique_ptr<Executor> make_tbb_executor(int threads) {
  if (threads < 0) throw std::invalid_argument("an executor cannot have a negative number of threads");
  return std::make_unique<TbbExecutor>(threads == 0 ? usable_processors() : threads);
}

}  // namespace rackrate::engine
