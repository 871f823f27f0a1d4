#include "fs/file/opener.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

using randomiofs::opener;

namespace {

/// A child that waits until it is let go.
class child {
 public:
  child() {
    REQUIRE(::pipe(ends_) == 0);
    pid_ = ::fork();
    if (pid_ != 0) {
      ::close(ends_[0]);
      return;
    }
    ::close(ends_[1]);
    char byte = 0;
    ::_exit(static_cast<int>(::read(ends_[0], &byte, 1)));
  }
  ~child() { end(); }
  void end() {
    if (pid_ == 0) return;
    ::close(ends_[1]);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  int ends_[2] = {-1, -1};
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("every thread of a process is the opener's") {
  const opener self(::gettid());
  CHECK(self.may_be(::getpid()));
  std::thread([&] {
    CHECK(self.may_be(::gettid()));
    // Opened by a thread that is gone by the time another one closes.
    const opener thread(::gettid());
    CHECK(thread.may_be(::getpid()));
  }).join();
}

TEST_CASE("a child is not its parent") {
  const opener self(::gettid());
  const child other;
  CHECK_FALSE(self.may_be(other.pid()));
  CHECK_FALSE(opener(other.pid()).may_be(::gettid()));
}

TEST_CASE("a thread may be the opener's when that cannot be told") {
  CHECK(opener().may_be(::gettid()));
  CHECK(opener(0).may_be(1));
  const opener self(::gettid());
  CHECK(self.may_be(0));
  child other;
  const auto pid = other.pid();
  const opener gone(pid);
  REQUIRE_FALSE(gone.may_be(::gettid()));
  other.end();
  CHECK(gone.may_be(::gettid()));
  CHECK(self.may_be(pid));
}
