#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include <randomio/backends/azure/credentials/azure_cli.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>

namespace randomio::azure {
namespace {

constexpr std::size_t output_bytes_max = std::size_t{1} << 20;

struct descriptor {
  int fd = -1;
  ~descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

// A program and all that it starts: a group of their own, so that none outlives us.
class child {
 public:
  explicit child(pid_t pid) : pid_(pid) {}
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() {
    if (pid_ > 0) {
      ::kill(-pid_, SIGKILL);
      static_cast<void>(wait());
    }
  }
  int wait() {
    int status = -1;
    while (::waitpid(pid_, &status, 0) < 0 && interrupted()) {
    }
    pid_ = -1;
    return status;
  }

 private:
  static bool interrupted();
  pid_t pid_;
};

bool child::interrupted() {
  return std::error_code(*__errno_location(), std::generic_category()) == std::errc::interrupted;
}

result<std::string> read_all(int fd, std::chrono::milliseconds bound) {
  const auto end = std::chrono::steady_clock::now() + bound;
  std::string out;
  std::array<char, 4096> some{};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return http::refuse(errc::timed_out, "no answer in time");
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, static_cast<int>(left.count())) <= 0) continue;
    const auto count = ::read(fd, some.data(), some.size());
    if (count == 0) return out;
    if (count < 0) continue;
    out.append(some.data(), static_cast<std::size_t>(count));
    if (out.size() > output_bytes_max) return http::refuse(errc::too_large, "says too much");
  }
}

}  // namespace

result<std::string> output_of(const std::vector<std::string>& command, std::chrono::milliseconds bound) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return http::refuse(errc::too_many_open, "no pipe");
  descriptor from{ends[0]}, to{ends[1]};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, to.fd, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Signals that we ignore or block are none of its business.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<char*> arguments;
  for (const auto& one : command) arguments.push_back(const_cast<char*>(one.c_str()));  // NOLINT: execve's signature.
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, arguments.front(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return http::refuse(errc::not_found, "cannot run '" + command.front() + "'");

  child running(pid);
  ::close(std::exchange(to.fd, -1));
  auto text = read_all(from.fd, bound);
  if (!text) return text;
  const int status = running.wait();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    http::wipe(*text);
    return http::refuse(errc::unauthenticated, "'" + command.front() + "' failed; does 'az login' help?");
  }
  return text;
}

}  // namespace randomio::azure
