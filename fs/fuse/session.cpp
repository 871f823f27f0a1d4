#include "fs/fuse/session.hpp"

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "fs/fuse/channel.hpp"
#include "fs/fuse/handshake.hpp"
#include "fs/fuse/ops.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs::fuse {

using randomio::errc;
using randomio::error;
using randomio::operation;
using randomio::result;
using randomio::unexpected;

namespace {

constexpr auto unmount_grace = std::chrono::seconds(5);
constexpr int read_ahead_kib = 1024;

ssize_t write_reply(int session_fd, iovec* parts, int count, void*) {
  // A reply belongs on the clone that the request came from. Notifications and the handshake have no clone.
  const int fd = channel::reply_fd() >= 0 ? channel::reply_fd() : session_fd;
  return ::writev(fd, completed(parts, count), count);
}

ssize_t read_request(int fd, void* room, std::size_t size, void*) {
  return ::read(fd, room, size);
}

/// What libfuse and fusermount3 have to say while mounting, for the one line that reports a failure.
thread_local std::string* libfuse_says = nullptr;

void keep_message(fuse_log_level, const char* format, std::va_list arguments) {
  std::array<char, 512> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  std::string_view text = line.data();
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.starts_with("fuse: ")) text.remove_prefix(6);
  if (libfuse_says != nullptr) {
    if (!libfuse_says->empty()) *libfuse_says += "; ";
    *libfuse_says += text;
  }
}

fuse_lowlevel_ops all_ops() {
  fuse_lowlevel_ops ops{};
  ops.init = negotiate;
  add_meta_ops(ops);
  add_io_ops(ops);
  add_dir_ops(ops);
  return ops;
}

/// Escapes what separates options in one string. Source: libfuse, fuse_opt_add_opt_escaped.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == ',' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

int clone_of(int session_fd) {
  const int fd = ::open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return -1;
  std::uint32_t source = static_cast<std::uint32_t>(session_fd);
  if (::ioctl(fd, FUSE_DEV_IOC_CLONE, &source) == 0) return fd;
  ::close(fd);
  return -1;
}

/// Whether the kernel has ended the connection: it was unmounted, or aborted.
bool disconnected(int fd) {
  pollfd device{.fd = fd, .events = 0, .revents = 0};
  return ::poll(&device, 1, 0) == 1 && (device.revents & POLLERR) != 0;
}

/// Ends the connection, and leaves what polls as one that the kernel has ended: a pipe that nobody reads.
/// Source: poll(2), POLLERR.
bool hang_up(int fd) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  ::close(ends[0]);
  const bool replaced = ::dup3(ends[1], fd, O_CLOEXEC) == fd;
  ::close(ends[1]);
  return replaced;
}

unexpected mount_error(errc code, const std::string& mountpoint, std::string_view why) {
  return unexpected(error(code, operation::open, errno).with_key(mountpoint).with_message(why));
}

}  // namespace

session::session(filesystem& fs, session_options options) : fs_(fs), options_(std::move(options)) {}

session::~session() {
  if (codec_ == nullptr) return;
  kernel_.reset();
  unmount();
  // libfuse frees what it kept of the mount when it unmounts, and by now something else may be mounted there: it only
  // unmounts while its connection lives.
  if (hang_up(fuse_session_fd(codec_))) fuse_session_unmount(codec_);
  fuse_session_destroy(codec_);
}

/// Not fuse_session_unmount, which closes the device while loops read it: another file would get its number.
void session::unmount() {
  if (!mounted_.exchange(false) || disconnected(fuse_session_fd(codec_))) return;
  if (::umount2(options_.mountpoint.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) return;
  // An ordinary user's mount is undone by the program that made it.
  std::string point = options_.mountpoint;
  std::array<char*, 7> words{const_cast<char*>("fusermount3"),
                             const_cast<char*>("-u"),
                             const_cast<char*>("-q"),
                             const_cast<char*>("-z"),
                             const_cast<char*>("--"),
                             point.data(),
                             nullptr};
  pid_t child = 0;
  if (::posix_spawnp(&child, words[0], nullptr, nullptr, words.data(), environ) != 0) return;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

result<std::unique_ptr<session>> session::mount(filesystem& fs, session_options options) {
  std::unique_ptr<session> self(new session(fs, std::move(options)));
  if (auto started = self->start(); !started) return unexpected(std::move(started).error());
  return self;
}

result<void> session::start() {
  std::string joined = "default_permissions,subtype=randomiofs,fsname=" + escaped(options_.source);
  for (const auto& option : options_.mount_options) {
    if (option != "default_permissions") joined += "," + option;
  }
  std::array<char*, 3> words{const_cast<char*>("randomiofs"), const_cast<char*>("-o"), joined.data()};
  fuse_args arguments = FUSE_ARGS_INIT(words.size(), words.data());

  std::string says;
  libfuse_says = &says;
  fuse_set_log_func(keep_message);
  static const auto ops = all_ops();
  codec_ = fuse_session_new(&arguments, &ops, sizeof ops, &fs_);
  fuse_opt_free_args(&arguments);
  if (codec_ == nullptr) {
    libfuse_says = nullptr;
    return mount_error(errc::invalid, options_.mountpoint, says.empty() ? "a mount option is not known" : says);
  }
  mounted_ = fuse_session_mount(codec_, options_.mountpoint.c_str()) == 0;
  libfuse_says = nullptr;
  if (!mounted_) {
    const bool allowed = errno != EPERM && errno != EACCES;
    return mount_error(allowed ? errc::io_failure : errc::permission_denied, options_.mountpoint,
                       says.empty() ? "the kernel refused the mount" : says);
  }
  const int fd = fuse_session_fd(codec_);
  if (::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) {
    return mount_error(errc::io_failure, options_.mountpoint, "the FUSE device cannot be made non-blocking");
  }
  static const fuse_custom_io io{
      .writev = write_reply, .read = read_request, .splice_receive = nullptr, .splice_send = nullptr};
  if (fuse_session_custom_io(codec_, &io, fd) != 0) {
    return mount_error(errc::unsupported, options_.mountpoint, "this libfuse has no custom I/O");
  }
  auto agreed = shake_hands(codec_);
  if (!agreed) return unexpected(std::move(agreed).error().with_key(options_.mountpoint));
  agreed_ = *agreed;
  kernel_ = std::make_unique<notifier>(codec_);
  widen_read_ahead();
  return {};
}

/// The kernel reads ahead 128 KiB of its own accord; 1 MiB makes every request as large as one can be.
/// Source: /sys/class/bdi, sysfs-class-bdi.
void session::widen_read_ahead() const {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, mountpoint;
    fields >> id >> parent >> device >> root >> mountpoint;
    if (mountpoint != options_.mountpoint) continue;
    std::ofstream("/sys/class/bdi/" + device + "/read_ahead_kb") << read_ahead_kib;
  }
}

result<void> session::run() {
  const unsigned cores = std::thread::hardware_concurrency();
  const unsigned count = options_.threads != 0 ? options_.threads : std::max(cores, 1u);
  std::vector<result<void>> outcomes(count);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i) {
    threads.emplace_back([this, i, &outcomes] { outcomes[i] = serve(); });
  }
  for (auto& thread : threads) thread.join();
  if (auto closed = close_what_is_open(); !closed) return closed;
  for (auto& outcome : outcomes) {
    if (!outcome) return outcome;
  }
  return {};
}

result<void> session::close_what_is_open() {
  const auto open = fs_.opened().size();
  if (open == 0) return {};
  log::info("closing what was open at the end", {{"mountpoint", options_.mountpoint}, {"open", open}});
  auto loop = randomio::make_loop(options_.loops);
  if (!loop) return unexpected(std::move(loop).error());
  last_loop_ = *std::move(loop);
  if (randomio::sync_wait(*last_loop_, fs_.close_all(options_.close_bound))) return {};
  return mount_error(errc::timed_out, options_.mountpoint, "files that were open could not be closed in time");
}

result<void> session::serve() {
  auto loop = randomio::make_loop(options_.loops);
  if (!loop) {
    end_all();
    return unexpected(std::move(loop).error());
  }
  {
    const std::lock_guard lock(mutex_);
    loops_.push_back(loop->get());
    if (ended_) (*loop)->stop();
  }
  // Each loop reads a clone of its own; where the kernel refuses clones, a duplicate of the session's descriptor.
  const int session_fd = fuse_session_fd(codec_);
  int fd = clone_of(session_fd);
  if (fd < 0) fd = ::fcntl(session_fd, F_DUPFD_CLOEXEC, 0);
  const auto ended = [](void* self) noexcept { static_cast<session*>(self)->end_all(); };
  channel requests(codec_, fd, **loop, *kernel_, interrupted_, agreed_, ended, this);
  auto opened = requests.open();
  if (opened) {
    (*loop)->run();
  } else {
    end_all();
  }
  requests.close();
  const std::lock_guard lock(mutex_);
  std::erase(loops_, loop->get());
  return opened;
}

void session::tell_that_it_ends() noexcept {
  if (!has_told_.exchange(true)) options_.ending();
}

void session::end_all() noexcept {
  tell_that_it_ends();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (auto* loop : loops_) loop->stop();
}

void session::stop() {
  if (ended_) return;
  tell_that_it_ends();
  unmount();
  const auto until = std::chrono::steady_clock::now() + unmount_grace;
  while (!ended_ && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (!ended_) end_all();
}

}  // namespace randomiofs::fuse
