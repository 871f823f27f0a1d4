#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "descriptor_link.hpp"
#include "local_error.hpp"
#include "target.hpp"
#include "tree.hpp"

namespace randomio::local {

namespace {

result<void> unlink_at(const result<place>& where, int flags) {
  if (!where) return unexpected(where.error());
  if (::unlinkat(where->directory(), where->name(), flags) != 0) return fail_errno(operation::remove);
  return {};
}

unsigned rename_flags(rename_mode mode) noexcept {
  switch (mode) {
    case rename_mode::replace: return 0;
    case rename_mode::no_replace: return RENAME_NOREPLACE;
    case rename_mode::exchange: return RENAME_EXCHANGE;
  }
  return 0;
}

}  // namespace

result<void> tree::remove(node& at, std::string_view path) {
  return unlink_at(place::find(*this, at, path, operation::remove), 0);
}

result<void> tree::remove_dir(node& at, std::string_view path) {
  return unlink_at(place::find(*this, at, path, operation::remove), AT_REMOVEDIR);
}

result<void> tree::rename(node& from, std::string_view from_path, node& to, std::string_view to_path,
                          rename_mode mode) {
  const auto source = place::find(*this, from, from_path, operation::rename);
  if (!source) return unexpected(source.error());
  const auto destination = place::find(*this, to, to_path, operation::rename);
  if (!destination) return unexpected(destination.error());
  if (::renameat2(source->directory(), source->name(), destination->directory(), destination->name(),
                  rename_flags(mode)) != 0) {
    return fail_errno(operation::rename);
  }
  return {};
}

result<tree::found> tree::link(node& from, std::string_view from_path, node& to, std::string_view to_path) {
  auto source = target::find(*this, from, from_path, operation::link);
  if (!source) return unexpected(std::move(source).error());
  const auto where = place::find(*this, to, to_path, operation::link);
  if (!where) return unexpected(where.error());
  // The descriptor's link is followed to the file that was found, whatever its name leads to by now.
  const descriptor_link file(source->fd());
  if (::linkat(AT_FDCWD, file.c_str(), where->directory(), where->name(), AT_SYMLINK_FOLLOW) != 0) {
    return fail_errno(operation::link);
  }
  if (source->owned()) return found_at(std::move(source->owned()), operation::link);
  return lookup(from, {});
}

result<std::string> tree::read_link(node& at, std::string_view path) {
  const auto where = target::find(*this, at, path, operation::read_link);
  if (!where) return unexpected(where.error());
  char text[PATH_MAX];
  const ssize_t n = ::readlinkat(where->fd(), "", text, sizeof text);
  // On a descriptor, the kernel says ENOENT for a file that is no symbolic link; readlink(2) of a path says EINVAL.
  if (n < 0) return fail_with(errno == ENOENT ? EINVAL : errno, operation::read_link);
  return std::string(text, static_cast<std::size_t>(n));
}

}  // namespace randomio::local
