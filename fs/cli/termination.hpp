#pragma once

#include <functional>
#include <thread>

namespace randomiofs::cli {

/// SIGTERM, SIGINT and SIGHUP as an ordinary call on a thread of its own, where everything is allowed.
class termination {
 public:
  /// Keeps the signals from every thread that is started from here on. Call it before the first one.
  static void block_signals();

  /// Calls `stop(signal)` at the first of the signals; later ones change nothing.
  explicit termination(std::function<void(int)> stop);
  /// Ends the waiting.
  ~termination();
  termination(const termination&) = delete;
  termination& operator=(const termination&) = delete;

 private:
  std::thread waiting_;
};

}  // namespace randomiofs::cli
