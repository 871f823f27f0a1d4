#include <randomio/core/runtime/wake_event.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace randomio::detail {

wake_event::wake_event(bool blocking_reads) noexcept
    : fd_(::eventfd(0, EFD_CLOEXEC | (blocking_reads ? 0 : EFD_NONBLOCK))) {}

wake_event::~wake_event() {
  if (valid()) ::close(fd_);
}

void wake_event::signal() const noexcept {
  const std::uint64_t one = 1;
  // It can only fail when 2^64 - 2 signals are already waiting.
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

void wake_event::clear() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(fd_, &count, sizeof count);
}

unexpected loop_failure(int code, const char* what) noexcept {
  const auto kind = code == EMFILE || code == ENFILE ? errc::too_many_open
                    : code == ENOMEM                 ? errc::out_of_memory
                    : code == EBADF                  ? errc::invalid
                    : code == EEXIST                 ? errc::already_exists
                                                     : errc::unsupported;
  return unexpected(error(kind, operation::configure, code).with_message(what));
}

}  // namespace randomio::detail
