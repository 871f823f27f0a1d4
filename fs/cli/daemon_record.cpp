#include "fs/cli/daemon_record.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace randomiofs::cli {
namespace {

std::string record_directory() {
  if (::geteuid() == 0) return "/run/randomiofs";
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') return std::string(runtime) + "/randomiofs";
  return "/tmp/randomiofs-" + std::to_string(::getuid());
}

/// /tmp is everybody's: a note in a directory that somebody else prepared is not believed.
bool is_own_directory(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 022) == 0;
}

/// In clock ticks since boot; empty when there is no such process. Source: proc(5), /proc/PID/stat, field 22.
std::string start_time(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22 && fields >> field; ++number) {
  }
  return field;
}

std::string read_all(int fd) {
  std::array<char, 512> text;
  const auto size = ::pread(fd, text.data(), text.size(), 0);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace

daemon_record::daemon_record(const std::string& device) {
  const auto directory = record_directory();
  ::mkdir(directory.c_str(), 0700);
  if (!is_own_directory(directory)) return;
  const auto pid = std::to_string(::getpid());
  path_ = directory + '/' + device;
  std::ofstream(path_, std::ios::trunc) << pid << ' ' << start_time(pid) << '\n';
}

daemon_record::~daemon_record() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

void daemon_record::leave(const std::string& line) const {
  if (!path_.empty()) std::ofstream(path_, std::ios::app) << line << '\n';
}

std::optional<daemon_record::process> daemon_record::find(const std::string& device) {
  const auto directory = record_directory();
  if (!is_own_directory(directory)) return std::nullopt;
  process found(-1, ::open((directory + '/' + device).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (found.note_ < 0) return std::nullopt;
  std::istringstream text(read_all(found.note_));
  std::string pid, started;
  if (!(text >> pid >> started)) return std::nullopt;
  // The descriptor first: after that the number cannot come to mean another process unnoticed.
  found.pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(pid.c_str()), 0));
  if (found.pidfd_ < 0 || start_time(pid) != started) return std::nullopt;
  return found;
}

daemon_record::process::~process() {
  if (pidfd_ >= 0) ::close(pidfd_);
  if (note_ >= 0) ::close(note_);
}

std::string daemon_record::process::wait_for_end() const {
  pollfd ended{.fd = pidfd_, .events = POLLIN, .revents = 0};
  while (::poll(&ended, 1, -1) < 0 && errno == EINTR) {
  }
  const auto text = read_all(note_);
  auto left = text.substr(std::min(text.find('\n'), text.size()));
  std::erase(left, '\n');
  return left;
}

}  // namespace randomiofs::cli
