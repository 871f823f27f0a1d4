#include "fs/cli/mountpoint.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fs/cli/mount_table.hpp"
#include "fs/cli/plan.hpp"

namespace randomiofs::cli {
namespace {

namespace stdfs = std::filesystem;

bool is_root() noexcept {
  return ::geteuid() == 0;
}

std::unexpected<failure> dead_mount(const std::string& mountpoint) {
  return fail(exit_code::mount_failed, mountpoint +
                                           ": transport endpoint is not connected: an earlier mount died; run `" +
                                           (is_root() ? "umount " : "fusermount3 -u ") + mountpoint + '`');
}

/// The line for a mountpoint that stat(2) cannot describe.
std::unexpected<failure> unreachable(const std::string& mountpoint, int why) {
  switch (why) {
    case ENOENT:
      return fail(exit_code::mount_failed,
                  mountpoint + ": the mountpoint does not exist; create it: `mkdir -p " + mountpoint + '`');
    case ENOTDIR: return fail(exit_code::mount_failed, mountpoint + ": a part of this path is not a directory");
    case ENOTCONN:
    case ECONNABORTED: return dead_mount(mountpoint);
    case EACCES: return fail(exit_code::usage, mountpoint + ": no permission to reach the mountpoint");
    default:
      return fail(exit_code::mount_failed, mountpoint + ": the mountpoint cannot be used: " + std::strerror(why));
  }
}

/// What fusermount3 asks of an ordinary user. Source: fusermount3(1).
outcome<void> check_owner(const std::string& mountpoint, const struct stat& status) {
  if (is_root()) return {};
  const bool sticky_of_others = (status.st_mode & S_ISVTX) != 0 && status.st_uid != ::getuid();
  if (::access(mountpoint.c_str(), W_OK) == 0 && !sticky_of_others) return {};
  return fail(exit_code::usage,
              mountpoint + ": no permission to mount here: you must own the directory or may write to it");
}

outcome<void> check_empty(const std::string& mountpoint) {
  std::error_code problem;
  const stdfs::directory_iterator first(mountpoint, problem);
  if (problem) return fail(exit_code::usage, mountpoint + ": no permission to read the mountpoint");
  if (first == stdfs::directory_iterator()) return {};
  return fail(exit_code::mount_failed, mountpoint + ": the mountpoint is not empty, and a mount would hide '" +
                                           first->path().filename().string() +
                                           "'; use an empty directory or -o nonempty");
}

bool is_under(const stdfs::path& path, const stdfs::path& directory) {
  const auto relative = path.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

/// Whatever the daemon needs must stay reachable: under its own mountpoint it would wait for itself.
outcome<void> check_not_under(const std::string& mountpoint, const std::string& what, const std::string& path) {
  if (path.empty()) return {};
  std::error_code problem;
  const auto resolved = stdfs::weakly_canonical(path, problem);
  if (problem || !is_under(resolved, stdfs::weakly_canonical(mountpoint, problem))) return {};
  return fail(exit_code::usage, mountpoint + ": " + what + ' ' + path +
                                    " is at or under the mountpoint, where the mount would hide it; move one of them");
}

bool user_allow_other() {
  std::ifstream file("/etc/fuse.conf");
  for (std::string line; std::getline(file, line);) {
    std::string word;
    if (std::istringstream(line) >> word && word == "user_allow_other") return true;
  }
  return false;
}

bool in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (::access((directory + '/' + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

std::string absolute_mountpoint(const std::string& given) {
  std::error_code problem;
  auto path = stdfs::absolute(given, problem).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // A trailing slash.
  if (path == path.root_path()) return path;
  const auto parent = stdfs::canonical(path.parent_path(), problem);
  if (problem) return path;
  path = parent / path.filename();
  // A mount at the path is the place itself; else a symbolic link to a directory leads there, as with mount(8).
  if (mount_at(path.native())) return path;
  const auto target = stdfs::canonical(path, problem);
  return problem ? path : target;
}

outcome<void> check_mountpoint(const std::string& mountpoint, const plan& wanted) {
  struct stat status{};
  const int why = ::stat(mountpoint.c_str(), &status) == 0 ? 0 : errno;
  const auto there = mount_at(mountpoint);
  const bool ours = there && there->ours();
  if (why != 0 && !(ours && why == EACCES)) return unreachable(mountpoint, why);  // Another user's answers EACCES.
  if (ours) {
    return fail(exit_code::mount_failed, mountpoint + ": already mounted (" + there->source +
                                             "); to mount anew, run `randomiofs umount " + mountpoint + "` first");
  }
  if (!S_ISDIR(status.st_mode))
    return fail(exit_code::mount_failed, mountpoint + ": the mountpoint is not a directory");
  if (auto owner = check_owner(mountpoint, status); !owner) return owner;
  if (!wanted.nonempty) {
    if (auto empty = check_empty(mountpoint); !empty) return empty;
  }
  const auto& daemon = wanted.config.daemon;
  if (auto free = check_not_under(mountpoint, "the state directory", daemon.state_dir); !free) return free;
  if (auto free = check_not_under(mountpoint, "the log file", daemon.log_file); !free) return free;
  for (const auto& store : wanted.stores) {
    const auto& values = store.backend.settings.values;
    const auto root = store.backend.settings.type == "local" ? values.find("root") : values.end();
    if (root == values.end()) continue;
    if (auto free = check_not_under(mountpoint, "the backend's directory", root->second); !free) return free;
  }
  return {};
}

outcome<void> check_may_mount(const plan& wanted) {
  if (::access("/dev/fuse", F_OK) != 0) {
    return fail(
        exit_code::system,
        "/dev/fuse does not exist: load the kernel's module with `modprobe fuse` (in a container, pass the device in)");
  }
  if (::access("/dev/fuse", R_OK | W_OK) != 0) {
    return fail(
        exit_code::usage,
        "/dev/fuse: no permission to open it; it is meant to be open to all: as root, run `chmod 666 /dev/fuse`");
  }
  if (is_root()) return {};
  if (!in_path("fusermount3")) {
    return fail(exit_code::system,
                "fusermount3 is not installed, and ordinary users cannot mount without it; install the package fuse3");
  }
  if (wanted.allow_other && !user_allow_other()) {
    return fail(
        exit_code::usage,
        "option 'allow_other': ordinary users may use it only when /etc/fuse.conf has the line user_allow_other");
  }
  return {};
}

}  // namespace randomiofs::cli
