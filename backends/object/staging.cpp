#include <randomio/backends/object/staging.hpp>

#include <algorithm>
#include <cstring>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio::object {

bool staging::add_chunk(std::uint64_t number, bool may_spill) {
  chunk made;
  if (with_.memory.try_reserve(with_.chunk_bytes)) {
    made.memory = std::make_shared<counted_memory>(with_.memory, with_.chunk_bytes);
  } else {
    if (may_spill) made.disk = disk_->take();
    if (!made.disk) return false;
  }
  const std::scoped_lock lock(mutex_);
  chunks_.emplace(number, std::move(made));
  return true;
}

task<result<range>> staging::put(std::span<const std::byte> data, bool may_spill) {
  const auto chunk_bytes = with_.chunk_bytes;
  std::uint64_t start = 0;
  {
    const std::scoped_lock lock(mutex_);
    // A chunk that went with its last byte is not opened again.
    if (!chunks_.contains(end_ / chunk_bytes)) end_ = (end_ + chunk_bytes - 1) / chunk_bytes * chunk_bytes;
    start = end_;
  }
  auto failure = result<void>{};
  auto at = start;
  while (!data.empty() && failure) {
    const auto offset = at % chunk_bytes;
    const auto count = std::min<std::uint64_t>(data.size(), chunk_bytes - offset);
    if (offset == 0 && !add_chunk(at / chunk_bytes, may_spill)) {
      failure = fail(errc::no_space, operation::write);
      break;
    }
    chunk to;
    {
      const std::scoped_lock lock(mutex_);
      auto& found = chunks_.at(at / chunk_bytes);
      found.live += count;
      end_ = at + count;
      to = found;
    }
    const auto piece = data.first(count);
    if (to.memory) {
      std::memcpy(to.memory->data() + offset, piece.data(), count);
    } else {
      failure = co_await with_.pool.run([&to, offset, piece] { return to.disk->write(offset, piece); });
    }
    at += count;
    data = data.subspan(count);
  }
  const auto addresses = *range::make(start, at);
  if (!failure) {
    drop(std::span(&addresses, 1));
    co_return unexpected(std::move(failure).error());
  }
  co_return addresses;
}

void staging::drop(std::span<const range> addresses) {
  const std::scoped_lock lock(mutex_);
  for (const auto& each : addresses) {
    for (auto at = each.start(); at < each.end();) {
      const auto found = chunks_.find(at / with_.chunk_bytes);
      const auto end = std::min(each.end(), (found->first + 1) * with_.chunk_bytes);
      detail::require(found->second.live >= end - at, "staged bytes are dropped twice");
      found->second.live -= end - at;
      if (found->second.live == 0) chunks_.erase(found);
      at = end;
    }
  }
}

std::vector<staged_piece> staging::view(range addresses) const {
  std::vector<staged_piece> pieces;
  const std::scoped_lock lock(mutex_);
  for (auto at = addresses.start(); at < addresses.end();) {
    const auto found = chunks_.find(at / with_.chunk_bytes);
    detail::require(found != chunks_.end(), "staged bytes are read after they were dropped");
    const auto end = std::min(addresses.end(), (found->first + 1) * with_.chunk_bytes);
    pieces.push_back({.memory = found->second.memory,
                      .disk = found->second.disk,
                      .offset = at % with_.chunk_bytes,
                      .len = end - at});
    at = end;
  }
  return pieces;
}

bool staging::empty() const {
  const std::scoped_lock lock(mutex_);
  return chunks_.empty();
}

}  // namespace randomio::object
