#include "fs/cli/termination.hpp"

#include <csignal>
#include <utility>

namespace randomiofs::cli {
namespace {

constexpr int end_waiting = SIGUSR1;

sigset_t watched() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int each : {SIGTERM, SIGINT, SIGHUP, end_waiting}) ::sigaddset(&set, each);
  return set;
}

}  // namespace

void termination::block_signals() {
  const auto set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // A log's reader that went away is no reason to end.
}

termination::termination(std::function<void(int)> stop)
    : waiting_([stop = std::move(stop)] {
        const auto set = watched();
        bool stopping = false;
        for (int signal = 0; ::sigwait(&set, &signal) == 0 && signal != end_waiting;) {
          if (!std::exchange(stopping, true)) stop(signal);
        }
      }) {}

termination::~termination() {
  ::pthread_kill(waiting_.native_handle(), end_waiting);
  waiting_.join();
}

}  // namespace randomiofs::cli
