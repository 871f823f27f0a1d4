#pragma once

#include <cstdint>

namespace randomiofs {

/// The process that opened a file, to tell it from others that share the open file: every child that inherited it
/// closes it too when it ends.
///
/// Threads: immutable, so safe.
class opener {
 public:
  /// Nobody in particular: any thread may be its.
  opener() noexcept = default;
  /// The process of a thread, by the number that the kernel gives threads; 0 is nobody in particular.
  explicit opener(std::int32_t thread) noexcept;

  /// Whether a thread is the opener's: also true when that cannot be told, for instance because either is gone.
  /// Source: proc_pid_task(5).
  [[nodiscard]] bool may_be(std::int32_t thread) const noexcept;

 private:
  std::int32_t process_ = 0;
};

}  // namespace randomiofs
