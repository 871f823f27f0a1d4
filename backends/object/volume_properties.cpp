// What an object holds beside its bytes: changed and published alone, or with the bytes that wait.
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

namespace {

constexpr int attempts_max = 4;  // Of a change that meets others.

bool is_conflict(const error& problem) {
  return problem == errc::precondition_failed || problem == errc::already_exists || problem == errc::not_found;
}

}  // namespace

/// A directory's properties are its marker's, which is written when there is none.
task<result<void>> volume::change_marker(std::shared_ptr<node> n, const property_change& edit) {
  for (int attempt = 1;; ++attempt) {
    facts known;
    {
      const std::scoped_lock lock(n->mutex);
      known = n->known;
    }
    if (known.listed) {  // The other properties are published again too.
      auto all = co_await refresh(*n, std::chrono::nanoseconds(0));
      if (!all) co_return all;
      const std::scoped_lock lock(n->mutex);
      known = n->known;
    }
    auto with = known.object ? known.object->held : marker_properties();
    known.said.type = file_type::directory;
    if (auto changed = edit(known.said, with); !changed) co_return changed;
    if (!n->is_root()) {
      write_said(known.said, with.metadata);
      if (metadata::size_of(with.metadata) > allows().metadata_bytes_max) co_return fail(errc::no_space);
      result<version> put = fail(errc::not_found);
      if (known.object) {
        content marker(strict_, known.object_key, known.object, known.object->held);
        marker.edit([&](properties& p) { p = with; });
        auto done = co_await marker.commit();
        if (done) {
          known.object = marker.base();
          put = known.object->current;
        } else {
          co_await marker.discard();
          put = unexpected(std::move(done).error());
        }
      } else {
        known.object_key = marker_of(n->key());
        put = co_await put_new(known.object_key, with, {});
        if (put) {
          known.object =
              description{.size = 0, .current = *put, .version_id = {}, .modified = now(), .tags = 0, .held = with};
        }
      }
      if (!put) {
        if (attempt == attempts_max || !is_conflict(put.error())) co_return unexpected(std::move(put).error());
        auto fresh = co_await refresh(*n, std::chrono::nanoseconds(0));
        if (!fresh) co_return fresh;
        continue;
      }
    }
    known.whole = true;
    cache_.invalidate(n->key());
    const std::scoped_lock lock(n->mutex);
    n->known = std::move(known);
    n->changed = n->checked = std::chrono::steady_clock::now();
    co_return result<void>{};
  }
}

task<result<void>> volume::change(std::shared_ptr<node> n, const property_change& edit) {
  auto ready = co_await prepare();
  if (!ready) co_return ready;
  if (n->is_directory()) co_return co_await change_marker(n, edit);
  for (int attempt = 1;; ++attempt) {
    auto open = co_await edition_of(*n);
    if (!open) co_return unexpected(std::move(open).error());
    const auto bytes = n->bytes();
    auto with = bytes->held();
    metadata::posix said, before;
    {
      const std::scoped_lock lock(n->mutex);
      said = before = n->known.said;
    }
    said.type = n->type;
    if (auto changed = edit(said, with); !changed) co_return changed;
    write_said(said, with.metadata);
    if (metadata::size_of(with.metadata) > allows().metadata_bytes_max) co_return fail(errc::no_space);
    bool is_kept_here = false;
    {
      const std::scoped_lock lock(n->mutex);
      n->known.said = said;
      n->changed = std::chrono::steady_clock::now();
      is_kept_here = n->is_pending || n->is_removed;
    }
    const bool waits = is_kept_here || bytes->bytes_dirty();
    bytes->edit([&](properties& p) { p = with; });
    if (waits) co_return result<void>{};
    auto done = co_await publish(n, bytes);
    if (!done) {
      if (!bytes->bytes_dirty()) co_await bytes->discard();
      const std::scoped_lock lock(n->mutex);
      n->known.said = before;
    }
    const bool is_dirty = bytes->dirty();
    std::shared_ptr<edition> unused;
    {
      const std::scoped_lock lock(n->mutex);
      if (n->handles == 0 && !is_dirty) unused = std::move(n->open);
      if (!done) n->changed = {};
    }
    if (done || attempt == attempts_max || !is_conflict(done.error())) co_return done;
    unused.reset();
    auto fresh = co_await refresh(*n, std::chrono::nanoseconds(0));  // Somebody replaced it: it changes all the same.
    if (!fresh) co_return fresh;
  }
}

}  // namespace randomio::object
