// Names that go: what removing needs.
#include <utility>
#include <vector>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/second_try.hpp>
#include <randomio/backends/object/volume.hpp>
#include <randomio/core/runtime/sleep.hpp>

namespace randomio::object {

namespace {

constexpr std::uint64_t read_at_once_max = std::uint64_t{1} << 20;
constexpr int attempts_max = 4;
constexpr std::chrono::milliseconds let_in_at_most{1000};
constexpr std::chrono::seconds in_use_lately{5}, kept_for{1};
constexpr std::size_t retired_max = 64;
constexpr std::int64_t stale_seconds = std::int64_t{7} * 24 * 3600;

}  // namespace

/// With an empty version, unconditionally. Where a delete knows no condition, a HEAD guards it: between the two
/// somebody may still publish what is then lost.
task<result<void>> volume::remove_object(std::string key, version expected) {
  if (expected.tag.empty()) co_return co_await store_->remove(key, precondition::none());
  for (unsigned attempt = 1; honours_.remove; ++attempt) {
    auto removed = co_await store_->remove(key, precondition::matches(expected));
    if (removed || removed.error() != errc::outcome_unknown) co_return removed;
    auto head = co_await store_->head(key);
    // What is there now came after it was removed, or instead of it: it is not ours to remove.
    if (head ? head->current != expected : head.error() == errc::not_found) co_return result<void>{};
    if (!head || attempt == unanswered_max) co_return removed;
    co_await pause_before(attempt);
  }
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
  auto mark = co_await ask_mark(key);
  if (!mark) co_return unexpected(std::move(mark).error());
  if (*mark) co_return result<void>{};
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

/// Nothing is published from here on under the name that goes. Returns: what is left under it.
task<volume::leaving> volume::withdraw(std::shared_ptr<node> n, std::shared_ptr<content> bytes) {
  leaving left;
  if (!bytes) co_return left;
  left.is_stored = co_await bytes->withdraw();
  if (auto base = bytes->base()) {
    const std::scoped_lock lock(n->mutex);
    n->known.object = std::move(base);
  }
  co_return left;
}

task<result<volume::leaving>> volume::keep_alive(std::shared_ptr<node> n, bool replaced) {
  const auto key = hidden_key();
  auto bytes = n->bytes();
  // Published never, and no commit runs: it only must never be published under its old name.
  if (bytes && bytes->retarget(key)) co_return leaving{.before = nullptr, .is_stored = false};
  bool is_used = false, was_used = false;
  {
    const std::scoped_lock lock(n->mutex);
    is_used = n->handles != 0 || n->openers != 0 || n->awaited != 0;
    was_used = n->known.object && n->known.object->size <= read_at_once_max &&
               std::chrono::steady_clock::now() - n->opened < in_use_lately;
    n->is_leaving = replaced && !is_used && !was_used;
  }
  if (!is_used && !(replaced && was_used)) co_return co_await withdraw(n, bytes);
  const auto open = co_await edition_of(*n);
  if (!open) co_return co_await withdraw(n, bytes);  // Who is about to open it hears the same.
  bytes = n->bytes();
  auto kept = content_for(*n, strict_, key, std::nullopt, bytes->held());
  const auto size = bytes->size();
  result<void> done;
  if (size <= read_at_once_max) {
    std::vector<std::byte> all(size);
    auto count = co_await bytes->read(0, all);
    if (count) {
      done = co_await kept->write(0, std::span(all).first(*count));
    } else {
      done = unexpected(std::move(count).error());
    }
  } else {
    auto copied = co_await kept->copy_from(*bytes, 0, 0, size);
    if (copied) {
      done = co_await kept->commit();
    } else {
      done = unexpected(std::move(copied).error());
    }
  }
  if (!done) {
    co_await kept->discard();
    // Another machine replaced it: who has it open has lost it already, and its name can go.
    const bool is_lost = done.error() == errc::precondition_failed || done.error() == errc::not_found;
    if (is_lost || !is_used) co_return co_await withdraw(n, bytes);
    co_return unexpected(std::move(done).error());
  }
  bool is_closed = false;
  {
    const std::scoped_lock lock(n->mutex);
    (*open)->bytes = kept;
    is_closed = n->open != *open && (*open)->handles == 0;
  }
  if (is_closed) co_await bury(std::move(kept));  // Who had it open has closed it meanwhile.
  auto left = co_await withdraw(n, bytes);
  left.before = std::move(bytes);
  co_return left;
}

task<void> volume::name_stays(std::shared_ptr<node> n, std::shared_ptr<content> before) {
  {
    const std::scoped_lock lock(n->mutex);
    n->is_leaving = false;
  }
  auto kept = n->bytes();
  if (!before) {
    if (!kept) co_return;
    if (is_hidden(kept->key())) static_cast<void>(kept->retarget(n->key()));
    kept->readmit();
    co_return;
  }
  before->readmit();
  if (!kept) co_return;  // Closed meanwhile.
  const bool is_dirty = before->dirty();
  {
    const std::scoped_lock lock(n->mutex);
    n->open->bytes = std::move(before);
  }
  co_await bury(std::move(kept));
  if (!is_dirty) drop_unused(*n);
}

/// Ends bytes that outlived their name.
task<void> volume::bury(std::shared_ptr<content> bytes) {
  co_await bytes->discard();
  if (is_hidden(bytes->key()) && bytes->base()) static_cast<void>(co_await remove_object(bytes->key(), {}));
}

/// Whatever has the name is what is removed.
task<result<void>> volume::remove_published(std::shared_ptr<node> n, std::string key) {
  for (int attempt = 1;; ++attempt) {
    version expected;
    {
      const std::scoped_lock lock(n->mutex);
      if (n->known.object) expected = n->known.object->current;
    }
    auto removed = co_await remove_object(key, expected);
    if (!removed && removed.error() == errc::not_found) co_return result<void>{};
    if (removed || removed.error() != errc::precondition_failed || attempt == attempts_max) co_return removed;
    auto head = co_await store_->head(key);
    if (!head) {
      if (head.error() == errc::not_found) co_return result<void>{};
      co_return unexpected(std::move(head).error());
    }
    const std::scoped_lock lock(n->mutex);
    n->known.object = std::move(*head);
  }
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
  const auto key = n->key();
  auto left = co_await keep_alive(n);
  if (!left) co_return unexpected(std::move(left).error());
  const auto asked = std::chrono::steady_clock::now();
  if (left->is_stored) {
    auto removed = co_await hold_directory(std::string(parent_of(key)));
    if (removed) removed = co_await remove_published(n, key);
    if (!removed) {
      co_await name_stays(n, std::move(left->before));
      co_return removed;
    }
  }
  co_await name_gone(n, std::move(left->before));
  name_removed(*n, key, asked);
  entries_changed(parent_of(key));
  co_return result<void>{};
}

/// Keeps what was replaced for a moment: who looked its name up before is about to open it.
void volume::retire(std::shared_ptr<node> n) {
  const auto until = std::chrono::steady_clock::now() + kept_for;
  const std::scoped_lock lock(mutex_);
  retired_.emplace_back(std::move(n), until);
}

std::vector<std::shared_ptr<content>> volume::no_longer_retired() {
  std::vector<std::shared_ptr<node>> over;
  {
    const std::scoped_lock lock(mutex_);
    while (!retired_.empty() &&
           (retired_.size() > retired_max || retired_.front().second < std::chrono::steady_clock::now())) {
      over.push_back(std::move(retired_.front().first));
      retired_.pop_front();
    }
  }
  std::vector<std::shared_ptr<content>> ended;
  for (const auto& n : over) {
    const std::scoped_lock lock(n->mutex);
    if (n->handles != 0 || n->openers != 0 || !n->open) continue;
    ended.push_back(std::move(n->open->bytes));
    n->open.reset();
  }
  return ended;
}

bool volume::still_opens(const node& n) {
  {
    const std::scoped_lock lock(n.mutex);
    if (!n.is_removed || n.open) return true;
  }
  // Who opens by a node looks its name up again, and must find what has it now.
  if (const auto heir = table_->find(n.key(), false)) {
    const std::scoped_lock lock(heir->mutex);
    ++heir->awaited;
  }
  return false;
}

task<void> volume::let_in(std::shared_ptr<node> n) {
  constexpr auto moment = std::chrono::milliseconds(1);
  for (auto left = let_in_at_most; left.count() > 0; left -= moment) {
    {
      const std::scoped_lock lock(n->mutex);
      if (n->awaited == 0 || n->openers != 0) co_return;
    }
    static_cast<void>(co_await sleep_for(moment));
  }
  const std::scoped_lock lock(n->mutex);
  n->awaited = 0;
}

/// What is left to do once the name is another file's or nobody's.
task<void> volume::name_gone(std::shared_ptr<node> n, std::shared_ptr<content> before, std::shared_ptr<node> heir) {
  touched(*n, false);
  forget_unpublished(*n);
  bool is_open = false, is_awaited = false;
  unsigned too_late = 0;
  {
    const std::scoped_lock lock(n->mutex);
    n->is_removed = true;  // From here on the last handle ends the bytes.
    n->is_pending = false;
    is_open = n->handles != 0 || n->openers != 0;
    is_awaited = n->awaited != 0;
    too_late = n->awaited + (n->open ? 0 : n->openers);
  }
  table_->detach(*n);
  const bool was_kept = before != nullptr;
  if (before) co_await before->discard();
  if (heir && too_late > 0) {  // They look the name up again, and must find it open to them.
    const std::scoped_lock lock(heir->mutex);
    heir->awaited += too_late;
  }
  const auto bytes = n->bytes();
  if (is_open || !bytes) co_return;
  if (heir && was_kept && (is_awaited || bytes->size() <= read_at_once_max)) co_return retire(std::move(n));
  description last{.size = bytes->size(), .current = {}, .version_id = {}, .modified = now(), .tags = 0, .held = {}};
  {
    const std::scoped_lock lock(n->mutex);
    n->known.object = std::move(last);  // For whoever still holds the node.
    n->open.reset();
  }
  co_await bury(bytes);
}

void volume::changed_behind(std::string_view key) {
  cache_.invalidate(key);
  if (const auto live = table_->find(key, false)) {
    const std::scoped_lock lock(live->mutex);
    live->checked = live->changed = {};
  }
}

/// What marks a directory beside its marker goes with it, or it would be there again.
task<result<void>> volume::remove_mark(std::string key) {
  auto mark = co_await ask_mark(key);
  if (!mark) co_return unexpected(std::move(mark).error());
  if (!*mark) co_return result<void>{};
  auto removed = co_await remove_object(key, (*mark)->object->current);
  if (!removed && removed.error() == errc::not_found) co_return result<void>{};
  co_return removed;
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
  removed = object_key == marker_of(key) ? co_await remove_mark(key)
                                         : co_await store_->remove(marker_of(key), precondition::none());
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
