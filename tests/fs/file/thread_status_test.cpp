#include "fs/file/thread_status.hpp"

#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using randomiofs::thread_status;

namespace {

struct signals {
  std::string pending = "0", shared = "0", blocked = "0", ignored = "0", caught = "0", tracer = "0";
};

/// As proc_pid_status(5) has it, for a process whose name looks like a field.
bool is_dying(const signals& of) {
  return thread_status("Name:\tx\\nSigPnd:\t1ff\nState:\tD (disk sleep)\nTgid:\t7\nPid:\t8\nTracerPid:\t" + of.tracer +
                       "\nSigQ:\t1/100\nSigPnd:\t" + of.pending + "\nShdPnd:\t" + of.shared + "\nSigBlk:\t" +
                       of.blocked + "\nSigIgn:\t" + of.ignored + "\nSigCgt:\t" + of.caught + "\n")
      .is_dying();
}

constexpr auto kill_bit = "0000000000000100", interrupt_bit = "0000000000000002", child_bit = "0000000000010000";

}  // namespace

TEST_CASE("a signal that nobody handles ends a process") {
  CHECK_FALSE(is_dying({}));
  CHECK(is_dying({.pending = interrupt_bit}));
  CHECK(is_dying({.shared = interrupt_bit}));
  CHECK_FALSE(is_dying({.shared = interrupt_bit, .caught = interrupt_bit}));
  CHECK_FALSE(is_dying({.shared = interrupt_bit, .ignored = interrupt_bit}));
  CHECK_FALSE(is_dying({.shared = interrupt_bit, .blocked = interrupt_bit}));
  CHECK(is_dying({.shared = "0000000200000000"}));  // A real-time signal.
}

TEST_CASE("signals that end nothing by default do not") {
  CHECK_FALSE(is_dying({.shared = child_bit}));
  CHECK_FALSE(is_dying({.shared = "00000000083f0000" /* CHLD, CONT, STOP, TSTP, TTIN, TTOU, WINCH */}));
  CHECK(is_dying({.shared = "0000000000010002" /* CHLD and INT */}));
}

TEST_CASE("SIGKILL ends whatever there is, and a debugger decides of the rest") {
  CHECK(is_dying({.pending = kill_bit, .blocked = "ffffffffffffffff"}));
  CHECK(is_dying({.pending = kill_bit, .tracer = "12"}));
  CHECK_FALSE(is_dying({.pending = interrupt_bit, .tracer = "12"}));
}

TEST_CASE("a thread of this process is asked about itself") {
  const auto own = thread_status::of(::gettid());
  REQUIRE(own);
  CHECK(own->process() == ::getpid());
  CHECK_FALSE(own->is_dying());
  CHECK_FALSE(thread_status::of(0));
  CHECK_FALSE(thread_status::of(1 << 30));
}
