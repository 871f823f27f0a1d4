#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <randomio/backends/object/editing.hpp>
#include <randomio/backends/object/spill_file.hpp>
#include <randomio/core/io/range.hpp>

namespace randomio::object {

/// Memory that counts in a budget while it lives.
class counted_memory {
 public:
  /// `bytes` were reserved by the caller.
  counted_memory(memory_budget& budget, std::uint64_t bytes)
      : budget_(budget), bytes_(bytes), data_(new std::byte[bytes]) {}
  counted_memory(const counted_memory&) = delete;
  counted_memory& operator=(const counted_memory&) = delete;
  ~counted_memory() {
    data_.reset();
    budget_.release(bytes_);
  }
  [[nodiscard]] std::byte* data() const noexcept { return data_.get(); }

 private:
  memory_budget& budget_;
  std::uint64_t bytes_;
  std::unique_ptr<std::byte[]> data_;
};

/// Staged bytes, kept alive: in memory, or in the spill file.
struct staged_piece {
  std::shared_ptr<const counted_memory> memory;
  std::shared_ptr<const spill_file::slot> disk;
  std::uint64_t offset = 0;
  std::uint64_t len = 0;
};

/// The bytes that were written to one content and not published: a log of chunks, in memory while the budget allows,
/// in the spill file beyond. Bytes at an address never change; a chunk goes when nothing refers to any of it.
///
/// Threads: any; `put` one at a time.
class staging {
 public:
  explicit staging(editing& with) : with_(with), disk_(std::make_shared<spill_file>(with.spill, with.chunk_bytes)) {}
  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;

  /// Returns: the addresses. Errors: no_space; nothing is kept then.
  [[nodiscard]] task<result<range>> put(std::span<const std::byte> data, bool may_spill);
  void drop(std::span<const range> addresses);
  /// The bytes at addresses that were not dropped.
  [[nodiscard]] std::vector<staged_piece> view(range addresses) const;
  [[nodiscard]] bool empty() const;

 private:
  struct chunk {
    std::shared_ptr<counted_memory> memory;
    std::shared_ptr<spill_file::slot> disk;
    std::uint64_t live = 0;
  };
  [[nodiscard]] bool add_chunk(std::uint64_t number, bool may_spill);

  editing& with_;
  std::shared_ptr<spill_file> disk_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, chunk> chunks_;  ///< By address / chunk_bytes.
  std::uint64_t end_ = 0;
};

}  // namespace randomio::object
