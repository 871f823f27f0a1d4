#pragma once

#include <optional>
#include <string>

namespace randomiofs::cli {

/// A note of which process serves a mount, for `umount --wait`: `DIRECTORY/MAJOR:MINOR` holds its process id and
/// start time, so that a stale note is recognised. DIRECTORY is /run/randomiofs, or the user's runtime directory.
class daemon_record {
 public:
  /// Notes this process. Removed again by the destructor. Without a place for the note there is none.
  explicit daemon_record(const std::string& device);
  ~daemon_record();
  daemon_record(const daemon_record&) = delete;
  daemon_record& operator=(const daemon_record&) = delete;

  /// A pidfd of the process that serves the mount; nothing when that is not known.
  [[nodiscard]] static std::optional<int> open_process(const std::string& device);

 private:
  std::string path_;
};

}  // namespace randomiofs::cli
