#include <randomio/backends/object/read_room.hpp>

#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

namespace {

constexpr std::uint64_t budget_share = 4;  ///< All handles together take no more than this part of the memory.

}  // namespace

std::unique_ptr<read_room> read_room::take(volume& in, std::uint64_t size) {
  const auto share = in.memory().total() / budget_share;
  if (in.read_ahead_bytes.fetch_add(size) + size > share || !in.memory().try_reserve(size)) {
    in.read_ahead_bytes.fetch_sub(size);
    return nullptr;
  }
  return std::unique_ptr<read_room>(new read_room(in, size));
}

read_room::read_room(volume& in, std::uint64_t size)
    : in_(in), memory_(std::make_unique_for_overwrite<std::byte[]>(size)), bytes_(memory_.get(), size) {}

read_room::~read_room() {
  in_.memory().release(bytes_.size());
  in_.read_ahead_bytes.fetch_sub(bytes_.size());
}

}  // namespace randomio::object
