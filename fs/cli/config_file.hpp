#pragma once

#include <string>
#include <vector>

#include "fs/cli/failure.hpp"
#include "fs/config/config.hpp"

namespace randomiofs::cli {

/// Where a configuration is looked for when none is named: the system's, then the user's.
[[nodiscard]] std::vector<std::string> usual_config_files();

/// Reads the named file; without a name, the first usual one that has `[mount.MOUNT]` (any, if that is empty).
///
/// Errors: no such file, a mistake in it, no such mount: each the whole line.
[[nodiscard]] outcome<config::file> find_config(const std::string& named, const std::string& mount);

}  // namespace randomiofs::cli
