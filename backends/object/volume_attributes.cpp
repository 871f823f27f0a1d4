// Modes, owners, times and sizes.
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

namespace {

constexpr std::uint32_t set_user_id = 04000, set_group_id = 02000, group_execute = 010;

bool changes_more_than_size(const attribute_change& what) {
  return what.mode || what.uid || what.gid || what.atime || what.mtime || what.atime_now || what.mtime_now ||
         what.drop_privileges;
}

bool changes_atime_only(const attribute_change& what) {
  return (what.atime || what.atime_now) && !what.mode && !what.uid && !what.gid && !what.size && !what.mtime &&
         !what.mtime_now && !what.drop_privileges;
}

/// What is said becomes what was asked for; what nobody ever said comes from what is shown.
void apply_change(const attribute_change& what, const attributes& shown, timestamp now, metadata::posix& said) {
  if (what.mode) said.mode = *what.mode & 07777;
  if (what.drop_privileges) {
    auto mode = said.mode.value_or(shown.mode) & ~set_user_id;
    if ((mode & group_execute) != 0) mode &= ~set_group_id;
    if (mode != said.mode.value_or(shown.mode)) said.mode = mode;
  }
  if (what.uid) said.uid = *what.uid;
  if (what.gid) said.gid = *what.gid;
  if (what.size) said.mtime = now;
  if (what.mtime_now) said.mtime = now;
  if (what.mtime) said.mtime = *what.mtime;
  if (what.atime_now) said.atime = now;
  if (what.atime) said.atime = *what.atime;
  if (!said.atime) said.atime = shown.atime;
  said.ctime = now;
}

}  // namespace

task<result<attributes>> volume::set_attributes(std::shared_ptr<node> n, attribute_change what) {
  const auto alone = co_await n->gate.lock();
  if (what.size && n->is_directory()) co_return fail(errc::is_directory, operation::set_attributes);
  if (what.size && n->type != file_type::regular) co_return fail(errc::invalid, operation::set_attributes);
  auto fresh = co_await refresh(*n, how_.attr_ttl);
  if (!fresh) co_return unexpected(std::move(fresh).error());
  const auto shown = describe(*n);
  if (how_.dialect == metadata::dialect::none) {
    const bool differs = (what.mode && *what.mode != shown.mode) || (what.uid && *what.uid != shown.uid) ||
                         (what.gid && *what.gid != shown.gid);
    if (differs) co_return fail(errc::not_permitted, operation::set_attributes);
  }
  if (n->is_directory() && (what.mtime || what.mtime_now)) {
    const auto key = n->key();
    const std::scoped_lock lock(mutex_);
    entries_changed_.erase(key);
  }
  const auto when = now();
  if (changes_atime_only(what)) {  // Not worth a request: kept for as long as the file is.
    const std::scoped_lock lock(n->mutex);
    n->known.said.atime = what.atime.value_or(when);
    n->known.said.ctime = when;
    n->changed = std::chrono::steady_clock::now();
  } else if (what.size) {
    auto ready = co_await prepare();
    if (!ready) co_return unexpected(std::move(ready).error());
    auto open = co_await edition_of(*n);
    if (!open) co_return unexpected(std::move(open).error());
    const auto bytes = n->bytes();
    n->edits.fetch_add(1, std::memory_order_acq_rel);
    auto resized = co_await bytes->resize(*what.size);
    n->edits.fetch_add(1, std::memory_order_acq_rel);
    if (!resized) co_return unexpected(std::move(resized).error());
    bool is_idle = false;
    {
      const std::scoped_lock lock(n->mutex);
      n->known.said.type = n->type;
      apply_change(what, shown, when, n->known.said);
      n->changed = std::chrono::steady_clock::now();
      is_idle = n->handles == 0;
    }
    if (is_idle) {
      auto done = co_await publish(n, bytes);
      if (!done) {
        co_await bytes->discard();
        co_return unexpected(std::move(done).error());
      }
      std::shared_ptr<edition> unused;
      const std::scoped_lock lock(n->mutex);
      if (n->handles == 0 && n->open && n->open->bytes == bytes) unused = std::move(n->open);
    }
  } else if (changes_more_than_size(what)) {
    const bool is_local = how_.dialect == metadata::dialect::none;
    if (is_local) {
      const std::scoped_lock lock(n->mutex);
      apply_change(what, shown, when, n->known.said);
    } else {
      auto changed = co_await change(n, [&](metadata::posix& said, properties&) -> result<void> {
        apply_change(what, shown, when, said);
        return {};
      });
      if (!changed) co_return unexpected(std::move(changed).error());
    }
  }
  co_return describe(*n);
}

}  // namespace randomio::object
