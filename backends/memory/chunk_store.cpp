#include <randomio/backends/memory/chunk_store.hpp>

#include <algorithm>
#include <cstring>

namespace randomio::memory {

result<void> chunk_store::write(std::uint64_t offset, std::span<const std::byte> data) noexcept {
  if (data.empty()) return {};
  if (offset > file_bytes_max || data.size() > file_bytes_max - offset) return fail(errc::too_large, operation::write);
  const auto end = offset + data.size();
  if (auto made = make_present(offset, end, false); !made) return made;
  put(offset, data);
  size_ = std::max(size_, end);
  return {};
}

result<void> chunk_store::resize(std::uint64_t size) noexcept {
  if (size > file_bytes_max) return fail(errc::too_large, operation::set_attributes);
  if (size <= size_) discard(size, file_bytes_max + 1);
  size_ = size;
  return {};
}

result<void> chunk_store::reserve(std::uint64_t start, std::uint64_t end) noexcept {
  return make_present(start, end, true);
}

void chunk_store::discard(std::uint64_t start, std::uint64_t end) noexcept {
  std::uint64_t dropped = 0;
  auto at = chunks_.lower_bound(start / chunk_bytes);
  while (at != chunks_.end() && at->first * chunk_bytes < end) {
    const auto base = at->first * chunk_bytes;
    auto& here = at->second;
    for (unsigned p = here.next_present(0); p < chunk_pages; p = here.next_present(p + 1)) {
      const auto page = base + p * page_bytes;
      const auto from = std::max(start, page), to = std::min(end, page + page_bytes);
      if (from >= to) continue;
      if (to - from == page_bytes) {
        here.drop(p);
        ++dropped;
      } else {
        std::memset(here.page(p) + (from - page), 0, static_cast<std::size_t>(to - from));
      }
    }
    if (here.empty()) {
      at = chunks_.erase(at);
    } else {
      here.shrink();
      ++at;
    }
  }
  pages_ -= dropped;
  volume_->give_bytes(dropped * page_bytes);
}

result<void> chunk_store::copy(const chunk_store& from, std::uint64_t at, std::uint64_t to,
                               std::uint64_t len) noexcept {
  if (len == 0) return {};
  if (to > file_bytes_max || len > file_bytes_max - to) return fail(errc::too_large, operation::copy);
  // First every page that will hold data, then the bytes: the copy is whole or not begun.
  // In one file the two ranges may share a page: made present for the one, it is a hole no more in the other.
  std::uint64_t before = 0;
  do {
    before = pages_;
    for (auto data = from.next_data(at); data && *data < at + len; data = from.next_data(from.next_hole(*data))) {
      const auto stop = std::min(from.next_hole(*data), at + len);
      if (auto made = make_present(to + (*data - at), to + (stop - at), true); !made) return made;
    }
  } while (&from == this && pages_ != before);
  std::uint64_t done = 0;
  while (done < len) {
    std::byte buffer[page_bytes];
    const auto data = std::min(from.next_data(at + done).value_or(at + len), at + len) - at;
    if (data > done) discard(to + done, to + data);
    done = data;
    if (done == len) break;
    const auto hole = from.next_hole(at + done) - at;
    const auto step = static_cast<std::size_t>(std::min({len - done, hole - done, page_bytes}));
    (void)from.read(at + done, std::span(buffer).first(step));
    put(to + done, std::span(buffer).first(step));
    done += step;
  }
  size_ = std::max(size_, to + len);
  return {};
}

std::optional<std::uint64_t> chunk_store::next_data(std::uint64_t offset) const noexcept {
  for (auto at = chunks_.lower_bound(offset / chunk_bytes); at != chunks_.end(); ++at) {
    const auto base = at->first * chunk_bytes;
    const auto from = offset > base ? static_cast<unsigned>((offset - base) / page_bytes) : 0U;
    const auto page = at->second.next_present(from);
    if (page == chunk_pages) continue;
    const auto found = std::max(offset, base + page * page_bytes);
    return found < size_ ? std::optional(found) : std::nullopt;
  }
  return std::nullopt;
}

std::uint64_t chunk_store::next_hole(std::uint64_t offset) const noexcept {
  auto at = chunks_.lower_bound(offset / chunk_bytes);
  while (offset < size_ && at != chunks_.end() && at->first == offset / chunk_bytes) {
    const auto base = at->first * chunk_bytes;
    const auto page = at->second.next_absent(static_cast<unsigned>((offset - base) / page_bytes));
    offset = std::max(offset, base + page * page_bytes);
    if (page < chunk_pages) break;
    ++at;
  }
  return std::min(offset, size_);
}

std::uint64_t chunk_store::absent_pages(std::uint64_t start, std::uint64_t end) const noexcept {
  auto absent = (end - 1) / page_bytes - start / page_bytes + 1;
  for (auto at = chunks_.lower_bound(start / chunk_bytes); at != chunks_.end(); ++at) {
    const auto base = at->first * chunk_bytes;
    if (base >= end) break;
    const detail::piece part(std::max(start, base), end);
    absent -= part.last() - part.first() + 1 - at->second.absent(part.first(), part.last());
  }
  return absent;
}

result<void> chunk_store::make_present(std::uint64_t start, std::uint64_t end, bool zeroed) noexcept {
  const auto absent = absent_pages(start, end);
  if (absent == 0) return {};
  const auto bytes = absent * page_bytes;
  if (!volume_->take_bytes(bytes)) return fail(errc::no_space, operation::write);
  if (!make_room(start, end)) {
    drop_empty(start, end);
    volume_->give_bytes(bytes);
    return fail(errc::out_of_memory, operation::write);
  }
  add_pages(start, end, zeroed);
  pages_ += absent;
  return {};
}

bool chunk_store::make_room(std::uint64_t start, std::uint64_t end) noexcept {
  const auto made = out_of_memory_is_error(operation::write, [&]() -> result<void> {
    for (auto at = start; at < end;) {
      const detail::piece part(at, end);
      auto& here = chunks_[part.index];
      if (!here.make_room(here.absent(part.first(), part.last()))) return fail(errc::out_of_memory);
      at += part.len;
    }
    return {};
  });
  return made.has_value();
}

// A page that the caller is about to fill needs zeros only around what will be written.
void chunk_store::add_pages(std::uint64_t start, std::uint64_t end, bool zeroed) noexcept {
  auto here = chunks_.find(start / chunk_bytes);
  for (auto at = start; at < end; ++here) {
    const detail::piece part(at, end);
    auto& c = here->second;
    for (unsigned p = c.next_absent(part.first()); p <= part.last(); p = c.next_absent(p + 1)) {
      c.add(p);
      const auto page = part.index * chunk_bytes + p * page_bytes;
      const auto from = zeroed ? page_bytes : std::max(start, page) - page;
      const auto to = zeroed ? page_bytes : std::min(end, page + page_bytes) - page;
      std::memset(c.page(p), 0, static_cast<std::size_t>(from));
      std::memset(c.page(p) + to, 0, static_cast<std::size_t>(page_bytes - to));
    }
    at += part.len;
  }
}

void chunk_store::drop_empty(std::uint64_t start, std::uint64_t end) noexcept {
  auto at = chunks_.lower_bound(start / chunk_bytes);
  while (at != chunks_.end() && at->first * chunk_bytes < end) {
    at = at->second.empty() ? chunks_.erase(at) : std::next(at);
  }
}

void chunk_store::put(std::uint64_t offset, std::span<const std::byte> data) noexcept {
  auto here = chunks_.find(offset / chunk_bytes);
  for (; !data.empty(); ++here) {
    const detail::piece part(offset, offset + data.size());
    here->second.write(part.start, data.first(static_cast<std::size_t>(part.len)));
    data = data.subspan(static_cast<std::size_t>(part.len));
    offset += part.len;
  }
}

}  // namespace randomio::memory
