#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "sim/engine/detail/first_failure.hpp"
#include "sim/engine/executor.hpp"

namespace rackrate::engine {
namespace {

/// Workers sleep between rounds. A round is opened by raising round_ under the mutex; every worker
/// takes indices until none are left and reports back, so no worker can read a later round's data early.
class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int threads) {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work_rounds(); });
  }
  ~ThreadExecutor() override {
    {
      const std::scoped_lock lock{mutex_};
      closing_ = true;
    }
    opened_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  [[nodiscard]] int threads() const override { return static_cast<int>(workers_.size()) + 1; }

 protected:
  void run(std::size_t count, Task task, const void* work) override {
    detail::FirstFailure failure;
    {
      const std::scoped_lock lock{mutex_};
      task_ = task;
      work_ = work;
      count_ = count;
      failure_ = &failure;
      next_.store(0, std::memory_order_relaxed);
      busy_ = workers_.size();
      ++round_;
    }
    opened_.notify_all();
    take_indices();
    std::unique_lock lock{mutex_};
    done_.wait(lock, [this] { return busy_ == 0; });
    failure.rethrow();
  }

 private:
  void take_indices() {
    for (std::size_t i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) {
      try {
        task_(work_, i);
      } catch (...) {
        failure_->store(i, std::current_exception());
      }
    }
  }

  void work_rounds() {
    std::uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock lock{mutex_};
        opened_.wait(lock, [&] { return closing_ || round_ != seen; });
        if (closing_) return;
        seen = round_;
      }
      take_indices();
      const std::scoped_lock lock{mutex_};
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable opened_;
  std::condition_variable done_;
  std::atomic<std::size_t> next_{0};
  std::uint64_t round_ = 0;
  std::size_t busy_ = 0;
  std::size_t count_ = 0;
  Task task_ = nullptr;
  const void* work_ = nullptr;
  detail::FirstFailure* failure_ = nullptr;
  bool closing_ = false;
  std::vector<std::thread> workers_;  // last: the threads use everything above
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(int threads) {
  if (threads < 0) throw std::invalid_argument("an executor cannot have a negative number of threads");
  return std::make_unique<ThreadExecutor>(threads == 0 ? usable_processors() : threads);
}

}  // namespace rackrate::engine
