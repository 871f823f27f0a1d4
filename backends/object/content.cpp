#include <randomio/backends/object/content.hpp>

#include <algorithm>
#include <utility>

#include <randomio/backends/object/content_state.hpp>

namespace randomio::object {

content::content(editing& with, std::string key, std::optional<description> base, properties held)
    : state_(std::make_unique<state>(with, std::move(key), std::move(base), std::move(held))) {}
content::~content() = default;

std::string content::key() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->key;
}

std::uint64_t content::size() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->live.size();
}

bool content::dirty() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->dirty();
}

bool content::bytes_dirty() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->bytes_dirty || (state_->frozen != nullptr && state_->frozen->bytes_dirty);
}

std::optional<description> content::base() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->base;
}

std::uint64_t content::early_publications() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->early;
}

properties content::held() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->held;
}

void content::edit(const std::function<void(properties&)>& change) {
  const std::scoped_lock lock(state_->mutex);
  change(state_->held);
  state_->held_changed();
}

void content::stamp_with(std::function<void(properties&)> stamp) {
  state_->stamp = std::move(stamp);
}

properties content::stamped() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->stamped;
}

bool content::rebase(description now) {
  const std::scoped_lock lock(state_->mutex);
  auto& s = *state_;
  if (s.dirty()) return false;
  s.live = extents(now.size);
  s.held = now.held;
  s.base = std::move(now);
  ++s.bases;
  return true;
}

bool content::retarget(std::string key) {
  const std::scoped_lock lock(state_->mutex);
  if (state_->exists || state_->frozen || state_->stream) return false;
  state_->key = std::move(key);
  return true;
}

task<bool> content::withdraw() {
  auto& s = *state_;
  const auto publishing = co_await s.committing.lock();
  const std::scoped_lock lock(s.mutex);
  s.is_withdrawn = true;
  co_return s.exists || s.frozen;
}

void content::readmit() {
  const std::scoped_lock lock(state_->mutex);
  state_->is_withdrawn = false;
}

bool content::is_withdrawn() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->is_withdrawn;
}

task<result<std::size_t>> content::read(std::uint64_t offset, std::span<std::byte> out, stop_token stop) {
  auto& s = *state_;
  constexpr int tries = 16;  // Each but the last met a commit of this content that replaced the base.
  for (int i = 0;; ++i) {
    std::vector<segment> segments;
    std::uint64_t bases = 0;
    std::size_t count = 0;
    bool is_sent = false;
    {
      const std::scoped_lock lock(s.mutex);
      const auto size = s.live.size();
      if (offset >= size || out.empty()) co_return std::size_t{0};
      count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset));
      const auto list = s.resolved(*range::from_len(offset, count));
      is_sent = std::ranges::any_of(list, [](const extent& one) { return one.what == extent::kind::sent; });
      if (is_sent) {
        ++s.early;
      } else {
        segments = segments_of(list, s.staged, s.base_origin());
      }
      bases = s.bases;
    }
    if (is_sent) {
      auto published = co_await s.commit();
      if (!published) co_return unexpected(std::move(published).error());
      continue;
    }
    auto filled = co_await fill(s.with, segments, out.first(count), stop);
    if (filled) co_return count;
    const bool is_gone = filled.error() == errc::precondition_failed || filled.error() == errc::not_found;
    if (!is_gone) co_return unexpected(std::move(filled).error());
    bool is_replaced = false, may_be_ours = false;
    {
      const std::scoped_lock lock(s.mutex);
      is_replaced = s.bases != bases;
      may_be_ours = s.frozen != nullptr;
    }
    if (i == tries || !(is_replaced || may_be_ours)) {
      co_return fail(errc::precondition_failed, operation::read, filled.error().vendor_code());
    }
    if (is_replaced) continue;
    auto finished = co_await s.finish();
    if (!finished) co_return unexpected(std::move(finished).error());
  }
}

task<result<void>> content::write(std::uint64_t offset, std::span<const std::byte> data) {
  const auto inside = co_await state_->order.lock();
  co_return co_await state_->put(offset, data, false);
}

task<result<std::uint64_t>> content::append(std::span<const std::byte> data) {
  const auto inside = co_await state_->order.lock();
  const auto at = size();
  auto written = co_await state_->put(at, data, true);
  if (!written) co_return unexpected(std::move(written).error());
  co_return at;
}

task<result<void>> content::resize(std::uint64_t size) {
  auto& s = *state_;
  const auto inside = co_await s.order.lock();
  if (size == this->size()) {
    // Only its times change. Unless edits that are to come take them along, they are published alone.
    const std::scoped_lock lock(s.mutex);
    if (!s.bytes_dirty && !s.held_dirty) s.held_changed();
    co_return result<void>{};
  }
  {
    const std::scoped_lock lock(s.mutex);
    if (auto may = s.may_change(false); !may) co_return may;
  }
  if (size > s.with.to.allows().object_bytes_max) co_return fail(errc::too_large, operation::write);
  {
    const std::scoped_lock lock(s.mutex);
    if (size > s.live.size()) {
      auto may = s.may_be_hole(*range::make(s.live.size(), size));
      if (!may) co_return may;
    }
  }
  auto settled = co_await s.settle(size);
  if (!settled) co_return unexpected(std::move(settled).error());
  const std::scoped_lock lock(s.mutex);
  s.drop(s.live.resize(size));
  s.changed(false);
  co_return result<void>{};
}

task<result<void>> content::make_hole(range bytes) {
  auto& s = *state_;
  const auto inside = co_await s.order.lock();
  {
    const std::scoped_lock lock(s.mutex);
    const auto within = range::make(0, s.live.size())->intersection(bytes);
    if (!within) co_return result<void>{};
    auto may = s.may_be_hole(*within);
    if (!may) co_return may;
  }
  {
    const std::scoped_lock lock(s.mutex);
    if (auto may = s.may_change(false); !may) co_return may;
  }
  auto settled = co_await s.settle(bytes.start());
  if (!settled) co_return unexpected(std::move(settled).error());
  const std::scoped_lock lock(s.mutex);
  const auto within = range::make(0, s.live.size())->intersection(bytes);
  if (!within) co_return result<void>{};
  s.drop(s.live.place({.at = *within}));
  s.changed(false);
  co_return result<void>{};
}

result<std::uint64_t> content::seek(std::uint64_t offset, seek_target target) const {
  const auto& s = *state_;
  const std::scoped_lock lock(s.mutex);
  return s.frozen != nullptr ? s.live.over(s.frozen->list).seek(offset, target) : s.live.seek(offset, target);
}

task<result<void>> content::commit() {
  return state_->commit();
}

task<result<std::uint64_t>> content::keep(std::string path) {
  return state_->keep(std::move(path));
}

task<void> content::discard() {
  return state_->discard();
}

}  // namespace randomio::object
