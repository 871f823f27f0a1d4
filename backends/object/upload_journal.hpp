#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::object {

/// The multipart uploads in flight of one filesystem, in a file: what a killed process leaves behind is aborted when
/// the next one starts. An upload is on the disk before its first part is sent.
///
/// Threads: any loop's.
class upload_journal {
 public:
  /// Reads what the last process left. Blocks. Errors: io_failure, when the file cannot be read or written.
  [[nodiscard]] static result<std::unique_ptr<upload_journal>> open(const std::string& path, blocking_pool& pool);
  upload_journal(const upload_journal&) = delete;
  upload_journal& operator=(const upload_journal&) = delete;
  ~upload_journal();

  /// Remembers an upload; it is on the disk afterwards. Errors: no_space.
  [[nodiscard]] task<result<void>> begin(const upload& what);
  /// Forgets one that was completed or aborted.
  [[nodiscard]] task<void> end(const upload& what);
  /// Aborts what the last process left. Returns: how many.
  [[nodiscard]] task<result<std::size_t>> recover(store& from);
  [[nodiscard]] std::size_t left_behind() const { return left_behind_.size(); }

 private:
  upload_journal(int fd, blocking_pool& pool) : fd_(fd), pool_(pool) {}
  [[nodiscard]] result<void> load();
  [[nodiscard]] result<void> add_line(const std::string& line, bool durable);

  const int fd_;
  blocking_pool& pool_;
  async_gate writing_;
  std::map<std::string, std::string> open_;  ///< Key by id.
  std::vector<upload> left_behind_;
};

}  // namespace randomio::object
