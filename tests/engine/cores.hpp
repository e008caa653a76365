#pragma once
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/types.h>

/// Where the threads of this program may run.
namespace cores {

/// Pins every thread of the program to one processor while it lives, then gives back what they had.
/// Threads that start meanwhile inherit the pin; they are set free too.
class PinnedToOne {
 public:
  PinnedToOne() {
    if (sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t cpu = 0; cpu < std::size_t{CPU_SETSIZE}; ++cpu) {
      if (CPU_ISSET(cpu, &before_)) {
        CPU_SET(cpu, &one);
        break;
      }
    }
    pinned_ = sched_setaffinity(0, sizeof one, &one) == 0;
    if (pinned_) set_all(one);
  }
  ~PinnedToOne() {
    if (pinned_) set_all(before_);
  }
  PinnedToOne(const PinnedToOne&) = delete;
  PinnedToOne& operator=(const PinnedToOne&) = delete;
  /// False where the system does not let a program choose.
  [[nodiscard]] bool pinned() const { return pinned_; }

 private:
  static void set_all(const cpu_set_t& set) {
    std::vector<pid_t> threads;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
      threads.push_back(static_cast<pid_t>(std::stol(entry.path().filename().string())));
    }
    for (const pid_t thread : threads)
      (void)sched_setaffinity(thread, sizeof set, &set);  // one may have ended meanwhile
  }
  cpu_set_t before_{};
  bool pinned_ = false;
};

}  // namespace cores
