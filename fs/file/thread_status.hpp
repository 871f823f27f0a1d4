#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace randomiofs {

/// What the kernel says of a thread.
///
/// Source: proc_pid_status(5).
class thread_status {
 public:
  explicit thread_status(std::string text) noexcept : text_(std::move(text)) {}
  /// Of a thread by its number in this process's own namespace. Nothing, when there is no such thread, it is hidden
  /// from this process, or /proc numbers threads otherwise.
  [[nodiscard]] static std::optional<thread_status> of(std::int32_t thread);

  /// The thread group that it is in; 0 when that is not told.
  [[nodiscard]] std::int32_t process() const noexcept;
  /// Whether a signal that waits for the thread ends its process: it is neither blocked, ignored nor caught, or it is
  /// SIGKILL. A debugger decides of all others what it traces.
  [[nodiscard]] bool is_dying() const noexcept;

 private:
  [[nodiscard]] std::uint64_t number(std::string_view field, int base) const noexcept;

  std::string text_;
};

}  // namespace randomiofs
