#include "attribute_edit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "descriptor_link.hpp"
#include "file_status.hpp"
#include "local_error.hpp"

namespace randomio::local {

namespace {

result<void> change_size(int fd, descriptor_kind kind, std::uint64_t size) noexcept {
  if (size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return fail_with(EFBIG, operation::set_attributes);
  }
  const descriptor_link link(fd);
  const auto bytes = static_cast<off_t>(size);
  while ((kind == descriptor_kind::open ? ::ftruncate(fd, bytes) : ::truncate(link.c_str(), bytes)) != 0) {
    if (errno != EINTR) return fail_errno(operation::set_attributes);
  }
  return {};
}

timespec time_to_set(bool now, const std::optional<timestamp>& given) noexcept {
  if (now) return {0, UTIME_NOW};
  if (!given) return {0, UTIME_OMIT};
  return {static_cast<time_t>(given->seconds), static_cast<long>(given->nanoseconds)};
}

result<void> change_times(int fd, const attribute_change& change) noexcept {
  const timespec times[2] = {time_to_set(change.atime_now, change.atime), time_to_set(change.mtime_now, change.mtime)};
  if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT) return {};
  if (::utimensat(fd, "", times, AT_EMPTY_PATH) != 0) return fail_errno(operation::set_attributes);
  return {};
}

/// The mode to set after everything else: the given one, less the set-id bits when they are to be dropped.
result<std::optional<std::uint32_t>> mode_to_set(int fd, const attribute_change& change) noexcept {
  if (!change.drop_privileges) return change.mode;
  const auto now = file_status::of(fd, operation::set_attributes);
  if (!now) return unexpected(now.error());
  if (now->type() != file_type::regular) return change.mode;
  const std::uint32_t base = change.mode.value_or(now->permissions());
  const std::uint32_t dropped = base & ~(S_ISUID | ((base & S_IXGRP) != 0 ? S_ISGID : 0U));
  if (!change.mode && dropped == base) return std::nullopt;
  return dropped;
}

}  // namespace

result<void> change_owner(int fd, std::uint32_t uid, std::uint32_t gid, operation op) noexcept {
  if (::fchownat(fd, "", uid, gid, AT_EMPTY_PATH) != 0) return fail_errno(op);
  return {};
}

result<void> change_mode(int fd, descriptor_kind kind, std::uint32_t mode, operation op) noexcept {
  const descriptor_link link(fd);
  const mode_t bits = mode & 07777U;
  if ((kind == descriptor_kind::open ? ::fchmod(fd, bits) : ::chmod(link.c_str(), bits)) != 0) return fail_errno(op);
  return {};
}

result<attributes> edit_attributes(int fd, descriptor_kind kind, const attribute_change& change,
                                   std::uint64_t home_device) noexcept {
  result<void> done;
  if (change.size) done = change_size(fd, kind, *change.size);
  if (done && (change.uid || change.gid)) {
    done = change_owner(fd, change.uid.value_or(owner_unchanged), change.gid.value_or(owner_unchanged),
                        operation::set_attributes);
  }
  if (done) {
    const auto mode = mode_to_set(fd, change);
    if (!mode) return unexpected(mode.error());
    if (*mode) done = change_mode(fd, kind, **mode, operation::set_attributes);
  }
  if (done) done = change_times(fd, change);
  if (!done) return unexpected(std::move(done).error());
  const auto after = file_status::of(fd, operation::set_attributes);
  if (!after) return unexpected(after.error());
  return after->describe(home_device);
}

}  // namespace randomio::local
