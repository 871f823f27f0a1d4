#include <algorithm>
#include <functional>
#include <utility>

#include <randomio/backends/memory/node.hpp>

namespace randomio::memory {

namespace {

/// Two nodes' mutexes, one shared and one alone, always in the same order. The nodes must differ.
class pair_guard {
 public:
  pair_guard(shared_mutex& shared, shared_mutex& alone) : shared_(shared), alone_(alone) {
    if (std::less<>()(&shared, &alone)) {
      shared_.lock_shared();
      alone_.lock();
    } else {
      alone_.lock();
      shared_.lock_shared();
    }
  }
  ~pair_guard() {
    shared_.unlock_shared();
    alone_.unlock();
  }
  pair_guard(const pair_guard&) = delete;
  pair_guard& operator=(const pair_guard&) = delete;

 private:
  shared_mutex& shared_;
  shared_mutex& alone_;
};

}  // namespace

result<std::size_t> node::read(std::uint64_t offset, std::span<std::byte> out) noexcept {
  std::size_t count = 0;
  bool first_since_change = false;
  {
    const shared_guard held(mutex_);
    count = bytes_.read(offset, out);
    first_since_change = attributes_.atime <= attributes_.mtime || attributes_.atime <= attributes_.ctime;
  }
  // As relatime: the access time matters only against the last change. Source: mount(8), relatime.
  if (first_since_change && !out.empty()) {
    const exclusive_guard held(mutex_);
    attributes_.atime = volume_->now();
  }
  return count;
}

result<void> node::write(std::uint64_t offset, std::span<const std::byte> data) noexcept {
  const exclusive_guard held(mutex_);
  auto written = bytes_.write(offset, data);
  if (written && !data.empty()) bytes_changed();
  return written;
}

result<std::uint64_t> node::append(std::span<const std::byte> data) noexcept {
  const exclusive_guard held(mutex_);
  const auto offset = bytes_.size();
  if (auto written = bytes_.write(offset, data); !written) return unexpected(std::move(written).error());
  if (!data.empty()) bytes_changed();
  return offset;
}

result<void> node::truncate() noexcept {
  const exclusive_guard held(mutex_);
  auto resized = bytes_.resize(0);
  bytes_changed();
  return resized;
}

result<void> node::allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
  if (len == 0) return fail(errc::invalid, operation::allocate);
  if (offset > file_bytes_max || len > file_bytes_max - offset) return fail(errc::too_large, operation::allocate);
  const auto end = offset + len;
  const exclusive_guard held(mutex_);
  switch (mode) {
    case allocate_mode::extend:
    case allocate_mode::keep_size:
      if (auto reserved = bytes_.reserve(offset, end); !reserved) return reserved;
      break;
    case allocate_mode::punch:
    case allocate_mode::zero:
    case allocate_mode::zero_keep: bytes_.discard(offset, end); break;
  }
  const bool grows = mode == allocate_mode::extend || mode == allocate_mode::zero;
  if (grows && end > bytes_.size()) (void)bytes_.resize(end);
  bytes_changed();
  return {};
}

result<std::uint64_t> node::seek(std::uint64_t offset, seek_target target) noexcept {
  const shared_guard held(mutex_);
  if (offset >= bytes_.size()) return fail(errc::no_such_address, operation::seek);
  if (target == seek_target::hole) return bytes_.next_hole(offset);
  if (const auto data = bytes_.next_data(offset)) return *data;
  return fail(errc::no_such_address, operation::seek);
}

result<std::uint64_t> node::copy(node& from, std::uint64_t at, node& to, std::uint64_t to_at,
                                 std::uint64_t len) noexcept {
  const auto copy_locked = [&]() -> result<std::uint64_t> {
    const auto size = from.bytes_.size();
    const auto count = at >= size ? 0 : std::min(len, size - at);
    if (&from == &to && at < to_at + count && to_at < at + count) return fail(errc::invalid, operation::copy);
    auto copied = to.bytes_.copy(from.bytes_, at, to_at, count);
    if (!copied) return unexpected(std::move(copied).error());
    if (count != 0) to.bytes_changed();
    return count;
  };
  if (&from == &to) {
    const exclusive_guard held(to.mutex_);
    return copy_locked();
  }
  const pair_guard held(from.mutex_, to.mutex_);
  return copy_locked();
}

result<std::pair<std::vector<std::byte>, std::uint64_t>> node::content() noexcept {
  using all = std::pair<std::vector<std::byte>, std::uint64_t>;
  const shared_guard held(mutex_);
  return out_of_memory_is_error(operation::get, [&]() -> result<all> {
    if (bytes_.size() > std::vector<std::byte>().max_size()) return fail(errc::out_of_memory, operation::get);
    all taken(std::vector<std::byte>(static_cast<std::size_t>(bytes_.size())), content_version_);
    (void)bytes_.read(0, taken.first);
    return taken;
  });
}

std::uint64_t node::content_version() noexcept {
  const shared_guard held(mutex_);
  return content_version_;
}

}  // namespace randomio::memory
