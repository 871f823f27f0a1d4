#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/memory.hpp>

#include "tests/fs/recording/journal.hpp"

/// A backend in memory that stands for one whose files are published when they are flushed or closed, and writes
/// down when it is asked to: "flush INODE", "close INODE".
namespace recording {

struct behaviour {
  recording::journal journal;
  std::atomic<bool> closes_hang{false};  ///< Until it is false again.
  std::atomic<bool> closes_fail{false};
  std::chrono::seconds closes_take{0};

  explicit behaviour(const std::string& path = {}) : journal(path) {}
};

class file : public randomio::memory::file {
 public:
  file(randomio::memory::file opened, std::shared_ptr<behaviour> how)
      : randomio::memory::file(std::move(opened)), how_(std::move(how)) {}

  [[nodiscard]] randomio::ready_op<randomio::result<void>> flush() {
    note("flush ");
    return randomio::result<void>();
  }
  [[nodiscard]] randomio::task<randomio::result<void>> close() {
    while (how_->closes_hang) static_cast<void>(co_await randomio::sleep_for(std::chrono::milliseconds(1)));
    static_cast<void>(co_await randomio::sleep_for(how_->closes_take));
    note("close ");
    if (how_->closes_fail) {
      co_return randomio::unexpected(
          randomio::error(randomio::errc::no_space, randomio::operation::put, 507).with_key("some/object"));
    }
    co_return randomio::result<void>();
  }

 private:
  void note(const char* what) { how_->journal.add(what + std::to_string(stat().await_resume()->ino)); }

  std::shared_ptr<behaviour> how_;
};

class filesystem : public randomio::memory::filesystem {
 public:
  using file_type = recording::file;

  explicit filesystem(std::shared_ptr<behaviour> how)
      : how_(std::move(how)), abilities_(randomio::memory::filesystem::abilities()) {
    abilities_.publishes_on_flush = true;
    abilities_.exclusive = false;
  }

  [[nodiscard]] const randomio::capabilities& abilities() const noexcept { return abilities_; }
  [[nodiscard]] randomio::ready_op<randomio::result<file_type>> open(node_type& at, std::string_view path,
                                                                     const randomio::open_options& how) {
    auto opened = randomio::memory::filesystem::open(at, path, how).await_resume();
    if (!opened) return randomio::result<file_type>(randomio::unexpected(opened.error()));
    return randomio::result<file_type>(file(*std::move(opened), how_));
  }

 private:
  std::shared_ptr<behaviour> how_;
  randomio::capabilities abilities_;
};

}  // namespace recording
