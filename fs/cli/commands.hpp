#pragma once

#include <string>
#include <vector>

#include "fs/cli/failure.hpp"

/// What each subcommand is asked to do, and its entry point. The entry points print nothing but results.
namespace randomiofs::cli {

struct mount_request {
  std::string source;                ///< A `[mount.NAME]` or a URI.
  std::string mountpoint;            ///< Empty: the configuration names it.
  std::string config;                ///< Empty: the usual places.
  std::vector<std::string> options;  ///< Each a list as after `-o`.
  bool foreground = false;
  bool verbose = false;
  bool sloppy = false;  ///< Options that nobody knows are ignored. Source: mount(8), -s.
};

/// Without `foreground`, returns in the parent when the mount is there; with it, when the mount has ended.
[[nodiscard]] outcome<void> run_mount(const mount_request& request);

struct umount_request {
  std::string target;  ///< A mountpoint, or a `[mount.NAME]` with one.
  std::string config;
  bool wait = false;
  bool lazy = false;
};

[[nodiscard]] outcome<void> run_umount(const umount_request& request);

struct check_request {
  std::string config;
};

[[nodiscard]] outcome<void> run_check(const check_request& request);

struct uploads_request {
  std::string source;  ///< As of `mount`.
  std::string config;
  std::vector<std::string> options;
  std::string older_than;  ///< A duration; empty: all.
};

/// Unfinished uploads of a source's object stores: printed, one a line, or ended.
[[nodiscard]] outcome<void> run_uploads_list(const uploads_request& request);
[[nodiscard]] outcome<void> run_uploads_abort(const uploads_request& request);

}  // namespace randomiofs::cli
