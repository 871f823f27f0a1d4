#pragma once

#include <functional>

#include "fs/cli/failure.hpp"
#include "fs/cli/plan.hpp"

namespace randomiofs::cli {

/// Who waits for a mount. One of the two is told, once, but for a failure that `serve` returns.
struct mount_waiter {
  std::function<void()> ready;                           ///< The mount is there.
  std::function<void(const failure& why)> has_given_up;  ///< It hangs, and this process ends. Threads: any.
};

/// Mounts what the plan says and serves it until it is unmounted or a signal ends it. Failures after it was mounted are
/// in the log as well.
[[nodiscard]] outcome<void> serve(const plan& wanted, const randomio::registry& known, bool in_background,
                                  const mount_waiter& waiter);

}  // namespace randomiofs::cli
