#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <randomio/backends/object/spill_space.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::object {

/// A file without a name, in slots of one size, for staged bytes that memory has no room for.
///
/// Threads: any. `write` and `read` block: call them on a `blocking_pool`.
class spill_file : public std::enable_shared_from_this<spill_file> {
 public:
  /// The right to a slot, and to its space; gives both back when it is destroyed.
  class slot {
   public:
    slot(std::shared_ptr<spill_file> file, std::uint64_t number) : file_(std::move(file)), number_(number) {}
    slot(const slot&) = delete;
    slot& operator=(const slot&) = delete;
    ~slot() { file_->give_back(number_); }
    /// Errors: no_space.
    [[nodiscard]] result<void> write(std::uint64_t offset, std::span<const std::byte> data) const;
    /// Errors: io_failure.
    [[nodiscard]] result<void> read(std::uint64_t offset, std::span<std::byte> out) const;

   private:
    std::shared_ptr<spill_file> file_;
    std::uint64_t number_;
  };

  spill_file(spill_space& space, std::uint64_t slot_bytes) : space_(space), slot_bytes_(slot_bytes) {}
  spill_file(const spill_file&) = delete;
  spill_file& operator=(const spill_file&) = delete;
  ~spill_file();

  /// Returns: null, when there is no space.
  [[nodiscard]] std::shared_ptr<slot> take();

 private:
  [[nodiscard]] result<int> opened();
  void give_back(std::uint64_t number);

  spill_space& space_;
  const std::uint64_t slot_bytes_;
  std::mutex mutex_;
  int fd_ = -1;
  std::uint64_t slots_ = 0;
  std::vector<std::uint64_t> free_;
};

}  // namespace randomio::object
