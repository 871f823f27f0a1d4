#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/registry/conflict_policy.hpp>
#include <randomio/backends/registry/metadata_dialect.hpp>
#include <randomio/backends/registry/settings.hpp>
#include <randomio/core/io/error.hpp>

#include "fs/config/position.hpp"
#include "fs/telemetry/level.hpp"

/// The configuration file, typed. Only its own meaning is checked here: what a backend's keys mean is known
/// to the backend's factory, and `backend::at` says where in the file to point when that one objects.
namespace randomiofs::config {

enum class loop_choice : std::uint8_t { automatic, uring, epoll };

/// `[daemon]`
struct daemon {
  std::uint64_t memory = std::uint64_t{256} << 20;
  std::uint64_t spill = std::uint64_t{4} << 30;
  std::string state_dir;  ///< Empty: the user's or the system's usual place.
  unsigned threads = 0;   ///< 0: one per core.
  log::level log = log::level::info;
  std::string log_file;  ///< Empty: the terminal, the journal or syslog.
  loop_choice loop = loop_choice::automatic;
};

/// `[backend.NAME]`
struct backend {
  std::string name;
  randomio::settings settings;            ///< Secrets are still as written: `env:NAME`.
  position at;                            ///< Of the table.
  std::map<std::string, position> where;  ///< Of each key's value.
};

/// How long a store may take to answer before the mount is given up: less than what systemd gives a mount unit (90 s).
inline constexpr std::chrono::nanoseconds mount_timeout_usual = std::chrono::seconds(30);
/// How long a store may take for what is left when the mount ends: less than what our unit gives it (5 min).
inline constexpr std::chrono::nanoseconds unmount_timeout_usual = std::chrono::minutes(4);

/// `[mount.NAME]`
struct mount {
  struct place {
    std::string path;     ///< "/" or "/a/b": absolute, no trailing slash.
    std::string backend;  ///< The name of one of `file::backends`.
  };
  std::string name;
  std::vector<place> places;
  std::string mountpoint;  ///< Empty: to be given on the command line.
  randomio::object::conflict_policy on_conflict = randomio::object::conflict_policy::estale;
  randomio::object::metadata::dialect metadata = randomio::object::metadata::usual;
  std::chrono::nanoseconds attr_ttl = std::chrono::seconds(1);
  std::chrono::nanoseconds mount_timeout = mount_timeout_usual;
  std::chrono::nanoseconds unmount_timeout = unmount_timeout_usual;
  bool read_only = false;
  bool allow_other = false;
  std::optional<std::uint32_t> uid, gid, umask;
};

struct file {
  std::string path;  ///< For messages.
  config::daemon daemon;
  std::map<std::string, backend, std::less<>> backends;
  std::map<std::string, mount, std::less<>> mounts;
};

/// Reads and checks a configuration file.
///
/// Errors:  not_found, permission_denied, …: `PATH: no such file`; otherwise as `parse`. The message is the whole line.
[[nodiscard]] randomio::result<file> load(const std::string& path);

/// Checks a configuration text.
///
/// Errors:  invalid; the message is the whole line: `PATH:LINE:COLUMN: key 'KEY': expected …, got …`.
[[nodiscard]] randomio::result<file> parse(std::string_view text, std::string path);

/// What a backend's factory says of a key that it does not know lists those that it knows. When this one is a near miss
/// of one of them, or of others that are `known`, that one is named instead.
[[nodiscard]] std::string with_meant_key(std::string_view key, std::string_view said,
                                         std::vector<std::string> known = {});

/// What went wrong with what, for a person: `/srv: not found`.
[[nodiscard]] std::string in_words(const randomio::error& problem);

/// The line for an error that a backend's factory returned: it points at the key that the factory objects to,
/// or at the backend's table.
[[nodiscard]] randomio::error explain(const file& in, const backend& which, const randomio::error& problem);

}  // namespace randomiofs::config
