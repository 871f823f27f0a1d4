#include "fs/fuse/reply.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include <chrono>
#include <string>

#include "fs/fuse/channel.hpp"
#include "fs/fuse/errno_map.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs::fuse {

namespace {

mode_t type_bits(randomio::file_type type) noexcept {
  using randomio::file_type;
  switch (type) {
    case file_type::regular: return S_IFREG;
    case file_type::directory: return S_IFDIR;
    case file_type::symlink: return S_IFLNK;
    case file_type::fifo: return S_IFIFO;
    case file_type::socket: return S_IFSOCK;
    case file_type::char_device: return S_IFCHR;
    case file_type::block_device: return S_IFBLK;
  }
  return 0;
}

timespec timespec_of(randomio::timestamp when) noexcept {
  return {.tv_sec = when.seconds, .tv_nsec = static_cast<long>(when.nanoseconds)};
}

/// Whether a failure says something about the store or this machine, which an operator wants to know, or only
/// about what a program asked for.
bool concerns_operator(const randomio::error& failure) noexcept {
  using randomio::errc;
  switch (failure.code()) {
    // Only what a service refused: the kernel's own checks, and absent devices, are the program's affair.
    case errc::permission_denied:
    case errc::no_such_address: return !failure.request_id().empty();
    case errc::unauthenticated:
    case errc::timed_out:
    case errc::throttled:
    case errc::unreachable:
    case errc::corrupt:
    case errc::outcome_unknown:
    case errc::out_of_memory:
    case errc::too_many_open:
    case errc::io_failure: return true;
    default: return false;
  }
}

void log_failure(const randomio::error& failure, pid_t caller_pid) {
  const auto level = concerns_operator(failure) ? log::level::error : log::level::debug;
  if (!log::enabled(level)) return;
  log::write(level, "request failed",
             {{"operation", name(failure.op())},
              {"error", name(failure.code())},
              {"path", failure.key()},
              {"message", failure.message()},
              {"vendor_code", failure.vendor_code()},
              {"request_id", failure.request_id()},
              {"pid", caller_pid}});
}

}  // namespace

struct stat stat_of(const randomio::attributes& attrs) noexcept {
  struct stat st{};
  st.st_ino = attrs.ino;
  st.st_mode = type_bits(attrs.type) | attrs.mode;
  st.st_nlink = attrs.nlink;
  st.st_uid = attrs.uid;
  st.st_gid = attrs.gid;
  st.st_size = static_cast<off_t>(attrs.size);
  st.st_blocks = static_cast<blkcnt_t>(attrs.blocks);
  st.st_blksize = attrs.block_size;
  st.st_rdev = makedev(attrs.device >> 32, attrs.device & 0xffffffff);
  st.st_atim = timespec_of(attrs.atime);
  st.st_mtim = timespec_of(attrs.mtime);
  st.st_ctim = timespec_of(attrs.ctime);
  return st;
}

reply::reply(filesystem& fs, fuse_req_t request) noexcept
    : fs_(fs), request_(request), place_(channel::current().pending(), channel::current().arrived()) {}

fuse_req_t reply::take() noexcept {
  place_.ends_by = nullptr;
  return std::exchange(request_, nullptr);
}

caller reply::who() const noexcept {
  const auto* context = fuse_req_ctx(request_);
  return {.uid = context->uid, .gid = context->gid, .thread = context->pid};
}

double reply::ttl_seconds() const noexcept {
  return std::chrono::duration<double>(fs_.options().attr_ttl).count();
}

void reply::error(const randomio::error& failure) {
  if (!is_awaited()) return;
  log_failure(failure, fuse_req_ctx(request_)->pid);
  fuse_reply_err(take(), errno_of(failure.code()));
}

void reply::done() {
  if (is_awaited()) fuse_reply_err(take(), 0);
}

void reply::outcome(const randomio::result<void>& what) {
  if (!what) return error(what.error());
  done();
}

fuse_entry_param reply::entry_param(const found_inode& found) const {
  fuse_entry_param param{};
  param.ino = number_of(fs_, *found.node);
  param.attr = stat_of(found.attrs);
  param.attr_timeout = ttl_seconds();
  param.entry_timeout = ttl_seconds();
  return param;
}

void reply::entry(const randomio::result<found_inode>& found) {
  if (!found) return error(found.error());
  const auto param = entry_param(*found);
  if (!is_awaited() || fuse_reply_entry(take(), &param) != 0) fs_.forget(*found->node, 1);
}

void reply::attributes(const randomio::result<randomio::attributes>& attrs) {
  if (!attrs) return error(attrs.error());
  const auto st = stat_of(*attrs);
  if (is_awaited()) fuse_reply_attr(take(), &st, ttl_seconds());
}

void reply::bytes(std::span<const std::byte> data) {
  if (is_awaited()) fuse_reply_buf(take(), reinterpret_cast<const char*>(data.data()), data.size());
}

void reply::text(std::string_view target) {
  if (is_awaited()) fuse_reply_readlink(take(), std::string(target).c_str());
}

void reply::count(std::size_t written) {
  if (is_awaited()) fuse_reply_write(take(), written);
}

void reply::xattr_size(std::size_t size) {
  if (is_awaited()) fuse_reply_xattr(take(), size);
}

void reply::offset(std::uint64_t at) {
  if (is_awaited()) fuse_reply_lseek(take(), static_cast<off_t>(at));
}

void reply::usage(const randomio::space_usage& space) {
  if (!is_awaited()) return;
  struct statvfs shown{};
  shown.f_bsize = space.block_size;
  shown.f_frsize = space.block_size;
  shown.f_blocks = space.blocks;
  shown.f_bfree = space.blocks_free;
  shown.f_bavail = space.blocks_available;
  shown.f_files = space.files;
  shown.f_ffree = space.files_free;
  shown.f_favail = space.files_free;
  shown.f_namemax = space.name_max;
  fuse_reply_statfs(take(), &shown);
}

bool reply::opened(const fuse_file_info& info) {
  return is_awaited() && fuse_reply_open(take(), &info) == 0;
}

bool reply::created(const found_inode& found, const fuse_file_info& info) {
  const auto param = entry_param(found);
  return is_awaited() && fuse_reply_create(take(), &param, &info) == 0;
}

}  // namespace randomiofs::fuse
