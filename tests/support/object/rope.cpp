#include "tests/support/object/rope.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace randomio::testing {

namespace {

std::byte made_up(std::uint64_t seed, std::uint64_t at) {
  return static_cast<std::byte>(((at + seed + 1) * 0x9e3779b97f4a7c15U) >> 56U);
}

}  // namespace

rope::rope(std::string_view text) {
  append(std::as_bytes(std::span(text)));
}

rope rope::pattern(std::uint64_t size, std::uint64_t seed) {
  rope made;
  if (size > 0) made.segments_.push_back({.bytes = nullptr, .from = 0, .len = size, .seed = seed});
  made.size_ = size;
  return made;
}

void rope::append(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  auto kept = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  segments_.push_back({.bytes = std::move(kept), .from = 0, .len = bytes.size()});
  size_ += bytes.size();
}

void rope::append(const rope& other, range bytes) {
  std::uint64_t at = 0;
  for (const auto& piece : other.segments_) {
    const auto here = range::from_len(at, piece.len);
    at += piece.len;
    const auto shared = here->intersection(bytes);
    if (!shared) continue;
    auto taken = piece;
    taken.from += shared->start() - here->start();
    taken.len = shared->len();
    size_ += taken.len;
    segments_.push_back(std::move(taken));
  }
}

std::size_t rope::read(std::uint64_t offset, std::span<std::byte> out) const {
  const auto wanted = range::from_len(offset, out.size());
  std::size_t count = 0;
  std::uint64_t at = 0;
  for (const auto& piece : segments_) {
    const auto here = range::from_len(at, piece.len);
    at += piece.len;
    const auto shared = here->intersection(*wanted);
    if (!shared) continue;
    const auto from = piece.from + (shared->start() - here->start());
    auto* to = out.data() + (shared->start() - offset);
    if (piece.bytes) {
      std::memcpy(to, piece.bytes->data() + from, shared->len());
    } else {
      for (std::uint64_t i = 0; i < shared->len(); ++i) to[i] = made_up(piece.seed, from + i);
    }
    count += shared->len();
  }
  return count;
}

std::string rope::text() const {
  std::string out(size_, '\0');
  read(0, std::as_writable_bytes(std::span(out)));
  return out;
}

}  // namespace randomio::testing
