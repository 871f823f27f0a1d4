// Names that go: what removing needs.
#include <utility>
#include <vector>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

namespace {

constexpr std::uint64_t read_at_once_max = std::uint64_t{1} << 20;
constexpr int attempts_max = 4;
constexpr std::int64_t stale_seconds = std::int64_t{7} * 24 * 3600;

}  // namespace

/// With an empty version, unconditionally. Where a delete knows no condition, a HEAD guards it: between the two
/// somebody may still publish what is then lost.
task<result<void>> volume::remove_object(std::string key, version expected) {
  if (expected.tag.empty()) co_return co_await store_->remove(key, precondition::none());
  if (honours_.remove) co_return co_await store_->remove(key, precondition::matches(std::move(expected)));
  auto head = co_await store_->head(key);
  if (!head) {
    if (head.error() == errc::not_found) co_return result<void>{};
    co_return unexpected(std::move(head).error());
  }
  if (head->current != expected) co_return fail(errc::precondition_failed, operation::remove);
  co_return co_await store_->remove(key, precondition::none());
}

task<result<void>> volume::hold_directory(std::string key) {
  if (key.empty()) co_return result<void>{};
  const auto live = table_->find(key, true);
  if (live) {
    const std::scoped_lock lock(live->mutex);
    if (live->known.object) co_return result<void>{};
  }
  const auto marker = marker_of(key);
  auto there = co_await store_->head(marker);
  if (there) co_return result<void>{};
  if (there.error() != errc::not_found) co_return unexpected(std::move(there).error());
  auto with = marker_properties();
  auto put = co_await put_new(marker, with, {});
  if (!put && put.error() != errc::already_exists) co_return unexpected(std::move(put).error());
  if (live && put) {
    const std::scoped_lock lock(live->mutex);
    live->known.object = description{
        .size = 0, .current = *put, .version_id = {}, .modified = now(), .tags = 0, .held = std::move(with)};
    live->known.object_key = marker;
    live->changed = std::chrono::steady_clock::now();
  }
  co_return result<void>{};
}

task<result<bool>> volume::is_empty(const std::string& directory) {
  if (!pending_in(directory, false).empty()) co_return false;
  const auto marker = marker_of(directory);
  const list_request which{.prefix = marker, .keys_max = 2};
  auto listed = co_await store_->list(which);
  if (!listed) co_return unexpected(std::move(listed).error());
  for (const auto& one : listed->found) {
    if (one.key != marker) co_return false;
  }
  co_return true;
}

task<result<void>> volume::keep_alive(std::shared_ptr<node> n) {
  std::shared_ptr<edition> open;
  bool is_pending = false;
  {
    const std::scoped_lock lock(n->mutex);
    if (n->handles == 0 || !n->open) co_return result<void>{};
    open = n->open;
    is_pending = n->is_pending;
  }
  const auto bytes = n->bytes();
  const auto key = hidden_key();
  // Published never, and no commit runs: it only must never be published under its old name.
  if (is_pending && bytes->retarget(key)) co_return result<void>{};
  auto kept = content_for(*n, strict_, key, std::nullopt, bytes->held());
  const auto size = bytes->size();
  if (size <= read_at_once_max) {
    std::vector<std::byte> all(size);
    auto count = co_await bytes->read(0, all);
    if (!count) co_return unexpected(std::move(count).error());
    auto written = co_await kept->write(0, std::span(all).first(*count));
    if (!written) {
      co_await kept->discard();
      co_return written;
    }
  } else {
    auto copied = co_await kept->copy_from(*bytes, 0, 0, size);
    result<void> done;
    if (copied) {
      done = co_await kept->commit();
    } else {
      done = unexpected(std::move(copied).error());
    }
    if (!done) {
      co_await kept->discard();
      co_return done;
    }
    const std::scoped_lock lock(n->mutex);
    n->hidden_key = key;
  }
  co_await bytes->discard();
  const std::scoped_lock lock(n->mutex);
  open->bytes = std::move(kept);
  co_return result<void>{};
}

/// Nothing is left under a key, unless something else was there beside the node, or came since the removal was begun.
void volume::name_removed(const node& n, const std::string& key, steady_time asked) {
  bool was_alone = false;
  {
    const std::scoped_lock lock(n.mutex);
    was_alone = n.searched != steady_time{};
  }
  if (was_alone) {
    cache_.removed(key, asked);
  } else {
    cache_.invalidate(key);
  }
}

task<result<void>> volume::unlink(std::shared_ptr<node> n) {
  if (n->removed()) co_return fail(errc::not_found, operation::remove);
  auto ready = co_await prepare();
  if (!ready) co_return ready;
  const auto asked = std::chrono::steady_clock::now();
  const auto key = n->key();
  auto kept = co_await keep_alive(n);
  if (!kept) co_return kept;
  bool is_pending = false, is_open = false;
  {
    const std::scoped_lock lock(n->mutex);
    is_pending = n->is_pending;
    is_open = n->handles != 0;
  }
  if (!is_pending) {
    auto held = co_await hold_directory(std::string(parent_of(key)));
    if (!held) co_return held;
    for (int attempt = 1;; ++attempt) {
      version expected;
      {
        const std::scoped_lock lock(n->mutex);
        if (n->known.object) expected = n->known.object->current;
      }
      auto removed = co_await remove_object(key, expected);
      if (removed || removed.error() == errc::not_found) break;
      if (removed.error() != errc::precondition_failed || attempt == attempts_max) co_return removed;
      auto head = co_await store_->head(key);  // Whatever has the name now is what is removed.
      if (!head) {
        if (head.error() == errc::not_found) break;
        co_return unexpected(std::move(head).error());
      }
      const std::scoped_lock lock(n->mutex);
      n->known.object = std::move(*head);
    }
  }
  if (const auto bytes = n->bytes(); bytes && !is_open) {
    description last{.size = bytes->size(), .current = {}, .version_id = {}, .modified = now(), .tags = 0, .held = {}};
    co_await bytes->discard();
    const std::scoped_lock lock(n->mutex);
    n->known.object = std::move(last);  // For whoever still holds the node.
    n->open.reset();
  }
  touched(*n, false);
  forget_unpublished(*n);
  {
    const std::scoped_lock lock(n->mutex);
    n->is_removed = true;
    n->is_pending = false;
  }
  table_->detach(*n);
  name_removed(*n, key, asked);
  entries_changed(parent_of(key));
  co_return result<void>{};
}

task<void> volume::replaced(std::shared_ptr<node> n, bool is_open) {
  if (const auto bytes = n->bytes(); bytes && !is_open) co_await bytes->discard();
  touched(*n, false);
  forget_unpublished(*n);
  {
    const std::scoped_lock lock(n->mutex);
    n->is_pending = false;
  }
  gone(*n);
}

void volume::changed_behind(std::string_view key) {
  cache_.invalidate(key);
  if (const auto live = table_->find(key, false)) {
    const std::scoped_lock lock(live->mutex);
    live->checked = live->changed = {};
  }
}

task<result<void>> volume::remove_directory(std::shared_ptr<node> n) {
  auto ready = co_await prepare();
  if (!ready) co_return ready;
  const auto key = n->key();
  auto empty = co_await is_empty(key);
  if (!empty) co_return unexpected(std::move(empty).error());
  if (!*empty) co_return fail(errc::not_empty, operation::remove);
  auto held = co_await hold_directory(std::string(parent_of(key)));
  if (!held) co_return held;
  std::string object_key = marker_of(key);
  {
    const std::scoped_lock lock(n->mutex);
    if (!n->known.object_key.empty()) object_key = n->known.object_key;
  }
  const auto asked = std::chrono::steady_clock::now();
  // A marker holds nothing that could be lost, so that no condition is needed.
  auto removed = co_await store_->remove(object_key, precondition::none());
  if (!removed && removed.error() != errc::not_found) co_return removed;
  gone(*n);
  name_removed(*n, key, asked);
  {
    const std::scoped_lock lock(mutex_);
    entries_changed_.erase(key);
  }
  entries_changed(parent_of(key));
  co_return result<void>{};
}

/// What earlier mounts hid and could not remove any more.
task<void> volume::remove_stale() {
  const list_request which{.prefix = std::string(hidden_prefix)};
  auto listed = co_await store_->list(which);
  if (!listed) co_return;
  std::vector<std::string> stale;
  for (const auto& one : listed->found) {
    if (one.modified.seconds + stale_seconds < now().seconds) stale.push_back(one.key);
  }
  if (!stale.empty()) static_cast<void>(co_await store_->remove_all(stale));
}

}  // namespace randomio::object
