#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fs/cli/failure.hpp"
#include "fs/cli/option_list.hpp"
#include "fs/config/config.hpp"

namespace randomiofs::cli {

/// What the options of a command line say, sorted by whom they are for. What is absent was not said.
struct mount_settings {
  std::string config;  ///< `config=FILE`
  std::optional<bool> read_only, allow_other;
  std::optional<std::uint32_t> uid, gid, umask;
  std::optional<std::chrono::nanoseconds> attr_ttl, mount_timeout, unmount_timeout;
  std::optional<unsigned> threads;
  std::optional<log::level> log;
  std::optional<config::loop_choice> loop;
  std::string log_file;
  bool nonempty = false;
  std::vector<std::string> kernel;  ///< For the kernel as they are: nosuid, noatime, …
  std::vector<option> backend;      ///< Everything else: a backend's settings.

  /// Errors: a value of the wrong kind; an option that cannot work, such as remount.
  [[nodiscard]] static outcome<mount_settings> from(const std::vector<std::string>& lists);
};

/// The names of all options that are not a backend's, for suggestions.
[[nodiscard]] const std::vector<std::string>& option_names();

}  // namespace randomiofs::cli
