#pragma once

#include <array>

namespace randomio::local {

/// The name under which the kernel finds a descriptor's file again: for the calls that take paths only, on
/// O_PATH descriptors. It leads to the file itself, also when that is a symbolic link or has lost its name.
///
/// Source: proc_pid_fd(5).
class descriptor_link {
 public:
  explicit descriptor_link(int fd) noexcept {
    char* end = text_.data() + text_.size() - 1;
    *end = '\0';
    auto rest = static_cast<unsigned>(fd);
    do {
      *--end = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    for (const char* from = prefix + sizeof prefix - 2; from >= prefix; --from) *--end = *from;
    start_ = end;
  }
  descriptor_link(const descriptor_link&) = delete;
  descriptor_link& operator=(const descriptor_link&) = delete;

  [[nodiscard]] const char* c_str() const noexcept { return start_; }

 private:
  static constexpr char prefix[] = "/proc/self/fd/";
  std::array<char, 32> text_;
  const char* start_;
};

}  // namespace randomio::local
