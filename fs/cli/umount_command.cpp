#include <fcntl.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "fs/cli/commands.hpp"
#include "fs/cli/config_file.hpp"
#include "fs/cli/daemon_record.hpp"
#include "fs/cli/mount_table.hpp"
#include "fs/cli/mountpoint.hpp"

extern char** environ;

namespace randomiofs::cli {
namespace {

/// A name without a slash that is no directory here may be a mount of the configuration.
outcome<std::string> mountpoint_of(const umount_request& request) {
  const auto path = absolute_mountpoint(request.target);
  if (request.target.find('/') != std::string::npos || mount_at(path)) return path;
  auto file = find_config(request.config, request.target);
  if (!file && request.config.empty()) return path;  // Then the name was a path after all.
  if (!file) return std::unexpected(std::move(file).error());
  const auto named = file->mounts.find(request.target);
  if (named == file->mounts.end() || named->second.mountpoint.empty()) {
    return fail(exit_code::usage,
                file->path + ": there is no [mount." + request.target + "] with a mountpoint; give the MOUNTPOINT");
  }
  return absolute_mountpoint(named->second.mountpoint);
}

outcome<void> unmount_as_root(const std::string& mountpoint, bool lazy) {
  if (::umount2(mountpoint.c_str(), UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) == 0) return {};
  if (errno == EBUSY) {
    return fail(exit_code::mount_failed, mountpoint + ": busy: a file in it is open; see who with `fuser -vm " +
                                             mountpoint + "`, or use --lazy");
  }
  return fail(errno == EPERM ? exit_code::usage : exit_code::mount_failed,
              mountpoint + ": cannot be unmounted: " + std::strerror(errno));
}

/// The first line that a child writes into a pipe, without the name that programs put before their complaints.
std::string complaint(int reading, std::string_view program) {
  std::string said;
  std::array<char, 512> piece;
  for (ssize_t size = 0; (size = ::read(reading, piece.data(), piece.size())) > 0 || (size < 0 && errno == EINTR);) {
    if (size > 0 && said.size() < piece.size()) said.append(piece.data(), static_cast<std::size_t>(size));
  }
  said.erase(std::min(said.find('\n'), said.size()));
  if (said.starts_with(program) && said.substr(program.size()).starts_with(": ")) said.erase(0, program.size() + 2);
  return said;
}

/// The helper finds out in /etc/mtab whose mount it is, and there is no other way for an ordinary user.
std::string advice_on(std::string_view complaint, const std::string& mountpoint) {
  if (complaint.contains("/etc/mtab")) {
    return "it needs that link, which root makes with `ln -s ../proc/self/mounts /etc/mtab`";
  }
  return "if it is busy, see `fuser -vm " + mountpoint + "`, or use --lazy";
}

/// Ordinary users unmount with the helper, which says on its own what is wrong.
outcome<void> unmount_as_user(const std::string& mountpoint, bool lazy) {
  std::string program = "fusermount3", quiet_or_lazy = lazy ? "-uz" : "-u", target = mountpoint;
  std::array<char*, 4> words{program.data(), quiet_or_lazy.data(), target.data(), nullptr};
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return fail(exit_code::system, "pipe2: " + std::string(std::strerror(errno)));
  pid_t child = 0;
  posix_spawn_file_actions_t redirected;
  ::posix_spawn_file_actions_init(&redirected);
  ::posix_spawn_file_actions_adddup2(&redirected, pipe[1], STDERR_FILENO);
  const int problem = ::posix_spawnp(&child, program.c_str(), &redirected, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&redirected);
  ::close(pipe[1]);
  const auto said = problem == 0 ? complaint(pipe[0], program) : std::string();
  ::close(pipe[0]);
  if (problem != 0) return fail(exit_code::system, "fusermount3 cannot be run: install the package fuse3");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(exit_code::mount_failed,
              mountpoint + ": fusermount3 cannot unmount it: " + said + "; " + advice_on(said, mountpoint));
}

}  // namespace

outcome<void> run_umount(const umount_request& request) {
  const auto mountpoint = mountpoint_of(request);
  if (!mountpoint) return std::unexpected(mountpoint.error());
  const auto entry = mount_at(*mountpoint);
  if (!entry) return fail(exit_code::mount_failed, *mountpoint + ": not mounted");
  if (!entry->ours()) {
    return fail(exit_code::usage,
                *mountpoint + ": is a mount of type " + entry->type + ", not of randomiofs; use umount(8)");
  }
  // Before unmounting: afterwards the process may end, and its note with it.
  const auto process = request.wait ? daemon_record::find(entry->device) : std::nullopt;
  auto done =
      ::geteuid() == 0 ? unmount_as_root(*mountpoint, request.lazy) : unmount_as_user(*mountpoint, request.lazy);
  if (!process || !done) return done;
  if (const auto left = process->wait_for_end(); !left.empty()) {
    return fail(exit_code::mount_failed, *mountpoint + ": unmounted, but " + left);
  }
  return {};
}

}  // namespace randomiofs::cli
