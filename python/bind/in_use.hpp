#pragma once
#include <atomic>
#include <stdexcept>

namespace rackrate::bind {

/// One object was called from two threads at a time; rackrate.InUseError in Python.
class InUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Says whether a call that releases the GIL is at work on an object. A copy of an object begins unused.
class UseFlag {
 public:
  UseFlag() = default;
  UseFlag(const UseFlag&) {}
  UseFlag(UseFlag&&) noexcept {}
  UseFlag& operator=(const UseFlag&) { return *this; }
  UseFlag& operator=(UseFlag&&) noexcept { return *this; }

  /// Throws: InUse, so that no second call sees or changes an object half way. Waiting would need the GIL that the
  /// first call may be waiting for.
  void take() {
    if (taken_.exchange(true))
      throw InUse(
          "this simulation is in use by another thread; expected one call at a time. Wait until that call has "
          "returned, or fork the simulation before and give each thread its own.");
  }
  void release() { taken_ = false; }

 private:
  std::atomic<bool> taken_{false};
};

/// Holds an object for one call.
class Use {
 public:
  explicit Use(UseFlag& flag) : flag_(flag) { flag_.take(); }
  ~Use() { flag_.release(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  UseFlag& flag_;
};

}  // namespace rackrate::bind
