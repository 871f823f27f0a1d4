#pragma once

#include <functional>

#include "fs/cli/failure.hpp"
#include "fs/cli/plan.hpp"

namespace randomiofs::cli {

/// Mounts what the plan says and serves it until it is unmounted or a signal ends it. Calls `ready` once, when
/// the mount is there; failures after that are in the log as well.
[[nodiscard]] outcome<void> serve(const plan& wanted, const randomio::registry& known, bool in_background,
                                  const std::function<void()>& ready);

}  // namespace randomiofs::cli
