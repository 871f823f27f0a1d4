#include "directory_stream.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

#include "file_status.hpp"
#include "local_error.hpp"

namespace randomio::local {

namespace {

/// The type in a directory entry, asked for where the filesystem does not keep it there.
file_type type_of_entry(int directory, const dirent64& entry) noexcept {
  if (entry.d_type != DT_UNKNOWN) return type_of_mode(DTTOIF(entry.d_type));
  const auto status = file_status::of(directory, entry.d_name, operation::list);
  return status ? status->type() : file_type::regular;  // Gone already: the caller will find that out.
}

}  // namespace

result<void> directory_stream::go_to(std::uint64_t position) noexcept {
  // Position 0 is a new reading, which must see what changed since.
  if (position != 0 && position == position_) return {};
  begin_ = end_ = 0;
  if (::lseek(fd_.get(), static_cast<off_t>(position), SEEK_SET) < 0) return fail_errno(operation::list);
  position_ = position;
  return {};
}

/// Returns: false at the end.
result<bool> directory_stream::fill() noexcept {
  const long n = ::syscall(SYS_getdents64, fd_.get(), buffer_.data(), buffer_.size());
  if (n < 0) return fail_errno(operation::list);
  begin_ = 0;
  end_ = static_cast<std::size_t>(n);
  return n > 0;
}

result<directory_stream::page> directory_stream::read(std::uint64_t position, std::size_t limit) {
  const std::lock_guard turn(turn_);
  if (auto there = go_to(position); !there) return unexpected(std::move(there).error());
  page entries;
  while (entries.size() < limit) {
    if (begin_ == end_) {
      const auto more = fill();
      if (!more) return unexpected(more.error());
      if (!*more) break;
    }
    const auto& entry = *reinterpret_cast<const dirent64*>(buffer_.data() + begin_);
    begin_ += entry.d_reclen;
    position_ = static_cast<std::uint64_t>(entry.d_off);
    const std::string_view name(entry.d_name);
    if (name == "." || name == "..") continue;
    directory_entry listed;
    listed.name = name;
    listed.ino = file_status::public_ino({device_, entry.d_ino}, home_device_);
    listed.type = type_of_entry(fd_.get(), entry);
    listed.next = position_;
    entries.push_back(std::move(listed));
  }
  return entries;
}

}  // namespace randomio::local
