#include <algorithm>
#include <utility>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/commit_run.hpp>
#include <randomio/backends/object/content_state.hpp>
#include <randomio/backends/object/kept_edit.hpp>

// Generations of a content: how one is frozen, and what becomes of it.

namespace randomio::object {

namespace {

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
    {
      const std::scoped_lock lock(mutex);
      if (!dirty()) co_return result<void>{};
      if (is_withdrawn) co_return fail(errc::busy, operation::sync);
    }
    const auto edited = held_edits;
    auto done = co_await commit_generation();
    if (!done) co_return done;
    // Properties that changed after parts began to leave are not in their upload: they follow at once.
    const std::scoped_lock lock(mutex);
    if (!held_dirty || bytes_dirty || held_edits != edited) co_return done;
  }
}

void content::state::freeze(generation& into) {
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
  frozen = &into;
  if (commit_id.empty()) commit_id = fresh_commit_id();
}

void content::state::merge_back(generation& failed) {
  auto merged = live.over(failed.list);
  drop(without(failed.list.staged(), merged.staged()));
  live = std::move(merged);
  bytes_dirty = bytes_dirty || failed.bytes_dirty;
  held_dirty = held_dirty || failed.held_dirty;
  appends_only = appends_only && failed.appends_only;
  stream = std::move(failed.stream);
  frozen = nullptr;
}

void content::state::adopt(generation& done, const description& now, std::uint64_t shifted_from, std::int64_t shift) {
  drop(done.list.staged());
  if (live.is_base(done.list.size())) {
    live = extents(now.size);
  } else if (shift != 0) {
    // What was edited on top of an append moves with it; what was edited before it stays.
    auto moved = extents(now.size);
    const auto size = live.size();
    for (auto one : live.all()) {
      if (one.what == extent::kind::base) continue;
      if (one.at.start() >= shifted_from) {
        one.at = *range::from_len(one.at.start() + static_cast<std::uint64_t>(shift), one.at.len());
      }
      static_cast<void>(moved.place(one));
    }
    if (size < done.list.size()) static_cast<void>(moved.resize(size));
    live = std::move(moved);
  }
  if (!held_dirty) held = now.held;
  base = now;
  exists = true;
  ++bases;
  commit_id.clear();
  unclear.reset();
  frozen = nullptr;
}

task<result<void>> content::state::commit_generation() {
  generation now;
  std::string name;
  std::string id;
  std::optional<description> under;
  std::optional<ambiguity> left_open;
  bool is_preserved = false;
  {
    // Parts in flight say where they arrived before the generation is frozen.
    const auto sender = co_await streaming.lock();
    if (stream) co_await stream->to.join_sent();
    const std::scoped_lock lock(mutex);
    freeze(now);
    name = key;
    id = commit_id;
    under = base;
    left_open = unclear;
    is_preserved = preserved == now.edits;
  }
  // The upload's properties were those of its beginning.
  const bool is_late = now.stream && now.stream->held_edits != now.held_edits;
  commit_run run(with, staged, name, under, id, now);
  auto outcome = co_await run.run(left_open, is_preserved);
  const std::scoped_lock lock(mutex);
  if (run.has_preserved()) preserved = now.edits;
  if (!outcome) {
    if (run.is_ambiguous()) {
      commit_id = run.id();
      unclear = ambiguity{.edits = now.edits, .size = now.list.size(), .appends = run.appends()};
    }
    merge_back(now);
    co_return unexpected(std::move(outcome).error());
  }
  if (outcome->is_elsewhere && !live.is_base(now.list.size())) {
    merge_back(now);
    co_return result<void>{};
  }
  stamped = now.held;
  adopt(now, outcome->now, outcome->shifted_from, outcome->shift);
  if (is_late || outcome->leaves_properties) {
    held = now.held;
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
    list = live;
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
    ended = std::move(stream);
    drop(live.staged());
    live = extents(base ? base->size : 0);
    if (base) held = base->held;
    bytes_dirty = held_dirty = false;
    appends_only = true;
    ++edits;
    commit_id.clear();
    unclear.reset();
  }
  if (ended) co_await ended->to.abort();
}

}  // namespace randomio::object
