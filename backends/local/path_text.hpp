#pragma once

#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

#include <randomio/backends/local/local_error.hpp>

namespace randomio::local {

/// A path as system calls take it: terminated, at most PATH_MAX bytes, without a zero byte inside.
class path_text {
 public:
  explicit path_text(std::string_view path) noexcept {
    if (path.size() >= sizeof text_) {
      problem_ = ENAMETOOLONG;
    } else if (path.find('\0') != std::string_view::npos) {
      problem_ = EINVAL;
    } else {
      if (!path.empty()) std::memcpy(text_, path.data(), path.size());
      text_[path.size()] = '\0';
    }
  }
  path_text(const path_text&) = delete;
  path_text& operator=(const path_text&) = delete;

  [[nodiscard]] explicit operator bool() const noexcept { return problem_ == 0; }
  [[nodiscard]] unexpected failure(operation op) const noexcept { return fail_with(problem_, op); }
  [[nodiscard]] const char* c_str() const noexcept { return text_; }

 private:
  int problem_ = 0;
  char text_[PATH_MAX];
};

}  // namespace randomio::local
