#pragma once

#include <algorithm>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

namespace recording {

/// What was asked of a backend, one line a call, in memory and, where a path is given, in a file as well.
class journal {
 public:
  explicit journal(const std::string& path = {}) {
    if (!path.empty()) file_.open(path, std::ios::app);
  }

  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    if (file_.is_open()) file_ << line << std::endl;
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  [[nodiscard]] long count(const std::string& line) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count(lines_, line);
  }

 private:
  mutable std::mutex mutex_;
  std::ofstream file_;
  std::vector<std::string> lines_;
};

}  // namespace recording
