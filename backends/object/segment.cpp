#include <randomio/backends/object/segment.hpp>

#include <algorithm>
#include <array>
#include <cstring>

#include <randomio/core/runtime/invariant.hpp>

namespace randomio::object {

namespace {

constexpr std::size_t zeros_bytes = 64 << 10;
constexpr std::array<std::byte, zeros_bytes> zeros{};

bool is_zeros(const segment& what) {
  return !what.of && !what.staged.memory && !what.staged.disk;
}

task<result<void>> fill_one(editing& with, const segment& from, std::span<std::byte> out, stop_token stop) {
  const auto& staged = from.staged;
  if (staged.memory) {
    std::memcpy(out.data(), staged.memory->data() + staged.offset, out.size());
    co_return result<void>{};
  }
  if (staged.disk) co_return co_await with.pool.run([&staged, out] { return staged.disk->read(staged.offset, out); });
  if (!from.of) {
    std::memset(out.data(), 0, out.size());
    co_return result<void>{};
  }
  const auto& object = from.of->object;
  auto got = out.size() == from.of->size ? co_await with.to.get_whole(object.key, out, object.expected, stop)
                                         : co_await with.to.get(object.key, from.from, out, object.expected, stop);
  if (!got) co_return unexpected(std::move(got).error());
  // The version is the one that was asked for, so its size is known.
  if (got->count != out.size()) co_return fail(errc::corrupt, operation::get);
  co_return result<void>{};
}

}  // namespace

std::vector<segment> segments_of(const std::vector<extent>& list, const staging& staged,
                                 const std::shared_ptr<const origin>& base) {
  std::vector<segment> made;
  for (const auto& one : list) {
    switch (one.what) {
      case extent::kind::bytes:
        for (auto& piece : staged.view(*range::from_len(one.from, one.at.len()))) {
          const auto len = piece.len;
          made.push_back({.len = len, .staged = std::move(piece), .of = nullptr});
        }
        break;
      case extent::kind::base:
        detail::require(base != nullptr, "a range of a base that is not there");
        made.push_back({.len = one.at.len(), .staged = {}, .of = base, .from = one.from});
        break;
      case extent::kind::remote:
        made.push_back({.len = one.at.len(), .staged = {}, .of = one.of, .from = one.from});
        break;
      case extent::kind::hole: made.push_back({.len = one.at.len(), .staged = {}, .of = nullptr}); break;
      case extent::kind::sent: detail::require(false, "sent bytes are read"); break;
    }
  }
  return made;
}

task<result<void>> fill(editing& with, const std::vector<segment>& from, std::span<std::byte> out, stop_token stop) {
  for (const auto& one : from) {
    auto filled = co_await fill_one(with, one, out.first(one.len), stop);
    if (!filled) co_return unexpected(std::move(filled).error());
    out = out.subspan(one.len);
  }
  co_return result<void>{};
}

task<result<void>> gathered::gather(editing& with, const std::vector<segment>& from) {
  std::uint64_t lacks = 0;
  for (const auto& one : from) {
    if (!one.staged.memory && !is_zeros(one)) lacks += one.len;
  }
  if (lacks > with.memory.total()) {
    co_return unexpected(
        error(errc::too_large, operation::write).with_message("a part needs more memory than there is"));
  }
  if (lacks > 0) {
    co_await with.memory.reserve(lacks);
    buffer_ = std::make_unique<counted_memory>(with.memory, lacks);
  }
  std::uint64_t used = 0;
  for (const auto& one : from) {
    if (one.staged.memory) {
      pieces_.emplace_back(one.staged.memory->data() + one.staged.offset, one.len);
    } else if (is_zeros(one)) {
      for (auto left = one.len; left > 0; left -= std::min<std::uint64_t>(left, zeros.size())) {
        pieces_.push_back(std::span(zeros).first(std::min<std::uint64_t>(left, zeros.size())));
      }
    } else {
      const std::span<std::byte> part(buffer_->data() + used, one.len);
      auto filled = co_await fill_one(with, one, part, {});
      if (!filled) co_return unexpected(std::move(filled).error());
      pieces_.emplace_back(part);
      used += one.len;
    }
  }
  co_return result<void>{};
}

}  // namespace randomio::object
