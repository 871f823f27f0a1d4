#pragma once

#include <string>

namespace randomiofs::cli {

/// Tells systemd how the service is doing: `READY=1`, `STOPPING=1`, `STATUS=…`. Nothing happens outside of one.
/// Source: sd_notify(3).
void notify_service(const std::string& state);

}  // namespace randomiofs::cli
