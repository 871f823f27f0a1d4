// What is edited: contents that are open or dirty, and their publication.
#include <algorithm>
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/read_ahead.hpp>
#include <randomio/backends/object/second_try.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

namespace {

properties marker() {
  properties with;
  with.content.emplace("content-type", "application/x-directory");
  return with;
}

/// Whether an object that is there instead of nothing is what was put: its times, to the nanosecond, tell.
bool is_ours(const description& there, const properties& with, std::size_t size) {
  return there.size == size && there.held.metadata == with.metadata && metadata::read(with.metadata).ctime.has_value();
}

/// Some services drop the metadata of markers, so that another machine's looks like ours; nothing of either is lost.
bool is_any_marker(const description& there, const properties& with) {
  return there.size == 0 && there.held.metadata.empty() && with.content == marker().content;
}

}  // namespace

std::shared_ptr<content> volume::content_for(node& n, editing& with, std::string key, std::optional<description> base,
                                             properties held) {
  auto bytes = std::make_shared<content>(with, std::move(key), std::move(base), std::move(held));
  // The node owns the content, and whoever uses the content holds the node.
  bytes->stamp_with([this, &n](properties& p) {
    metadata::posix said;
    {
      const std::scoped_lock lock(n.mutex);
      said = n.known.said;
    }
    write_said(said, p.metadata);
  });
  return bytes;
}

properties volume::marker_properties() const {
  auto with = marker();
  if (how_.marks_types) metadata::mark_type(file_type::directory, with.metadata);
  return with;
}

void volume::write_said(const metadata::posix& said, properties::texts& to) const {
  metadata::write(said, how_.dialect, to);
  if (how_.marks_types && said.type) metadata::mark_type(*said.type, to);
}

volume::birth volume::birth_in(const node& directory, file_type type, const creation& made, std::uint64_t device) {
  constexpr std::uint32_t set_group_id = 02000;
  const auto above = describe(directory);
  const auto owner = made.owner.value_or(how_.owner);
  birth as;
  const bool inherits = (above.mode & set_group_id) != 0;
  const bool is_directory = type == file_type::directory;
  as.said.type = type;
  as.said.mode = (made.mode & 07777) | (inherits && is_directory ? set_group_id : 0);
  as.said.uid = owner.uid;
  as.said.gid = inherits ? above.gid : owner.gid;
  if (device != 0) as.said.device = device;
  as.said.atime = as.said.mtime = as.said.ctime = now();
  if (type == file_type::directory) as.with = marker_properties();
  return as;
}

std::shared_ptr<node> volume::make_pending(const std::string& key, const birth& as) {
  cache_.invalidate(key);  // Before anybody finds the node and asks whether it is there.
  auto [n, is_new] = table_->get(key, file_type::regular);
  auto bytes = content_for(*n, editing_, key, std::nullopt, as.with);
  {
    const std::scoped_lock lock(n->mutex);
    if (n->is_pending || n->known.object) return n;  // Somebody else was faster.
    n->known = {.said = as.said, .object = {}, .object_key = key, .whole = true};
    n->changed = n->checked = n->searched = std::chrono::steady_clock::now();
    n->is_pending = true;
    n->open = std::make_shared<edition>(std::move(bytes));
  }
  unpublished(n);
  entries_changed(parent_of(key));
  return n;
}

task<result<version>> volume::put_new(std::string key, properties with, std::string body) {
  auto ready = co_await prepare();
  if (!ready) co_return unexpected(std::move(ready).error());
  const auto bytes = std::as_bytes(std::span(body));
  bool may_be_there = false;
  for (unsigned attempt = 1;; ++attempt) {
    auto put = co_await store_->put(key, pieces(&bytes, 1), with, precondition::absent());
    if (put) co_return std::move(put->current);
    const bool is_unanswered = put.error() == errc::outcome_unknown;
    may_be_there = may_be_there || is_unanswered;
    if (!is_unanswered && put.error() != errc::busy && put.error() != errc::already_exists) {
      co_return unexpected(std::move(put).error());
    }
    if (put.error() != errc::busy) {
      // The reply may be about an earlier attempt of this very request.
      auto head = co_await store_->head(key);
      const bool is_there = head && (is_ours(*head, with, body.size()) || (may_be_there && is_any_marker(*head, with)));
      if (is_there) co_return std::move(head->current);
      if (head || head.error() != errc::not_found) co_return unexpected(std::move(put).error());
    }
    if (put.error() == errc::already_exists || attempt == unanswered_max) co_return unexpected(std::move(put).error());
    co_await pause_before(attempt);
  }
}

task<result<std::shared_ptr<node>>> volume::make_published(std::string key, file_type type, birth as,
                                                           std::string body) {
  const bool is_directory = type == file_type::directory;
  const auto object_key = is_directory ? marker_of(key) : key;
  auto with = as.with;
  write_said(as.said, with.metadata);
  if (metadata::size_of(with.metadata) > allows().metadata_bytes_max) co_return fail(errc::no_space);
  auto put = co_await put_new(object_key, with, body);
  if (!put) co_return unexpected(std::move(put).error());
  cache_.invalidate(key);  // As above.
  auto [n, is_new] = table_->get(key, type);
  {
    const std::scoped_lock lock(n->mutex);
    n->known = {.said = as.said,
                .object = description{.size = body.size(),
                                      .current = std::move(*put),
                                      .version_id = {},
                                      .modified = now(),
                                      .tags = 0,
                                      .held = std::move(with)},
                .object_key = object_key,
                .whole = true};
    n->changed = n->checked = n->searched = std::chrono::steady_clock::now();
    if (type == file_type::symlink) n->target = std::move(body);
  }
  entries_changed(parent_of(key));
  co_return std::move(n);
}

task<result<std::shared_ptr<edition>>> volume::edition_of(node& n, stop_token stop) {
  bool is_listed = false;
  {
    const std::scoped_lock lock(n.mutex);
    if (n.open) co_return n.open;
    is_listed = n.known.listed;
  }
  // Only what a listing showed is not enough: all properties are published again.
  const auto age_max = is_listed ? std::chrono::nanoseconds(0) : std::chrono::nanoseconds::max();
  auto fresh = co_await refresh(n, age_max, stop);
  if (!fresh) co_return unexpected(std::move(fresh).error());
  std::optional<description> base;
  {
    const std::scoped_lock lock(n.mutex);
    base = n.known.object;
  }
  if (!base) co_return fail(errc::not_found, operation::open);
  auto held = base->held;
  auto opened = std::make_shared<edition>(content_for(n, editing_, n.key(), std::move(base), std::move(held)));
  const std::scoped_lock lock(n.mutex);
  if (!n.open) n.open = std::move(opened);
  co_return n.open;
}

/// A stream's object has the times of its beginning. They count from its publication on, lest they change by themselves
/// when the mount asks the store again; unless somebody changed them since.
void volume::adopt_times(const properties& stamped, const properties& published, metadata::posix& said) {
  const auto meant = metadata::read(stamped.metadata), there = metadata::read(published.metadata);
  if (there.mtime && said.mtime == meant.mtime) said.mtime = there.mtime;
  if (there.ctime && said.ctime == meant.ctime) said.ctime = there.ctime;
}

void volume::note_published(node& n, const std::shared_ptr<content>& bytes) {
  auto base = bytes->base();
  const auto stamped = bytes->stamped();
  const bool clean = !bytes->dirty();
  bool is_current = false;
  {
    const std::scoped_lock lock(n.mutex);
    is_current = n.open && n.open->bytes == bytes;
    if (is_current && base) {
      if (base->modified == timestamp{}) base->modified = now();
      adopt_times(stamped, base->held, n.known.said);
      n.known.object = std::move(base);
      n.known.whole = true;
      n.checked = n.changed = std::chrono::steady_clock::now();
      n.is_pending = false;
      n.last_error.clear();
    }
  }
  cache_.invalidate(n.key());
  if (clean && is_current) forget_unpublished(n);
}

task<result<void>> volume::publish(std::shared_ptr<node> n, std::shared_ptr<content> bytes) {
  const auto is_leaving = [](const content& one) { return one.is_withdrawn() || is_hidden(one.key()); };
  for (;;) {
    if (n->removed() || !bytes->dirty()) break;
    if (!is_leaving(*bytes)) {
      auto ready = co_await prepare();
      if (!ready) co_return ready;
      auto done = co_await bytes->commit();
      if (done) {
        note_published(*n, bytes);
        break;
      }
      if (!bytes->is_withdrawn()) {
        {
          const std::scoped_lock lock(n->mutex);
          n->last_error = done.error().describe();
        }
        const bool is_lost = done.error() == errc::precondition_failed || done.error() == errc::already_exists;
        if (is_lost) co_await lost(n, bytes);
        co_return unexpected(std::move(done).error());
      }
    }
    // Its name is about to go, unless that fails.
    static_cast<void>(co_await n->gate.lock());
    bytes = n->bytes();
    if (!bytes || is_leaving(*bytes)) break;
  }
  co_return result<void>{};
}

void volume::touched(node& n, bool is_content) {
  const auto when = now();
  const std::scoped_lock lock(n.mutex);
  if (is_content) n.known.said.mtime = when;
  n.known.said.ctime = when;
  n.changed = std::chrono::steady_clock::now();
}

task<result<properties>> volume::held_by(node& n, stop_token stop) {
  if (const auto bytes = n.bytes()) co_return bytes->held();
  auto fresh = co_await refresh(n, how_.attr_ttl, stop);
  if (!fresh) co_return unexpected(std::move(fresh).error());
  const std::scoped_lock lock(n.mutex);
  co_return n.known.object ? n.known.object->held : properties{};
}

volume::departure volume::let_go(node& n, edition& open, bool writes) {
  const std::scoped_lock lock(n.mutex);
  departure out;
  out.bytes = open.bytes;
  --n.handles;
  n.writers -= writes ? 1 : 0;
  out.is_last = --open.handles == 0;
  if (!out.is_last) return out;
  if (n.open.get() != &open) {
    out.is_ended = true;
  } else if (n.is_removed) {
    out.is_ended = true;
    n.open.reset();  // Nobody can open it again.
  }
  return out;
}

void volume::drop_unused(node& n) {
  std::shared_ptr<edition> unused;  // Ends when the lock is free again.
  const std::scoped_lock lock(n.mutex);
  if (n.open && n.open->handles == 0) unused = std::move(n.open);
}

task<void> volume::close(std::shared_ptr<node> n, std::shared_ptr<edition> open, bool writes) {
  auto [bytes, is_last, is_ended] = let_go(*n, *open, writes);
  if (is_ended) co_return co_await bury(std::move(bytes));
  if (!is_last) co_return;
  if (is_hidden(bytes->key())) co_return;  // Whoever takes its name away is not done.
  if (bytes->dirty()) {
    unpublished(n);
    co_return;
  }
  drop_unused(*n);
}

void volume::abandon(std::shared_ptr<node> n, std::shared_ptr<edition> open, bool writes,
                     std::shared_ptr<read_ahead> reads) noexcept {
  if (reads) {
    const std::scoped_lock lock(mutex_);
    ended_.push_back(std::move(reads));
  }
  auto [bytes, is_last, is_ended] = let_go(*n, *open, writes);
  if (is_ended) {
    const std::scoped_lock lock(mutex_);
    graves_.push_back(std::move(bytes));
    return;
  }
  if (!is_last) return;
  if (is_hidden(bytes->key())) return;  // As above.
  if (bytes->dirty()) {
    notice(n->key() + ": not closed, so not published yet; a sync or the next close publishes it");
    unpublished(n);
    return;
  }
  drop_unused(*n);
}

task<void> volume::lost(std::shared_ptr<node> n, std::shared_ptr<content> bytes) {
  std::shared_ptr<edition> open;
  bool is_ended = false;
  {
    const std::scoped_lock lock(n->mutex);
    if (!n->open || n->open->bytes != bytes) co_return;  // It is known already.
    open = std::move(n->open);
    is_ended = open->handles == 0;
    n->is_pending = false;
    n->known.whole = n->known.object.has_value();
    n->checked = n->changed = n->answered = {};
  }
  forget_unpublished(*n);
  cache_.invalidate(n->key());
  if (is_ended) co_await bytes->discard();
}

task<void> volume::settle() {
  std::vector<std::shared_ptr<content>> graves;
  std::vector<std::shared_ptr<read_ahead>> ended;
  {
    const std::scoped_lock lock(mutex_);
    ended.swap(ended_);
    graves.swap(graves_);
  }
  for (auto& one : ended) co_await one->close();
  for (auto& one : graves) co_await bury(std::move(one));
  for (auto& one : no_longer_retired()) co_await bury(std::move(one));
}

task<result<void>> volume::publish_all() {
  std::vector<std::shared_ptr<node>> all;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [identity, n] : unpublished_) {
      const std::scoped_lock held(n->mutex);
      if (n->handles == 0) all.push_back(n);
    }
  }
  result<void> outcome;
  for (auto& n : all) {
    auto bytes = n->bytes();
    if (!bytes) continue;
    auto done = co_await publish(n, bytes);
    if (!done && outcome) outcome = unexpected(std::move(done).error());
  }
  co_return outcome;
}

}  // namespace randomio::object
