#include "fs/file/opener.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace randomiofs {

namespace {

using path = std::array<char, 64>;

bool exists(const path& name) noexcept {
  return ::access(name.data(), F_OK) == 0;
}

path directory_of(std::int32_t thread) noexcept {
  path name{};
  std::snprintf(name.data(), name.size(), "/proc/%d", thread);
  return name;
}

/// The thread group of a thread, or 0. Source: proc_pid_status(5).
std::int32_t process_of(std::int32_t thread) noexcept {
  path name{};
  std::snprintf(name.data(), name.size(), "/proc/%d/status", thread);
  const int fd = ::open(name.data(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::array<char, 512> start{};  // Tgid is the fourth line; a name before it is 16 bytes, 64 when all are escaped.
  const auto size = ::read(fd, start.data(), start.size());
  ::close(fd);
  if (size <= 0) return 0;
  constexpr std::string_view key = "\nTgid:\t";
  const std::string_view text(start.data(), static_cast<std::size_t>(size));
  const auto at = text.find(key);
  if (at == std::string_view::npos) return 0;
  std::int32_t process = 0;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), process);
  return process;
}

}  // namespace

opener::opener(std::int32_t thread) noexcept : process_(thread == 0 ? 0 : process_of(thread)) {}

bool opener::may_be(std::int32_t thread) const noexcept {
  if (process_ == 0 || thread == 0 || thread == process_) return true;
  path name{};
  std::snprintf(name.data(), name.size(), "/proc/%d/task/%d", process_, thread);
  return exists(name) || !exists(directory_of(process_)) || !exists(directory_of(thread));
}

}  // namespace randomiofs
