#include <randomio/backends/object/content.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include <randomio/core/runtime/gate.hpp>

namespace randomio::object {

// The first, simple engine: a content that is edited is held whole in memory, and published by one conditional put.
class content::state {
 public:
  state(editing& with, std::string key, std::optional<description> base, properties held)
      : with(with), key(std::move(key)), base(std::move(base)), held(std::move(held)), exists(this->base.has_value()) {
    size = this->base ? this->base->size : 0;
  }

  task<result<void>> load() {
    if (loaded) co_return result<void>{};
    bytes.resize(size);
    if (base && size > 0) {
      auto got = co_await with.to.get(key, 0, bytes, base->current);
      if (!got) co_return unexpected(std::move(got).error());
    }
    loaded = true;
    co_return result<void>{};
  }
  void resize(std::uint64_t to) {
    const std::scoped_lock lock(mutex);
    bytes.resize(to);
    size = to;
    bytes_dirty = true;
  }

  editing& with;
  mutable std::mutex mutex;
  async_gate gate;
  std::string key;
  std::optional<description> base;
  properties held;
  bool exists;
  bool loaded = false, bytes_dirty = false, held_dirty = false;
  std::uint64_t size = 0;
  std::vector<std::byte> bytes;
  std::function<void(properties&)> stamp;
};

content::content(editing& with, std::string key, std::optional<description> base, properties held)
    : state_(std::make_unique<state>(with, std::move(key), std::move(base), std::move(held))) {}
content::~content() = default;

std::string content::key() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->key;
}
std::uint64_t content::size() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->size;
}
bool content::dirty() const {
  const std::scoped_lock lock(state_->mutex);
  return !state_->exists || state_->bytes_dirty || state_->held_dirty;
}
bool content::bytes_dirty() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->bytes_dirty;
}
std::optional<description> content::base() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->base;
}
properties content::held() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->held;
}
void content::edit(const std::function<void(properties&)>& change) {
  const std::scoped_lock lock(state_->mutex);
  change(state_->held);
  state_->held_dirty = true;
}
void content::stamp_with(std::function<void(properties&)> stamp) {
  state_->stamp = std::move(stamp);
}
bool content::rebase(description now) {
  const std::scoped_lock lock(state_->mutex);
  if (!state_->exists || state_->bytes_dirty || state_->held_dirty) return false;
  state_->size = now.size;
  state_->held = now.held;
  state_->base = std::move(now);
  state_->loaded = false;
  return true;
}
bool content::retarget(std::string key) {
  const std::scoped_lock lock(state_->mutex);
  if (state_->exists) return false;
  state_->key = std::move(key);
  return true;
}

task<result<std::size_t>> content::read(std::uint64_t offset, std::span<std::byte> out, stop_token stop) {
  static_cast<void>(stop);
  const auto guard = co_await state_->gate.lock();
  auto loaded = co_await state_->load();
  if (!loaded) co_return unexpected(std::move(loaded).error());
  if (offset >= state_->bytes.size()) co_return std::size_t{0};
  const auto count = std::min<std::uint64_t>(out.size(), state_->bytes.size() - offset);
  std::memcpy(out.data(), state_->bytes.data() + offset, count);
  co_return count;
}

task<result<void>> content::write(std::uint64_t offset, std::span<const std::byte> data) {
  const auto guard = co_await state_->gate.lock();
  auto loaded = co_await state_->load();
  if (!loaded) co_return unexpected(std::move(loaded).error());
  if (data.empty()) co_return result<void>{};
  state_->resize(std::max<std::uint64_t>(state_->bytes.size(), offset + data.size()));
  std::memcpy(state_->bytes.data() + offset, data.data(), data.size());
  co_return result<void>{};
}

task<result<std::uint64_t>> content::append(std::span<const std::byte> data) {
  const auto guard = co_await state_->gate.lock();
  auto loaded = co_await state_->load();
  if (!loaded) co_return unexpected(std::move(loaded).error());
  const auto at = state_->bytes.size();
  state_->resize(at + data.size());
  std::memcpy(state_->bytes.data() + at, data.data(), data.size());
  co_return at;
}

task<result<void>> content::resize(std::uint64_t size) {
  const auto guard = co_await state_->gate.lock();
  auto loaded = co_await state_->load();
  if (!loaded) co_return unexpected(std::move(loaded).error());
  state_->resize(size);
  co_return result<void>{};
}

task<result<void>> content::make_hole(range bytes) {
  const auto guard = co_await state_->gate.lock();
  auto loaded = co_await state_->load();
  if (!loaded) co_return unexpected(std::move(loaded).error());
  const auto inside = range::make(0, state_->bytes.size())->intersection(bytes);
  if (!inside) co_return result<void>{};
  std::memset(state_->bytes.data() + inside->start(), 0, inside->len());
  state_->resize(state_->bytes.size());
  co_return result<void>{};
}

result<std::uint64_t> content::seek(std::uint64_t offset, seek_target target) const {
  const std::scoped_lock lock(state_->mutex);
  if (offset >= state_->size) return fail(errc::no_such_address, operation::seek);
  return target == seek_target::data ? offset : state_->size;
}

task<result<std::uint64_t>> content::copy_from(content& source, std::uint64_t from, std::uint64_t to,
                                               std::uint64_t len) {
  if (from >= source.size()) co_return std::uint64_t{0};
  std::vector<std::byte> buffer(std::min(len, source.size() - from));
  auto count = co_await source.read(from, buffer);
  if (!count) co_return unexpected(std::move(count).error());
  auto written = co_await write(to, std::span(buffer).first(*count));
  if (!written) co_return unexpected(std::move(written).error());
  co_return *count;
}

task<result<void>> content::commit() {
  const auto guard = co_await state_->gate.lock();
  if (!dirty()) co_return result<void>{};
  auto loaded = co_await state_->load();
  if (!loaded) co_return unexpected(std::move(loaded).error());
  properties with;
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->stamp) state_->stamp(state_->held);
    with = state_->held;
    state_->held_dirty = false;
  }
  if (!with.tags && state_->base && state_->base->tags > 0) {
    auto tags = co_await state_->with.to.tags(state_->key);
    if (!tags) co_return unexpected(std::move(tags).error());
    with.tags = std::move(*tags);
  }
  const std::span<const std::byte> whole(state_->bytes);
  const auto when = state_->base ? precondition::matches(state_->base->current) : precondition::absent();
  auto outcome = co_await state_->with.to.put(state_->key, pieces(&whole, 1), with, when);
  const std::scoped_lock lock(state_->mutex);
  if (!outcome) {
    state_->held_dirty = true;
    co_return unexpected(std::move(outcome).error());
  }
  state_->base = description{.size = state_->size,
                             .current = outcome->current,
                             .version_id = outcome->version_id,
                             .tags = with.tags ? static_cast<std::uint32_t>(with.tags->size()) : 0,
                             .held = with};
  state_->exists = true;
  state_->bytes_dirty = false;
  co_return result<void>{};
}

task<void> content::discard() {
  const auto guard = co_await state_->gate.lock();
  const std::scoped_lock lock(state_->mutex);
  state_->loaded = false;
  state_->bytes.clear();
  state_->bytes_dirty = state_->held_dirty = false;
  if (state_->base) {
    state_->size = state_->base->size;
    state_->held = state_->base->held;
  } else {
    state_->size = 0;
  }
}

}  // namespace randomio::object
