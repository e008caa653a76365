#pragma once
#include <cstddef>
#include <memory>

namespace rackrate::engine {

/// Runs independent pieces of work, perhaps at once. Which thread takes which piece is left open:
/// nothing that reaches a result may depend on it.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Calls work(i) once for each i in 0..count-1 and returns when all are done. When some throw, the
  /// exception of the smallest i is rethrown, after all have ended.
  template <class Work>
  void for_each(std::size_t count, const Work& work) {
    run(
        count, [](const void* w, std::size_t i) { (*static_cast<const Work*>(w))(i); }, &work);
  }
  /// Most threads that work at once, the caller's included.
  [[nodiscard]] virtual int threads() const = 0;

 protected:
  using Task = void (*)(const void* work, std::size_t index);
  virtual void run(std::size_t count, Task task, const void* work) = 0;
};

/// Everything on the calling thread, in index order.
[[nodiscard]] std::unique_ptr<Executor> make_serial_executor();
/// oneTBB with an arena of its own. Zero threads: as many as the process may use (its affinity mask).
/// Throws: std::invalid_argument if threads is negative.
[[nodiscard]] std::unique_ptr<Executor> make_tbb_executor(int threads = 0);
/// Plain std::thread workers, for the thread sanitizer, which cannot see through TBB. Zero as above.
/// Not reentrant: work must not start work on the same executor.
/// Throws: std::invalid_argument if threads is negative.
[[nodiscard]] std::unique_ptr<Executor> make_thread_executor(int threads = 0);

/// Processors that this process may run on, from its affinity mask; at least 1.
[[nodiscard]] int usable_processors();

}  // namespace rackrate::engine
