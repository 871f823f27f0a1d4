#pragma once

#include <memory>

#include <randomio/core/io/stop.hpp>

#include "fs/filesystem.hpp"
#include "fs/fuse/reply.hpp"

namespace randomiofs::fuse {

/// Ends a request that only asks when its caller dies meanwhile: lives in the request's handler, around what is
/// awaited. Requests that change something have none: a change is not given up halfway.
///
/// Threads: the loop's.
class interruption {
 public:
  /// Asks to stop. The request is answered when the operation has ended.
  explicit interruption(reply& of) noexcept : interruption(of, nullptr, nullptr) {}
  /// Answers too, so that the caller can go, whatever the operation waits for; it then ends for nobody. The kernel may
  /// let go of what the request was about once it is answered, so that is held until then.
  interruption(reply& of, inode& about) noexcept : interruption(of, &about, nullptr) {}
  interruption(reply& of, open_directory& about) noexcept : interruption(of, &about.node(), &about) {}
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;
  ~interruption();

  [[nodiscard]] randomio::stop_token token() noexcept { return stop_.token(); }
  /// Returns: false when it has to be tried again later: too many operations go on for nobody.
  [[nodiscard]] bool caller_dies();

 private:
  interruption(reply& of, inode* about, open_directory* directory) noexcept;

  reply& reply_;
  inode* const about_;
  open_directory* const directory_;
  bool is_given_up_ = false;
  std::shared_ptr<open_directory> held_;
  randomio::stop_source stop_;
};

}  // namespace randomiofs::fuse
