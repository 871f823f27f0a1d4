#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <randomio/backends/registry/registry.hpp>

#include "fs/cli/commands.hpp"
#include "fs/cli/failure.hpp"
#include "fs/cli/mount_settings.hpp"
#include "fs/config/config.hpp"
#include "fs/filesystem.hpp"

namespace randomiofs::cli {

/// What a mount command comes to, before anything is made: the configuration and the options in one.
struct plan {
  /// One backend of the tree. Settings still hold secrets as `env:NAME`.
  struct store {
    std::string path;
    config::backend backend;
    std::vector<std::string> overridden;  ///< Keys that the command line gave.
    std::string uri = {};                 ///< That it was named by, without settings; empty: by the configuration.
  };
  std::string source;      ///< As given.
  std::string mountpoint;  ///< As given.
  std::vector<store> stores;
  config::file config;  ///< Empty path: there is none.
  mount_options view;
  randomio::object::conflict_policy on_conflict = randomio::object::conflict_policy::estale;
  randomio::object::metadata::dialect metadata = randomio::object::metadata::usual;
  std::chrono::nanoseconds mount_timeout = config::mount_timeout_usual;
  std::chrono::nanoseconds unmount_timeout = config::unmount_timeout_usual;
  bool allow_other = false;
  bool nonempty = false;
  std::vector<std::string> kernel_options;

  /// Errors: the whole line; nothing was touched.
  [[nodiscard]] static outcome<plan> make(const mount_request& request, const randomio::registry& known);
  /// The same, for what needs the stores only: a mountpoint may be missing.
  [[nodiscard]] static outcome<plan> of_stores(const mount_request& request, const randomio::registry& known);
};

}  // namespace randomiofs::cli
