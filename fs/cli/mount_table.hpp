#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace randomiofs::cli {

/// One mount of this mount namespace. Source: proc(5), /proc/PID/mountinfo.
struct mount_entry {
  std::string device;  ///< "MAJOR:MINOR", which tells mounts apart.
  std::string mountpoint;
  std::string type;
  std::string source;

  [[nodiscard]] bool ours() const noexcept { return type == "fuse.randomiofs"; }
};

/// All mounts, in the order in which they were made.
[[nodiscard]] std::vector<mount_entry> mounted_now();
[[nodiscard]] std::optional<mount_entry> parse_mountinfo(std::string_view line);
/// The topmost mount at exactly this path; asks the kernel's table only, so a dead mount does no harm.
[[nodiscard]] std::optional<mount_entry> mount_at(std::string_view mountpoint);

}  // namespace randomiofs::cli
