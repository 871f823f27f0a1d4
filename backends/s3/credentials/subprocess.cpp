#include <randomio/backends/s3/credentials/subprocess.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <span>
#include <utility>

#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/secret.hpp>

namespace randomio::s3 {
namespace {

using deadline = std::chrono::steady_clock::time_point;

class pipe_ends {
 public:
  pipe_ends() noexcept { opened_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;
  ~pipe_ends() {
    close(0);
    close(1);
  }

  [[nodiscard]] bool opened() const noexcept { return opened_; }
  [[nodiscard]] int read_end() const noexcept { return ends_[0]; }
  [[nodiscard]] int write_end() const noexcept { return ends_[1]; }
  void close(std::size_t which) noexcept {
    if (ends_[which] >= 0) ::close(std::exchange(ends_[which], -1));
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
  bool opened_ = false;
};

class spawn_actions {
 public:
  spawn_actions(int out, int errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    // A process group of its own, and signals as programs expect them, not as this process has set them.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  spawn_actions(const spawn_actions&) = delete;
  spawn_actions& operator=(const spawn_actions&) = delete;
  ~spawn_actions() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] bool spawn(const std::vector<std::string>& words, pid_t& child) const {
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));  // NOLINT: it does not write.
    arguments.push_back(nullptr);
    return ::posix_spawnp(&child, arguments[0], &actions_, &attributes_, arguments.data(), environ) == 0;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// One of the child's outputs. What does not fit is read all the same, so that the child can end.
struct stream {
  int from;
  std::string& into;
  std::size_t bytes_max;
  bool open = true;
  bool cut = false;

  void read_some() {
    std::array<char, 4096> buffer;  // NOLINT(*-member-init): read(2) fills it.
    const auto count = ::read(from, buffer.data(), buffer.size());
    if (count == 0) open = false;
    if (count <= 0) return;  // Interrupted: poll(2) tells again.
    const auto taken = std::min(static_cast<std::size_t>(count), bytes_max - into.size());
    into.append(buffer.data(), taken);
    cut = cut || taken < static_cast<std::size_t>(count);
    wipe(std::span(buffer));
  }
};

// Returns: false when the time was over first.
bool read_both(stream& out, stream& errors, deadline end) {
  while (out.open || errors.open) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (out.cut) return true;
    if (left <= 0) return false;
    std::array<pollfd, 2> both = {{{out.open ? out.from : -1, POLLIN, 0}, {errors.open ? errors.from : -1, POLLIN, 0}}};
    if (::poll(both.data(), both.size(), static_cast<int>(std::min<std::int64_t>(left, 60'000))) <= 0) continue;
    if (both[0].revents != 0) out.read_some();
    if (both[1].revents != 0) errors.read_some();
  }
  return true;
}

// Returns: false when the time was over before the child was. Source: pidfd_open(2).
bool ends_before(pid_t child, deadline end) {
  // Not by its name: the header of glibc 2.36 is not for C++.
  const int ended = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  if (ended < 0) return true;  // It is gone already, or the kernel is too old to tell.
  pollfd one{ended, POLLIN, 0};
  while (one.revents == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) break;
    static_cast<void>(::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))));
  }
  ::close(ended);
  return one.revents != 0;
}

// The exit status as shells have it. Where this process ignores SIGCHLD it cannot be known, and output decides.
int wait_for(pid_t child) {
  int status = 0;
  while (true) {
    const auto waited = ::waitpid(child, &status, 0);
    if (waited == child) break;
    siginfo_t info{};
    // Interrupted, or there is no such child any more.
    if (waited < 0 && ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

result<subprocess_output> run_program(const std::vector<std::string>& words, std::chrono::milliseconds time,
                                      std::size_t bytes_max) {
  if (words.empty()) return refuse(errc::invalid, "no program to run");
  pipe_ends out, errors;
  if (!out.opened() || !errors.opened()) return refuse(errc::too_many_open, "no pipe to a program could be made");
  subprocess_output made;
  made.out.reserve(bytes_max);  // Growing would leave copies behind.
  pid_t child = -1;
  if (!spawn_actions(out.write_end(), errors.write_end()).spawn(words, child)) {
    return refuse(errc::not_found, "'" + words[0] + "' cannot be started");
  }
  out.close(1);
  errors.close(1);
  stream output{out.read_end(), made.out, bytes_max}, complaints{errors.read_end(), made.errors, 4096};
  const auto end = std::chrono::steady_clock::now() + time;
  const bool in_time = read_both(output, complaints, end) && (output.cut || ends_before(child, end));
  if (!in_time || output.cut) ::kill(-child, SIGKILL);
  made.status = wait_for(child);
  if (!in_time || output.cut) wipe(made.out);
  if (!in_time) return refuse(errc::timed_out, "'" + words[0] + "' took too long");
  if (output.cut) return refuse(errc::too_large, "'" + words[0] + "' wrote too much");
  return made;
}

}  // namespace randomio::s3
