#pragma once
#include <cstddef>
#include <exception>
#include <mutex>

namespace rackrate::engine::detail {

/// Keeps the exception of the smallest index that failed.
class FirstFailure {
 public:
  void store(std::size_t index, std::exception_ptr error) {
    const std::scoped_lock lock{mutex_};
    if (!error_ || index < index_) {
      error_ = std::move(error);
      index_ = index;
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::size_t index_ = 0;
  std::exception_ptr error_;
};

}  // namespace rackrate::engine::detail
