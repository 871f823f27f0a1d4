// Renames: copies inside the store, and conditional deletes.
#include <algorithm>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/move_journal.hpp>
#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/second_try.hpp>
#include <randomio/backends/object/volume.hpp>
#include <randomio/core/runtime/task_scope.hpp>

namespace randomio::object {

namespace {

/// Whether an object is a copy of another one, of which this is known. Where a copy has an ETag of its own, the ids of
/// its commits, which are copied too, tell.
bool is_copy_of(const description& there, const description& what) {
  if (there.size != what.size) return false;
  if (there.current == what.current) return true;
  const auto ids = what.held.metadata.find(commit_ids_name);
  const auto found = there.held.metadata.find(commit_ids_name);
  return ids != what.held.metadata.end() && found != there.held.metadata.end() && ids->second == found->second;
}

}  // namespace

task<result<published>> volume::copy_object(std::string from, description what, std::string to, bool replaces) {
  const auto when = replaces ? precondition::none() : precondition::absent();
  if (what.size <= allows().copy_bytes_max && (replaces || honours_.copy)) {
    const source origin{.key = from, .expected = what.current, .version_id = what.version_id, .size = what.size};
    bool may_be_there = false;
    for (unsigned attempt = 1;; ++attempt) {
      auto copied = co_await store_->copy(origin, to, nullptr, when);
      if (copied) co_return copied;
      const bool is_unanswered = copied.error() == errc::outcome_unknown;
      may_be_there = may_be_there || is_unanswered;
      if (may_be_there) {
        auto head = co_await store_->head(to);
        if (head && is_copy_of(*head, what)) {
          co_return published{.current = std::move(head->current), .version_id = std::move(head->version_id)};
        }
        const bool is_free = head ? replaces : head.error() == errc::not_found;
        if (!is_free) co_return copied;
      }
      if ((!is_unanswered && copied.error() != errc::busy) || attempt == unanswered_max) co_return copied;
      co_await pause_before(attempt);
    }
  }
  // By parts, published under the condition.
  auto origin = co_await store_->head(from);
  if (!origin) co_return unexpected(std::move(origin).error());
  if (origin->current != what.current) co_return fail(errc::precondition_failed, operation::rename);
  std::optional<description> there;
  auto target = co_await store_->head(to);
  if (target) {
    if (!replaces) co_return fail(errc::already_exists, operation::rename);
    there = std::move(*target);
  } else if (target.error() != errc::not_found) {
    co_return unexpected(std::move(target).error());
  }
  auto with = origin->held;
  if (!with.tags && origin->tags > 0) {
    auto tags = co_await store_->tags(from);
    if (!tags) co_return unexpected(std::move(tags).error());
    with.tags = std::move(*tags);
  }
  content source_bytes(strict_, from, *origin, origin->held);
  content bytes(strict_, to, std::move(there), with);
  if (bytes.base()) bytes.edit([&](properties& p) { p = with; });
  auto done = co_await bytes.resize(0);
  if (done) {
    auto copied = co_await bytes.copy_from(source_bytes, 0, 0, origin->size);
    if (copied) {
      done = co_await bytes.commit();
    } else {
      done = unexpected(std::move(copied).error());
    }
  }
  if (!done) {
    co_await bytes.discard();
    const bool lost = !replaces && done.error() == errc::precondition_failed;
    if (lost) co_return fail(errc::already_exists, operation::rename);
    co_return unexpected(std::move(done).error());
  }
  const auto now_there = bytes.base();
  co_return published{.current = now_there->current, .version_id = now_there->version_id};
}

task<result<void>> volume::move_file(std::shared_ptr<node> n, std::string to, bool replaces,
                                     std::shared_ptr<node> over) {
  if (n->removed()) co_return fail(errc::not_found, operation::rename);
  auto ready = co_await prepare();
  if (!ready) co_return ready;
  const auto from = n->key();
  bool is_pending = false;
  {
    const std::scoped_lock lock(n->mutex);
    is_pending = n->is_pending;
  }
  const auto bytes = n->bytes();
  const auto asked = std::chrono::steady_clock::now();
  std::optional<leaving> left;
  if (is_pending && over) {
    auto kept = co_await keep_alive(over, true);
    if (!kept) co_return unexpected(std::move(kept).error());
    left = std::move(*kept);
    replaces = left->is_stored;
  }
  if (is_pending && !replaces && bytes->retarget(to)) {
    forget_unpublished(*n);
    cache_.invalidate(to);
    table_->move(*n, to);
    if (over) co_await name_gone(over, std::move(left->before), n);
    {
      const std::scoped_lock lock(n->mutex);
      n->known.object_key = to;
    }
    unpublished(n);
  } else {
    auto moved = co_await move_published(n, to, replaces, std::move(over), std::move(left));
    if (!moved) co_return moved;
  }
  touched(*n, false);
  {
    const std::scoped_lock lock(n->mutex);
    n->checked = n->changed;
  }
  name_removed(*n, from, asked);
  cache_.invalidate(to);
  entries_changed(parent_of(from));
  entries_changed(parent_of(to));
  co_return result<void>{};
}

/// The object that a file is, after what is dirty of it was published.
task<result<description>> volume::published_form(std::shared_ptr<node> n) {
  if (const auto bytes = n->bytes()) {
    auto done = co_await publish(n, bytes);
    if (!done) co_return unexpected(std::move(done).error());
    bool is_news = false;
    {
      const std::scoped_lock lock(n->mutex);
      is_news = n->is_pending;
    }
    if (is_news) note_published(*n, bytes);  // Whoever published it has not said so yet.
  }
  const std::scoped_lock lock(n->mutex);
  if (!n->known.object) co_return fail(errc::not_found, operation::rename);
  co_return *n->known.object;
}

task<result<void>> volume::move_published(std::shared_ptr<node> n, std::string to, bool replaces,
                                          std::shared_ptr<node> over, std::optional<leaving> left) {
  const auto from = n->key();
  auto what = co_await published_form(n);
  if (!what) {
    if (left) co_await name_stays(over, std::move(left->before));
    co_return unexpected(std::move(what).error());
  }
  // As late as can be: who opens it from then on waits, and hears ESTALE. The kernel looks the name up again then,
  // once.
  if (over && !left) {
    auto kept = co_await keep_alive(over, true);
    if (!kept) co_return unexpected(std::move(kept).error());
    left = std::move(*kept);
  }
  if (left) replaces = left->is_stored;
  auto copied = co_await copy_object(from, *what, to, replaces);
  if (!copied && (copied.error() == errc::precondition_failed || copied.error() == errc::not_found)) {
    auto fresh = co_await refresh(*n, std::chrono::nanoseconds(0));  // Somebody replaced it: that is what moves.
    if (fresh) {
      {
        const std::scoped_lock lock(n->mutex);
        if (n->known.object) *what = *n->known.object;
      }
      copied = co_await copy_object(from, *what, to, replaces);
    } else {
      copied = unexpected(std::move(fresh).error());
    }
  }
  if (!copied) {
    if (over) co_await name_stays(over, std::move(left->before));
    co_return unexpected(std::move(copied).error());
  }
  const auto expected = std::exchange(what->current, std::move(copied->current));
  what->version_id = std::move(copied->version_id);
  const auto bytes = n->bytes();
  auto moved = bytes ? content_for(*n, editing_, to, *what, bytes->held()) : nullptr;
  forget_unpublished(*n);
  cache_.invalidate(to);  // Before anybody finds the node there and asks whether it is.
  table_->move(*n, to);
  {
    const std::scoped_lock lock(n->mutex);
    n->known.object = std::move(*what);
    n->known.object_key = to;
    n->changed = n->checked = std::chrono::steady_clock::now();
    if (n->open && moved) n->open->bytes = std::move(moved);
  }
  // Whoever changed it since keeps what they published.
  auto removed = co_await remove_object(from, expected);
  if (over) co_await name_gone(over, std::move(left->before), n);
  if (!removed && removed.error() != errc::precondition_failed && removed.error() != errc::not_found) co_return removed;
  co_return result<void>{};
}

/// A marker has no bytes: its properties are what is copied. Not every service copies keys that end in a slash.
task<result<published>> volume::copy_marker(std::string from, std::string to) {
  auto marker = co_await store_->head(from);
  if (!marker) co_return unexpected(std::move(marker).error());
  if (marker->tags > 0) {
    auto tags = co_await store_->tags(from);
    if (!tags) co_return unexpected(std::move(tags).error());
    marker->held.tags = *std::move(tags);
  }
  co_return co_await store_->put(to, {}, marker->held, precondition::none());
}

task<void> volume::move_one(std::string from, listed what, std::string to, result<void>* outcome) {
  const bool is_marker = from.ends_with('/') || marks_directory(what);
  if (auto live = is_marker ? nullptr : table_->find(from, false)) {
    const auto alone = co_await live->gate.lock();
    *outcome = co_await move_file(live, to, true);
    co_return;
  }
  description object;
  object.size = what.size;
  object.current = what.current;
  auto copied = is_marker && what.size == 0 ? co_await copy_marker(from, to)
                                            : co_await copy_object(from, std::move(object), to, true);
  if (!copied) {
    if (copied.error() != errc::not_found) *outcome = unexpected(std::move(copied).error());
    co_return;
  }
  *outcome = co_await remove_object(from, what.current);
  if (!*outcome && outcome->error() == errc::not_found) *outcome = {};
}

task<result<void>> volume::move_some(std::span<const listed> some, const std::string& from, const std::string& to) {
  std::vector<result<void>> outcomes(some.size());
  for (std::size_t first = 0; first < some.size(); first += how_.fan_out) {
    task_scope at_once;
    const auto last = std::min<std::size_t>(some.size(), first + how_.fan_out);
    for (auto at = first; at < last; ++at) {
      const auto& one = some[at];
      at_once.spawn(move_one(one.key, one, to + one.key.substr(from.size()), &outcomes[at]));
    }
    co_await at_once.join();
    for (auto at = first; at < last; ++at) {
      if (!outcomes[at]) co_return std::move(outcomes[at]);
    }
  }
  co_return result<void>{};
}

/// Each object is copied, then removed: whatever ends this, doing it again finishes it. Markers go last, the deepest
/// first, so that each directory is there until nothing is in it. It ends when a listing shows markers only: some
/// services list a directory for a while after its marker is gone.
task<result<void>> volume::move_all(std::string from, std::string to) {
  const auto prefix = marker_of(from), target = marker_of(to);
  std::vector<listed> markers;
  for (bool is_first = true;; is_first = false) {
    list_request which{.prefix = prefix};
    bool has_objects = false;
    do {
      auto page = co_await store_->list(which);
      if (!page) co_return unexpected(std::move(page).error());
      const auto is_marker = [](const listed& one) { return one.key.ends_with('/'); };
      const auto first_object = std::stable_partition(page->found.begin(), page->found.end(), is_marker);
      if (is_first) markers.insert(markers.end(), page->found.begin(), first_object);
      page->found.erase(page->found.begin(), first_object);
      has_objects = has_objects || !page->found.empty();
      auto moved = co_await move_some(page->found, prefix, target);
      if (!moved) co_return moved;
      which.continuation = std::move(page->continuation);
    } while (!which.continuation.empty());
    if (!has_objects) break;
  }
  std::ranges::sort(markers, std::ranges::greater(), &listed::key);
  for (const auto& one : markers) {
    auto moved = co_await move_some(std::span(&one, 1), prefix, target);
    if (!moved) co_return moved;
  }
  const auto mark = co_await ask_mark(from);
  if (!mark) co_return unexpected(mark.error());
  if (!*mark) co_return result<void>{};
  auto copied = co_await copy_marker(from, to);
  if (!copied) co_return unexpected(std::move(copied).error());
  co_return co_await remove_mark(from);
}

task<result<void>> volume::move_directory(std::shared_ptr<node> n, std::string to) {
  auto ready = co_await prepare();
  if (!ready) co_return ready;
  const auto from = n->key();
  const auto moved_key = [&](const std::string& key) { return to + key.substr(from.size()); };
  const move_journal journal(how_.state_dir, how_.name);
  const auto record = co_await pool_.run([&] { return journal.begin(from, to); });
  if (record.empty() && !how_.state_dir.empty()) {
    notice_once("no journal of directory renames can be kept in " + how_.state_dir);
  }
  for (const auto& one : table_->within(from)) {
    if (one->is_directory()) continue;
    const auto alone = co_await one->gate.lock();
    auto bytes = one->bytes();
    bool is_pending = false;
    {
      const std::scoped_lock lock(one->mutex);
      is_pending = one->is_pending;
    }
    if (!bytes || !bytes->dirty() || is_pending) continue;
    auto done = co_await publish(one, bytes);
    if (!done) co_return done;
  }
  auto moved = co_await move_all(from, to);
  if (!moved) co_return moved;
  for (const auto& one : pending_in(from, true)) {
    const auto alone = co_await one->gate.lock();
    auto done = co_await move_file(one, moved_key(one->key()), false);
    if (!done) co_return done;
  }
  cache_.invalidate_within(to);  // Before anybody finds the nodes there and asks whether they are.
  for (const auto& one : table_->within(from)) {
    if (!one->is_directory() || one->removed()) continue;
    const auto key = moved_key(one->key());
    table_->move(*one, key);
    const std::scoped_lock lock(one->mutex);
    if (one->known.object) one->known.object_key = one->known.object_key.ends_with('/') ? marker_of(key) : key;
    one->changed = {};
    one->checked = {};  // Its marker is another object now.
  }
  touched(*n, false);
  co_await pool_.run([&] {
    move_journal::end(record);
    return true;
  });
  cache_.invalidate_within(from);
  cache_.invalidate_within(to);
  {
    const std::scoped_lock lock(mutex_);
    entries_changed_.erase(from);
    entries_changed_.erase(to);
  }
  entries_changed(parent_of(from));
  entries_changed(parent_of(to));
  co_return result<void>{};
}

task<result<void>> volume::finish_moves() {
  if (how_.state_dir.empty()) co_return result<void>{};
  const move_journal journal(how_.state_dir, how_.name);
  const auto left = co_await pool_.run([&] { return journal.left_over(); });
  for (const auto& one : left) {
    notice("finishing the rename of " + one.from + " to " + one.to + ", which an earlier mount began");
    auto moved = co_await move_all(one.from, one.to);
    if (!moved) co_return moved;
    cache_.invalidate_within(one.from);
    cache_.invalidate_within(one.to);
    const auto& file = one.file;
    co_await pool_.run([&] {
      move_journal::end(file);
      return true;
    });
  }
  co_return result<void>{};
}

}  // namespace randomio::object
