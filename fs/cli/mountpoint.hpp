#pragma once

#include <string>
#include <vector>

#include "fs/cli/failure.hpp"

namespace randomiofs::cli {

struct plan;

/// The absolute path of a mountpoint, its parent resolved. Does not touch the directory itself: it may be dead.
[[nodiscard]] std::string absolute_mountpoint(const std::string& given);

/// Checks that a mount could be made there and would not bury what the daemon itself needs.
///
/// Errors: the whole line: missing, not a directory, not empty, dead, already mounted, no permission, …
[[nodiscard]] outcome<void> check_mountpoint(const std::string& mountpoint, const plan& wanted);

/// Checks that this user can mount at all: the device, the mount helper, `allow_other`.
[[nodiscard]] outcome<void> check_may_mount(const plan& wanted);

}  // namespace randomiofs::cli
