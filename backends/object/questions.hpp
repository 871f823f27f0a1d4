#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace randomio::object {

/// What is being asked of the store at this moment. A key that changes meanwhile makes the answer one that may not be
/// believed: the store may have looked before the change.
///
/// Threads: safe.
class questions {
 public:
  class question;

  /// To be called after a change of a key, before whoever asked for the change hears of it.
  void changed(std::string_view key);
  /// As `changed`, with all below.
  void changed_within(std::string_view directory);

 private:
  std::mutex mutex_;  ///< Of what follows.
  std::unordered_multimap<std::string, question*> open_;
};

/// One question about one key, from before it is asked until its answer is used.
class questions::question {
 public:
  question(questions& among, std::string key);
  question(const question&) = delete;
  question& operator=(const question&) = delete;
  ~question();

  [[nodiscard]] bool is_outdated() const noexcept { return is_outdated_.load(std::memory_order_acquire); }

 private:
  friend class questions;
  questions& among_;
  std::unordered_multimap<std::string, question*>::iterator place_;
  std::atomic<bool> is_outdated_{false};
};

}  // namespace randomio::object
