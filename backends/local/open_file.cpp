#include "open_file.hpp"

#include <fcntl.h>

#include <cerrno>

#include "attribute_edit.hpp"
#include "descriptor_io.hpp"
#include "file_status.hpp"
#include "local_error.hpp"
#include "path_text.hpp"

namespace randomio::local {

int open_flags(const open_options& how) noexcept {
  int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  flags |= how.writes() ? (how.reads() ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (how.truncates()) flags |= O_TRUNC;
  if (how.is_direct()) flags |= O_DIRECT;
  if (!how.follows()) flags |= O_NOFOLLOW;
  return flags;
}

result<open_file> finish_open(descriptor fd, const open_options& how, std::uint64_t home_device) noexcept {
  // io_uring treats O_NONBLOCK on a regular file as "fail rather than read from the disk".
  if (::fcntl(fd.get(), F_SETFL, how.is_direct() ? O_DIRECT : 0) != 0) return fail_errno(operation::open);
  const auto status = file_status::of(fd.get(), operation::open);
  if (!status) return unexpected(status.error());
  if (status->type() == file_type::directory) return fail_with(EISDIR, operation::open);
  return open_file(std::move(fd), home_device == own_device ? status->id().device : home_device);
}

result<open_file> open_file::open(std::string_view path, const open_options& how) noexcept {
  const path_text text(path);
  if (!text) return text.failure(operation::open);
  int flags = open_flags(how);
  if (how.creates()) flags |= O_CREAT;
  if (how.is_exclusive() && how.creates()) flags |= O_EXCL;
  descriptor fd;
  while (!fd) {
    fd = descriptor(::open(text.c_str(), flags, how.made_with().mode & 07777U));
    if (!fd && errno != EINTR) return fail_errno(operation::open);
  }
  return finish_open(std::move(fd), how, own_device);
}

result<std::uint64_t> open_file::append(std::span<const std::byte> data) noexcept {
  return append_fully(fd_.get(), data);
}

result<void> open_file::sync(bool data_only) noexcept {
  return sync_descriptor(fd_.get(), data_only);
}

result<attributes> open_file::stat() noexcept {
  const auto status = file_status::of(fd_.get(), operation::stat);
  if (!status) return unexpected(status.error());
  return status->describe(home_device_);
}

result<attributes> open_file::set_attributes(const attribute_change& change) noexcept {
  return edit_attributes(fd_.get(), descriptor_kind::open, change, home_device_);
}

result<void> open_file::allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept {
  return allocate_range(fd_.get(), mode, offset, len);
}

result<std::uint64_t> open_file::seek(std::uint64_t offset, seek_target target) noexcept {
  return seek_extent(fd_.get(), offset, target);
}

result<void> open_file::close() noexcept {
  // Linux releases the descriptor whatever close says; EINTR is no failure.
  if (fd_ && ::close(fd_.release()) != 0 && errno != EINTR) return fail_errno(operation::flush);
  return {};
}

}  // namespace randomio::local
