#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "attribute_edit.hpp"
#include "descriptor_link.hpp"
#include "local_error.hpp"
#include "target.hpp"
#include "tree.hpp"

namespace randomio::local {

namespace {

/// True when what was just made is still what its name leads to: made by us, and closed to everyone else.
bool is_ours(const file_status& fresh, file_type expected) noexcept {
  return fresh.type() == expected && fresh.uid() == ::geteuid() &&
         (expected == file_type::symlink || (fresh.permissions() & 0777U) == 0);
}

std::uint32_t format_of(file_type type) noexcept {
  switch (type) {
    case file_type::fifo: return S_IFIFO;
    case file_type::socket: return S_IFSOCK;
    case file_type::char_device: return S_IFCHR;
    case file_type::block_device: return S_IFBLK;
    default: return 0;
  }
}

result<bool> has_setgid(int directory, operation op) noexcept {
  const auto status = file_status::of(directory, op);
  if (!status) return unexpected(status.error());
  return (status->permissions() & S_ISGID) != 0;
}

}  // namespace

/// What is made for somebody else starts with no permissions at all, gets its owner, then its mode: at no
/// moment can it be opened by more than the final owner and mode allow.
result<void> tree::give_mode_and_owner(int fd, descriptor_kind kind, const file_status& fresh, bool setgid_parent,
                                       const creation& made, operation op) {
  const bool is_directory = fresh.type() == file_type::directory;
  if (gives_away(made)) {
    const auto gid = setgid_parent ? owner_unchanged : made.owner->gid;
    if (auto given = change_owner(fd, made.owner->uid, gid, op); !given) return given;
  }
  if (fresh.type() == file_type::symlink) return {};
  const std::uint32_t inherited = is_directory && setgid_parent ? std::uint32_t{S_ISGID} : 0U;
  const std::uint32_t wanted = (made.mode & 07777U) | inherited;
  if (!gives_away(made) && fresh.permissions() == wanted) return {};
  return change_mode(fd, kind, wanted, op);
}

result<descriptor> tree::create_file(const place& where, int flags, const creation& made, operation op) {
  const mode_t initial = gives_away(made) ? 0 : made.mode & 07777U;
  descriptor fd;
  while (!fd) {
    fd = descriptor(::openat(where.directory(), where.name(), flags | O_CREAT | O_EXCL | O_NOFOLLOW, initial));
    if (!fd && errno != EINTR) return fail_errno(op);
  }
  const auto fresh = file_status::of(fd.get(), op);
  if (!fresh) return unexpected(fresh.error());
  bool setgid_parent = false;
  if (gives_away(made)) {
    const auto parent = has_setgid(where.directory(), op);
    if (!parent) return unexpected(parent.error());
    setgid_parent = *parent;
  }
  auto given = give_mode_and_owner(fd.get(), descriptor_kind::open, *fresh, setgid_parent, made, op);
  if (!given) {
    ::unlinkat(where.directory(), where.name(), 0);
    return unexpected(std::move(given).error());
  }
  return fd;
}

/// Makes a file that has no name yet, or with `exclusive` never gets one. Source: open(2), O_TMPFILE.
result<descriptor> tree::create_nameless(node& at, std::string_view path, const open_options& how) {
  constexpr auto op = operation::open;
  const creation& made = how.made_with();
  if (!how.writes()) return fail_with(EINVAL, op);
  const path_text text(path.empty() ? std::string_view(".") : path);
  if (!text) return text.failure(op);
  const auto directory = open_beneath(at, text.c_str(), O_PATH | O_DIRECTORY, 0, op);
  if (!directory) return unexpected(directory.error());
  const int flags = open_flags(how) | O_TMPFILE | (how.is_exclusive() ? O_EXCL : 0);
  const mode_t initial = gives_away(made) ? 0 : made.mode & 07777U;
  descriptor fd(::openat(directory->get(), ".", flags & ~O_TRUNC, initial));
  if (!fd) return fail_errno(op);
  const auto fresh = file_status::of(fd.get(), op);
  if (!fresh) return unexpected(fresh.error());
  const auto setgid_parent = has_setgid(directory->get(), op);
  if (!setgid_parent) return unexpected(setgid_parent.error());
  auto given = give_mode_and_owner(fd.get(), descriptor_kind::open, *fresh, *setgid_parent, made, op);
  if (!given) return unexpected(std::move(given).error());
  return fd;
}

/// Makes the file that a dangling symbolic link names, as open(2) does without O_EXCL.
result<descriptor> tree::create_through_link(node& at, const char* path, int flags, const creation& made) {
  constexpr auto op = operation::open;
  const auto initial = gives_away(made) ? 0 : made.mode & 07777U;
  auto fd = open_beneath(at, path, static_cast<std::uint64_t>(flags | O_CREAT), initial, op);
  if (!fd) return fd;
  const auto fresh = file_status::of(fd->get(), op);
  if (!fresh) return unexpected(fresh.error());
  // Somebody may have made the file first; only one that is surely ours changes hands.
  if (!gives_away(made) || !is_ours(*fresh, file_type::regular) || fresh->size() != 0) return fd;
  const bool group_inherited = fresh->describe(0).gid != ::getegid();
  auto given = give_mode_and_owner(fd->get(), descriptor_kind::open, *fresh, group_inherited, made, op);
  if (!given) return unexpected(std::move(given).error());
  return fd;
}

result<open_file> tree::open_at(node& at, std::string_view path, const open_options& how) {
  constexpr auto op = operation::open;
  const auto home = root_->id().device;
  const int flags = open_flags(how);
  if (how.is_temporary()) {
    auto fd = create_nameless(at, path, how);
    if (!fd) return unexpected(std::move(fd).error());
    return finish_open(std::move(*fd), how, home);
  }
  if (path.empty()) {
    if (how.creates() && how.is_exclusive()) return fail_with(EEXIST, op);
    if (at.type() == file_type::symlink) return fail_with(ELOOP, op);
    const descriptor_link link(at.fd());
    descriptor fd(::open(link.c_str(), flags & ~O_NOFOLLOW));
    if (!fd) return fail_errno(op);
    return finish_open(std::move(fd), how, home);
  }
  const path_text text(path);
  if (!text) return text.failure(op);
  for (bool again = false;; again = true) {
    if (how.creates()) {
      const auto where = place::find(*this, at, path, op);
      if (!where) return unexpected(where.error());
      auto made = create_file(*where, flags & ~O_TRUNC, how.made_with(), op);
      if (made) return finish_open(std::move(*made), how, home);
      if (made.error() != errc::already_exists || how.is_exclusive()) return unexpected(std::move(made).error());
    }
    auto fd = open_beneath(at, text.c_str(), static_cast<std::uint64_t>(flags), 0, op);
    if (fd) return finish_open(std::move(*fd), how, home);
    if (fd.error() != errc::not_found || !how.creates()) return unexpected(std::move(fd).error());
    if (!again) continue;  // It was removed in between.
    auto through = create_through_link(at, text.c_str(), flags, how.made_with());
    if (!through) return unexpected(std::move(through).error());
    return finish_open(std::move(*through), how, home);
  }
}

/// Finds what a call has just made at a name that others can change, makes sure of it, and hands it over.
result<tree::found> tree::settle(const place& where, file_type expected, const creation& made) {
  constexpr auto op = operation::create;
  descriptor fd(::openat(where.directory(), where.name(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return fail_errno(op);
  const auto fresh = file_status::of(fd.get(), op);
  if (!fresh) return unexpected(fresh.error());
  if (gives_away(made) && !is_ours(*fresh, expected)) return fail_with(EBUSY, op);
  const auto setgid_parent = has_setgid(where.directory(), op);
  if (!setgid_parent) return unexpected(setgid_parent.error());
  auto given = give_mode_and_owner(fd.get(), descriptor_kind::location, *fresh, *setgid_parent, made, op);
  if (!given) {
    ::unlinkat(where.directory(), where.name(), expected == file_type::directory ? AT_REMOVEDIR : 0);
    return unexpected(std::move(given).error());
  }
  return found_at(std::move(fd), op);
}

result<tree::found> tree::create_dir(node& at, std::string_view path, const creation& made) {
  const auto where = place::find(*this, at, path, operation::create);
  if (!where) return unexpected(where.error());
  const mode_t initial = gives_away(made) ? 0 : made.mode & 07777U;
  if (::mkdirat(where->directory(), where->name(), initial) != 0) return fail_errno(operation::create);
  return settle(*where, file_type::directory, made);
}

result<tree::found> tree::create_node(node& at, std::string_view path, file_type type, std::uint64_t device,
                                      const creation& made) {
  const auto where = place::find(*this, at, path, operation::create);
  if (!where) return unexpected(where.error());
  if (type == file_type::regular) {
    auto fd = create_file(*where, O_RDONLY | O_CLOEXEC, made, operation::create);
    if (!fd) return unexpected(std::move(fd).error());
    return entry_of(open_file(std::move(*fd), root_->id().device));
  }
  const std::uint32_t format = format_of(type);
  if (format == 0) return fail_with(EINVAL, operation::create);
  const mode_t initial = gives_away(made) ? 0 : made.mode & 07777U;
  const dev_t number = makedev(static_cast<unsigned>(device >> 32), static_cast<unsigned>(device));
  if (::mknodat(where->directory(), where->name(), format | initial, number) != 0) {
    return fail_errno(operation::create);
  }
  return settle(*where, type, made);
}

result<tree::found> tree::symlink(node& at, std::string_view path, std::string_view text, const creation& made) {
  const path_text target_text(text);
  if (!target_text) return target_text.failure(operation::symlink);
  const auto where = place::find(*this, at, path, operation::symlink);
  if (!where) return unexpected(where.error());
  if (::symlinkat(target_text.c_str(), where->directory(), where->name()) != 0) {
    return fail_errno(operation::symlink);
  }
  return settle(*where, file_type::symlink, made);
}

}  // namespace randomio::local
