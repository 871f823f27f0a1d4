#include "fs/file/opener.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "fs/file/thread_status.hpp"

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

/// The thread group of a thread, or 0.
std::int32_t process_of(std::int32_t thread) {
  const auto status = thread_status::of(thread);
  return status ? status->process() : 0;
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
