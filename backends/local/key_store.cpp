#include "key_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include <randomio/core/io/path.hpp>

#include "attribute_edit.hpp"
#include "descriptor_io.hpp"
#include "local_error.hpp"
#include "target.hpp"

namespace randomio::local {

namespace {

constexpr std::string_view reserved_prefix = ".randomio.";
constexpr char lock_name[] = ".randomio.lock";
constexpr char temporary_name[] = ".randomio.put";
constexpr int read_attempts_max = 8;

std::string text_of(timestamp t) {
  return std::to_string(t.seconds) + "." + std::to_string(t.nanoseconds);
}

version version_of(const file_status& status) {
  return {std::to_string(status.id().ino) + "-" + text_of(status.mtime()) + "-" + text_of(status.ctime()) + "-" +
          std::to_string(status.size())};
}

timestamp after(timestamp t) noexcept {
  if (++t.nanoseconds == 1'000'000'000) t = {t.seconds + 1, 0};
  return t;
}

timestamp clock_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return {now.tv_sec, static_cast<std::uint32_t>(now.tv_nsec)};
}

result<void> set_mtime(int fd, timestamp t, operation op) noexcept {
  const timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(t.seconds), static_cast<long>(t.nanoseconds)}};
  if (::futimens(fd, times) != 0) return fail_errno(op);
  return {};
}

/// What is at a name now: its status, or nothing.
result<std::optional<file_status>> current_of(const place& where, operation op) {
  auto status = file_status::of(where.directory(), where.name(), op);
  if (!status && status.error() == errc::not_found) return std::nullopt;
  if (!status) return unexpected(std::move(status).error());
  if (status->type() == file_type::directory) return fail_with(EISDIR, op);
  return *status;
}

result<void> check(const precondition& when, const std::optional<file_status>& now, operation op) {
  switch (when.what()) {
    case precondition::kind::none: return {};
    case precondition::kind::absent:
      if (now) return fail(errc::already_exists, op);
      return {};
    case precondition::kind::matches:
      if (!now || version_of(*now) != when.expected()) return fail(errc::precondition_failed, op);
      return {};
  }
  return {};
}

result<void> check_key(std::string_view key, operation op) {
  const auto parsed = path::parse(key);
  if (!parsed || parsed->str() != key || key.empty() || parsed->filename().starts_with(reserved_prefix)) {
    return unexpected(error(errc::invalid, op).with_key(key).with_message("not a key"));
  }
  return {};
}

result<void> sync_directory(const place& where, operation op) {
  const descriptor directory(::openat(where.directory(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return fail_errno(op);
  return sync_descriptor(directory.get(), false);
}

}  // namespace

/// The lock on a store, held until the end of this object.
class key_store::turn {
 public:
  static result<turn> take(int root, operation op) {
    for (;;) {
      turn mine;
      mine.lock_ = descriptor(::openat(root, lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
      if (!mine.lock_) return fail_errno(op);
      while (::flock(mine.lock_.get(), LOCK_EX) != 0) {
        if (errno != EINTR) return fail_errno(op);
      }
      // Somebody may have removed the file meanwhile: a lock on it would not meet the others.
      const auto held = file_status::of(mine.lock_.get(), op);
      const auto named = file_status::of(root, lock_name, op);
      if (held && named && held->id() == named->id()) return mine;
    }
  }

  /// A time later than any given before. Filesystems that keep whole seconds get the next one.
  result<timestamp> next_time(operation op) {
    const auto before = file_status::of(lock_.get(), op);
    if (!before) return unexpected(before.error());
    const auto last = before->mtime();
    for (auto next : {std::max(clock_now(), after(last)), timestamp{last.seconds + 2, 0}}) {
      if (auto set = set_mtime(lock_.get(), next, op); !set) return unexpected(std::move(set).error());
      const auto kept = file_status::of(lock_.get(), op);
      if (kept && kept->mtime() > last) return kept->mtime();
    }
    return fail(errc::unsupported, op);
  }

 private:
  descriptor lock_;
};

result<versioned_content> key_store::get(std::string_view key) {
  if (auto valid = check_key(key, operation::get); !valid) return unexpected(std::move(valid).error());
  for (int attempt = 0; attempt < read_attempts_max; ++attempt) {
    auto opened = files_.open_at(*files_.root(), key, {});
    if (!opened) return unexpected(std::move(opened).error());
    const auto before = file_status::of(opened->fd(), operation::get);
    if (!before) return unexpected(before.error());
    versioned_content value;
    value.content.resize(before->size());
    const auto read = read_fully(opened->fd(), 0, value.content);
    if (!read) return unexpected(read.error());
    const auto now = file_status::of(opened->fd(), operation::get);
    if (!now) return unexpected(now.error());
    value.current = version_of(*now);
    // A put replaces the file, and ends the life of this one without touching its bytes, but for the time of
    // the change: then the new value is as good.
    if (*read == value.content.size() && value.current == version_of(*before)) return value;
  }
  return fail(errc::busy, operation::get);
}

result<void> key_store::make_directories(std::string_view key) {
  for (auto slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/', slash + 1)) {
    const auto made = files_.create_dir(*files_.root(), key.substr(0, slash), {0777, {}});
    if (!made && made.error() == errc::already_exists) continue;
    if (!made) return unexpected(made.error());
    const auto above = place::find(files_, *files_.root(), key.substr(0, slash), operation::put);
    if (!above) return unexpected(above.error());
    if (auto synced = sync_directory(*above, operation::put); !synced) return synced;
  }
  return {};
}

result<version> key_store::put(std::string_view key, std::span<const std::byte> content, const precondition& when) {
  constexpr auto op = operation::put;
  if (auto valid = check_key(key, op); !valid) return unexpected(std::move(valid).error());
  auto holding = turn::take(files_.root()->fd(), op);
  if (!holding) return unexpected(std::move(holding).error());
  return replace(*holding, key, content, when);
}

result<version> key_store::replace(turn& holding, std::string_view key, std::span<const std::byte> content,
                                   const precondition& when) {
  constexpr auto op = operation::put;
  // Only a put that is going to take place makes directories.
  auto where = place::find(files_, *files_.root(), key, op);
  if (!where && where.error() == errc::not_found) {
    if (auto met = check(when, std::nullopt, op); !met) return unexpected(std::move(met).error());
    if (auto made = make_directories(key); !made) return unexpected(std::move(made).error());
    where = place::find(files_, *files_.root(), key, op);
  }
  if (!where) return unexpected(where.error());
  const auto now = current_of(*where, op);
  if (!now) return unexpected(now.error());
  if (auto met = check(when, *now, op); !met) return unexpected(std::move(met).error());
  const auto time = holding.next_time(op);
  if (!time) return unexpected(time.error());

  ::unlinkat(where->directory(), temporary_name, 0);  // Of a put that died.
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const descriptor fd(::openat(where->directory(), temporary_name, flags, *now ? 0600 : 0666));
  if (!fd) return fail_errno(op);
  result<void> done = write_fully(fd.get(), 0, content);
  if (done && *now) {
    (void)change_owner(fd.get(), (*now)->uid(), owner_unchanged, op);  // Only root may; others stay who they are.
    done = change_mode(fd.get(), descriptor_kind::open, (*now)->permissions(), op);
  }
  if (done) done = set_mtime(fd.get(), *time, op);
  if (done) done = sync_descriptor(fd.get(), false);
  if (done && ::renameat(where->directory(), temporary_name, where->directory(), where->name()) != 0) {
    done = fail_errno(op);
  }
  if (!done) {
    ::unlinkat(where->directory(), temporary_name, 0);
    return unexpected(std::move(done).error());
  }
  if (auto synced = sync_directory(*where, op); !synced) return unexpected(std::move(synced).error());
  const auto status = file_status::of(fd.get(), op);
  if (!status) return unexpected(status.error());
  return version_of(*status);
}

result<void> key_store::remove_if(std::string_view key, const precondition& when) {
  constexpr auto op = operation::remove;
  if (auto valid = check_key(key, op); !valid) return valid;
  const auto holding = turn::take(files_.root()->fd(), op);
  if (!holding) return unexpected(holding.error());
  const auto where = place::find(files_, *files_.root(), key, op);
  std::optional<file_status> now;
  if (where) {
    auto found = current_of(*where, op);
    if (!found) return unexpected(std::move(found).error());
    now = *found;
  } else if (where.error() != errc::not_found) {
    return unexpected(where.error());
  }
  if (auto met = check(when, now, op); !met) return met;
  if (!now) return fail_with(ENOENT, op);
  if (::unlinkat(where->directory(), where->name(), 0) != 0) return fail_errno(op);
  return sync_directory(*where, op);
}

}  // namespace randomio::local
