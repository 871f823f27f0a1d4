#include <algorithm>
#include <string_view>
#include <utility>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/commit_run.hpp>
#include <randomio/backends/object/content_state.hpp>
#include <randomio/backends/object/kept_edit.hpp>

// Generations of a content: how one is frozen, and what becomes of it.

namespace randomio::object {

namespace {

constexpr std::string_view replaced_tag = "\"replaced\"";  ///< No version has it.

/// Those of `all` that are in none of `kept`.
std::vector<range> without(std::vector<range> all, std::vector<range> kept) {
  const auto by_start = [](range a, range b) { return a.start() < b.start(); };
  std::ranges::sort(all, by_start);
  std::ranges::sort(kept, by_start);
  std::vector<range> rest;
  auto next = kept.begin();
  for (const auto& one : all) {
    auto at = one.start();
    while (next != kept.end() && next->end() <= at) ++next;
    for (auto other = next; other != kept.end() && other->start() < one.end(); ++other) {
      if (other->start() > at) rest.push_back(*range::make(at, other->start()));
      at = std::max(at, other->end());
    }
    if (at < one.end()) rest.push_back(*range::make(at, one.end()));
  }
  return rest;
}

}  // namespace

task<result<void>> content::state::commit() {
  const auto inside = co_await committing.lock();
  for (;;) {
    bool was_open = false;
    {
      const std::scoped_lock lock(mutex);
      if (!dirty()) co_return result<void>{};
      if (is_withdrawn) co_return fail(errc::busy, operation::sync);
      was_open = frozen != nullptr;
    }
    const auto edited = held_edits;
    auto done = co_await commit_generation();
    if (!done) co_return done;
    if (was_open) continue;  // What was edited since comes next.
    // Properties that changed after parts began to leave are not in their upload: they follow at once.
    const std::scoped_lock lock(mutex);
    if (!held_dirty || bytes_dirty || held_edits != edited) co_return done;
  }
}

task<result<void>> content::state::finish() {
  const auto inside = co_await committing.lock();
  {
    const std::scoped_lock lock(mutex);
    if (!frozen) co_return result<void>{};
    if (is_withdrawn) co_return fail(errc::busy, operation::sync);
  }
  co_return co_await commit_generation();
}

void content::state::freeze() {
  frozen = std::make_unique<generation>();
  auto& into = *frozen;
  into.id = stream ? stream->id : fresh_commit_id();
  into.list = std::move(live);
  if (stamp) stamp(held);
  into.held = held;
  into.bytes_dirty = bytes_dirty;
  into.held_dirty = held_dirty;
  into.appends_only = appends_only;
  into.base_size = base ? base->size : 0;
  into.edits = edits;
  into.held_edits = held_edits;
  into.stamp = &stamp;
  into.stream = std::move(stream);
  live = extents(into.list.size());
  bytes_dirty = held_dirty = false;
  appends_only = true;
}

void content::state::merge_back() {
  publication.reset();
  const auto failed = std::move(frozen);
  auto merged = live.over(failed->list);
  drop(without(failed->list.staged(), merged.staged()));
  live = std::move(merged);
  bytes_dirty = bytes_dirty || failed->bytes_dirty;
  held_dirty = held_dirty || failed->held_dirty;
  appends_only = appends_only && failed->appends_only;
  stream = std::move(failed->stream);
}

void content::state::adopt(const commit_run::outcome& done) {
  publication.reset();
  const auto published = std::move(frozen);
  const auto published_size = published->list.size();
  drop(published->list.staged());
  base = done.now;
  if (live.is_base(published_size)) {
    live = extents(done.now.size);
  } else if (!live.keeps(done.shifted_from)) {
    // It was edited on top of bytes that somebody else has replaced meanwhile, and has lost: there is no such version.
    base->size = published_size;
    base->current.tag = replaced_tag;
    base->version_id.clear();
  } else if (done.shift != 0) {
    // What was edited on top of an append moves with it.
    auto moved = extents(done.now.size);
    for (auto one : live.all()) {
      if (one.what == extent::kind::base) continue;
      one.at = *range::from_len(one.at.start() + static_cast<std::uint64_t>(done.shift), one.at.len());
      static_cast<void>(moved.place(one));
    }
    static_cast<void>(moved.resize(live.size() + static_cast<std::uint64_t>(done.shift)));
    live = std::move(moved);
  }
  if (!held_dirty) held = done.now.held;
  exists = true;
  ++bases;
}

task<result<void>> content::state::commit_generation() {
  if (!publication) {
    // Parts in flight say where they arrived before the generation is frozen.
    const auto sender = co_await streaming.lock();
    if (stream) co_await stream->to.join_sent();
    const std::scoped_lock lock(mutex);
    freeze();
    publication = std::make_unique<commit_run>(with, staged, key, base, *frozen);
  }
  // The upload's properties were those of its beginning.
  const bool is_late = frozen->stream && frozen->stream->held_edits != frozen->held_edits;
  auto outcome = co_await publication->run(preserved == frozen->edits);
  const std::scoped_lock lock(mutex);
  if (publication->has_preserved()) preserved = frozen->edits;
  if (!outcome) {
    // What may yet arrive stays as it is, under its own id, and is the first that the next commit tries.
    if (!publication->is_open()) merge_back();
    co_return unexpected(std::move(outcome).error());
  }
  if (outcome->is_elsewhere && !live.is_base(frozen->list.size())) {
    merge_back();
    co_return result<void>{};
  }
  stamped = frozen->held;
  if (is_late || outcome->leaves_properties) outcome->owes = stamped;
  adopt(*outcome);
  // What was changed meanwhile was changed on top of that.
  if (outcome->owes && !held_dirty) {
    held = std::move(*outcome->owes);
    held_dirty = true;
  }
  co_return result<void>{};
}

task<result<std::uint64_t>> content::state::keep(std::string path) {
  const auto changing = co_await order.lock();
  const auto publishing = co_await committing.lock();
  extents list;
  {
    const std::scoped_lock lock(mutex);
    list = frozen ? live.over(frozen->list) : live;
  }
  co_return co_await keep_edit(with, staged, {.key = key, .base = base, .list = list}, std::move(path));
}

task<void> content::state::discard() {
  const auto changing = co_await order.lock();
  const auto publishing = co_await committing.lock();
  std::unique_ptr<tail_stream> ended;
  {
    const auto sender = co_await streaming.lock();
    if (stream) co_await stream->to.join_sent();
    const std::scoped_lock lock(mutex);
    ended = std::move(frozen ? frozen->stream : stream);
    if (frozen) drop(frozen->list.staged());
    publication.reset();
    frozen.reset();
    drop(live.staged());
    live = extents(base ? base->size : 0);
    if (base) held = base->held;
    bytes_dirty = held_dirty = false;
    appends_only = true;
    ++edits;
  }
  if (ended) co_await ended->to.abort();
}

}  // namespace randomio::object
