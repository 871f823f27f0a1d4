#pragma once

#include "fs/cli/failure.hpp"

namespace randomiofs::cli {

/// The way of a daemon into the background. The parent waits until the child says how starting went.
///
/// Threads: fork before any thread is started.
class background {
 public:
  background(const background&) = delete;
  background& operator=(const background&) = delete;
  background(background&& other) noexcept
      : ready_(std::exchange(other.ready_, -1)), parent_(other.parent_), child_(other.child_) {}
  ~background();

  /// Forks. `in_parent` is true in the parent.
  [[nodiscard]] static outcome<background> fork_off();
  [[nodiscard]] bool in_parent() const noexcept { return parent_; }

  /// In the parent: returns when the child is ready, or with its failure. The child's line comes through too.
  [[nodiscard]] outcome<void> wait_for_child();

  /// In the child: lets the parent end with success, and leaves its terminal.
  void ready();
  /// In the child: makes the parent end with this failure.
  void failed(const failure& why);

 private:
  background(int ready, bool parent, int child) : ready_(ready), parent_(parent), child_(child) {}

  int ready_;  ///< The end of a pipe.
  bool parent_;
  int child_ = 0;
};

}  // namespace randomiofs::cli
