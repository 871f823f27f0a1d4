#pragma once

#include <optional>
#include <string>
#include <utility>

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

  /// What whoever waits for this process's end is to know.
  void leave(const std::string& line) const;

  /// The process that serves a mount, to be waited for.
  class process {
   public:
    process(process&& other) noexcept
        : pidfd_(std::exchange(other.pidfd_, -1)), note_(std::exchange(other.note_, -1)) {}
    process& operator=(process&&) = delete;
    ~process();
    /// Returns: what it left, usually nothing.
    [[nodiscard]] std::string wait_for_end() const;

   private:
    friend class daemon_record;
    process(int pidfd, int note) noexcept : pidfd_(pidfd), note_(note) {}

    int pidfd_;
    int note_;  ///< Stays readable when the process has removed it.
  };
  /// Nothing, when the process is not known.
  [[nodiscard]] static std::optional<process> find(const std::string& device);

 private:
  std::string path_;
};

}  // namespace randomiofs::cli
