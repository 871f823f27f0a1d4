#include "fs/cli/daemon_record.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

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

std::optional<int> daemon_record::open_process(const std::string& device) {
  const auto directory = record_directory();
  if (!is_own_directory(directory)) return std::nullopt;
  std::ifstream file(directory + '/' + device);
  std::string pid, started;
  if (!(file >> pid >> started)) return std::nullopt;
  // The descriptor first: after that the number cannot come to mean another process unnoticed.
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(pid.c_str()), 0));
  if (fd < 0) return std::nullopt;
  if (start_time(pid) == started) return fd;
  ::close(fd);
  return std::nullopt;
}

}  // namespace randomiofs::cli
