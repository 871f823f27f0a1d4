#include "fs/cli/background.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace randomiofs::cli {
namespace {

/// What the child writes: one byte of exit code, then the line.
std::string read_all(int fd) {
  std::string text;
  std::array<char, 512> chunk{};
  for (;;) {
    const auto count = ::read(fd, chunk.data(), chunk.size());
    if (count > 0) {
      text.append(chunk.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return text;
    }
  }
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) return;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

background::~background() {
  if (ready_ >= 0) ::close(ready_);
}

outcome<background> background::fork_off() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(exit_code::system, std::string("pipe: ") + std::strerror(errno));
  const auto child = ::fork();
  if (child < 0) return fail(exit_code::system, std::string("fork: ") + std::strerror(errno));
  const bool parent = child > 0;
  ::close(ends[parent ? 1 : 0]);
  return background(ends[parent ? 0 : 1], parent, child);
}

outcome<void> background::wait_for_child() {
  const auto said = read_all(ready_);
  if (!said.empty() && said[0] == 0) return {};
  if (!said.empty()) return fail(static_cast<exit_code>(said[0]), said.substr(1));
  int status = 0;
  ::waitpid(child_, &status, 0);
  const auto how = WIFSIGNALED(status) ? "was killed by signal " + std::to_string(WTERMSIG(status))
                                       : "ended with code " + std::to_string(WEXITSTATUS(status));
  return fail(exit_code::internal, "the daemon " + how + " before the mount was ready");
}

void background::ready() {
  ::setsid();
  [[maybe_unused]] const int moved = ::chdir("/");  // Keeps no filesystem busy.
  if (const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC); null >= 0) {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, fd);
    if (null > STDERR_FILENO) ::close(null);
  }
  write_all(ready_, std::string_view("\0", 1));
  ::close(std::exchange(ready_, -1));
}

void background::failed(const failure& why) {
  write_all(ready_, std::string(1, static_cast<char>(why.code)) + why.line);
  ::close(std::exchange(ready_, -1));
}

}  // namespace randomiofs::cli
