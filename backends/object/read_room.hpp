#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <randomio/backends/object/properties.hpp>

namespace randomio::object {

class volume;

/// Memory for what is read ahead, of a part of the budget that all handles share; given back with the last reader.
class read_room {
 public:
  /// Returns: null, when there is not enough.
  [[nodiscard]] static std::unique_ptr<read_room> take(volume& in, std::uint64_t size);
  ~read_room();
  read_room(const read_room&) = delete;
  read_room& operator=(const read_room&) = delete;
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return bytes_; }

 private:
  read_room(volume& in, std::uint64_t size);
  volume& in_;
  std::unique_ptr<std::byte[]> memory_;
  std::span<std::byte> bytes_;
};

/// The bytes of a small file that came with the answer to whether it is still there.
struct first_read {
  std::unique_ptr<read_room> memory;  ///< Null: none were asked for, or came.
  std::size_t count = 0;
  version current = {};  ///< That they are of.
};

}  // namespace randomio::object
