#include "tree.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "descriptor_link.hpp"
#include "directory_stream.hpp"
#include "local_error.hpp"
#include "target.hpp"
#include "tree_walk.hpp"

namespace randomio::local {

namespace {

/// EAGAIN means that somebody renamed something while `..` was resolved. Source: openat2(2), RESOLVE_BENEATH.
constexpr int resolve_attempts_max = 128;

int open_within(int directory, const char* path, std::uint64_t flags, std::uint32_t mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = (flags & O_CREAT) != 0 ? mode & 07777U : 0;
  how.resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0; attempt < resolve_attempts_max;) {
    const long fd = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno == EAGAIN) {
      ++attempt;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  errno = EBUSY;
  return -1;
}

/// Where a descriptor's file is now, as the process sees it; empty when it cannot be told.
std::string location_of(int fd) {
  char text[PATH_MAX];
  const descriptor_link link(fd);
  const ssize_t n = ::readlink(link.c_str(), text, sizeof text);
  if (n <= 0 || n == static_cast<ssize_t>(sizeof text)) return {};
  return std::string(text, static_cast<std::size_t>(n));
}

void raise_open_files_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // Failing leaves the old limit, which errors will tell (too_many_open).
}

unexpected refused(operation op) {
  return unexpected(error(errc::permission_denied, op, EXDEV).with_message("the path leads out of the root"));
}

capabilities capabilities_of(int root) noexcept {
  capabilities can;
  can.modes = can.hard_links = can.symlinks = can.special_files = can.sparse = true;
  can.rename_no_replace = can.rename_exchange = can.copy_range = true;
  can.temporary_files = can.conditional_put = can.conditional_delete = true;
  const descriptor_link link(root);
  can.xattrs = ::listxattr(link.c_str(), nullptr, 0) >= 0;
  struct statvfs space{};
  if (::fstatvfs(root, &space) == 0) {
    can.write = can.random_write = can.atomic_append = (space.f_flag & ST_RDONLY) == 0;
    can.name_bytes_max = static_cast<std::uint32_t>(space.f_namemax);
  }
  return can;
}

}  // namespace

result<std::unique_ptr<tree>> tree::open(std::string_view directory) {
  raise_open_files_limit();
  const path_text text(directory);
  if (!text) return text.failure(operation::open);
  descriptor fd(::open(text.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail_errno(operation::open);
  if (const descriptor probe(open_within(fd.get(), ".", O_PATH | O_DIRECTORY, 0, 0)); !probe) {
    return fail_errno(operation::open);
  }
  auto status = file_status::of(fd.get(), operation::open);
  if (!status) return unexpected(std::move(status).error());
  std::unique_ptr<tree> made(new tree);
  made->abilities_ = capabilities_of(fd.get());
  made->privileged_ = ::geteuid() == 0;
  made->nodes_ = std::make_shared<node_table>();
  made->root_ = made->nodes_->intern(std::move(fd), *status);
  return made;
}

result<descriptor> tree::open_beneath(const node& at, const char* path, std::uint64_t flags, std::uint32_t mode,
                                      operation op) {
  descriptor fd(open_within(at.fd(), path, flags, mode, 0));
  if (fd) return fd;
  if (errno != EXDEV) return fail_errno(op);
  if (&at == root_.get() || path[0] == '/') return refused(op);
  return open_from_root(at, path, flags, mode, op);
}

result<descriptor> tree::open_from_root(const node& at, const char* path, std::uint64_t flags, std::uint32_t mode,
                                        operation op) {
  const auto root = location_of(root_->fd());
  const auto here = location_of(at.fd());
  const std::string_view prefix = root == "/" ? std::string_view{} : std::string_view(root);
  if (root.empty() || !here.starts_with(prefix) || here.size() <= prefix.size() + 1 || here[prefix.size()] != '/') {
    return fail_with(ENOENT, op);
  }
  auto below = here.substr(prefix.size() + 1);
  // The name must still lead to the node; a rename after this check is a rename after the call.
  const descriptor check(open_within(root_->fd(), below.c_str(), O_PATH | O_DIRECTORY, 0, RESOLVE_NO_SYMLINKS));
  if (!check) return fail_errno(op);
  const auto status = file_status::of(check.get(), op);
  if (!status) return unexpected(status.error());
  if (!(status->id() == at.id())) return fail_with(ENOENT, op);
  below += '/';
  below += path;
  descriptor fd(open_within(root_->fd(), below.c_str(), flags, mode, 0));
  if (fd) return fd;
  if (errno == EXDEV) return refused(op);
  return fail_errno(op);
}

result<tree::found> tree::found_at(descriptor fd, operation op) {
  const auto status = file_status::of(fd.get(), op);
  if (!status) return unexpected(status.error());
  auto held = nodes_->intern(std::move(fd), *status);
  return found{std::move(held), status->describe(root_->id().device)};
}

result<tree::found> tree::lookup(node& at, std::string_view path) {
  auto where = target::find(*this, at, path, operation::lookup);
  if (!where) return unexpected(std::move(where).error());
  if (where->owned()) return found_at(std::move(where->owned()), operation::lookup);
  const auto status = file_status::of(at.fd(), operation::lookup);
  if (!status) return unexpected(status.error());
  return found{at.shared_from_this(), status->describe(root_->id().device)};
}

result<tree::found> tree::entry_of(const open_file& file) {
  const descriptor_link link(file.fd());
  descriptor fd(::open(link.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) return fail_errno(operation::lookup);
  return found_at(std::move(fd), operation::lookup);
}

result<std::unique_ptr<name_stream>> tree::list(node& at, std::string_view path, const list_options& which) {
  const auto where = target::find(*this, at, path, operation::list);
  if (!where) return unexpected(where.error());
  const descriptor_link link(where->fd());
  // An O_PATH descriptor of a symbolic link is followed here, so its type is asked for first.
  const auto status = file_status::of(where->fd(), operation::list);
  if (!status) return unexpected(status.error());
  if (status->type() != file_type::directory) return fail_with(ENOTDIR, operation::list);
  descriptor fd(::open(link.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail_errno(operation::list);
  const auto home = root_->id().device;
  if (which.recursive) return std::make_unique<tree_walk>(std::move(fd), which.start_after, home);
  return std::make_unique<directory_stream>(std::move(fd), status->id().device, home);
}

}  // namespace randomio::local
