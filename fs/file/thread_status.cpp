#include "fs/file/thread_status.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>

namespace randomiofs {

namespace {

constexpr std::uint64_t bit(int signal) noexcept {
  return std::uint64_t{1} << (signal - 1);
}

/// The signals that, by default, do not end a process. Source: signal(7).
constexpr std::uint64_t harmless = bit(SIGCHLD) | bit(SIGCONT) | bit(SIGURG) | bit(SIGWINCH) | bit(SIGSTOP) |
                                   bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);

/// A container may see another namespace's /proc.
bool proc_is_ours() noexcept {
  std::array<char, 32> self{};
  const auto length = ::readlink("/proc/self", self.data(), self.size() - 1);
  return length > 0 && std::string_view(self.data()) == std::to_string(::getpid());
}

}  // namespace

std::optional<thread_status> thread_status::of(std::int32_t thread) {
  static const bool is_ours = proc_is_ours();
  if (thread <= 0 || !is_ours) return std::nullopt;
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "/proc/%d/status", thread);
  const int fd = ::open(name.data(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  std::array<char, 4096> some;
  for (ssize_t size; (size = ::read(fd, some.data(), some.size())) > 0;) {
    text.append(some.data(), static_cast<std::size_t>(size));
  }
  ::close(fd);
  if (text.empty()) return std::nullopt;
  return thread_status(std::move(text));
}

std::uint64_t thread_status::number(std::string_view field, int base) const noexcept {
  std::uint64_t value = 0;
  // A name that holds a line's end is shown escaped, so that it cannot look like a field.
  const auto at = text_.find(field);
  if (at != std::string::npos) {
    std::from_chars(text_.data() + at + field.size(), text_.data() + text_.size(), value, base);
  }
  return value;
}

std::int32_t thread_status::process() const noexcept {
  return static_cast<std::int32_t>(number("\nTgid:\t", 10));
}

bool thread_status::is_dying() const noexcept {
  const auto pending = number("\nSigPnd:\t", 16) | number("\nShdPnd:\t", 16);
  if ((pending & bit(SIGKILL)) != 0) return true;
  if (number("\nTracerPid:\t", 10) != 0) return false;
  const auto handled = number("\nSigBlk:\t", 16) | number("\nSigIgn:\t", 16) | number("\nSigCgt:\t", 16);
  return (pending & ~handled & ~harmless) != 0;
}

}  // namespace randomiofs
