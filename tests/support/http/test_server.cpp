#include "tests/support/http/test_server.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

test_server::test_server(transport how) : how_(how) {
  std::string name = (std::filesystem::temp_directory_path() / "rfs-http-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
  directory_ = name;

  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  std::string python = "python3";
  std::string script = HTTP_TEST_SERVER;
  std::string option = "--tls";
  std::array<char*, 5> words{python.data(), script.data(), nullptr, nullptr, nullptr};
  if (how == transport::tls) {
    words[2] = option.data();
    words[3] = name.data();
  }
  const int refused = ::posix_spawnp(&child_, "python3", &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  stdin_ = to[1];
  std::string line;
  char c = 0;
  while (refused == 0 && ::read(from[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(from[0]);
  if (line.empty()) throw std::runtime_error("the test server did not start");
  port_ = std::stoi(line);
}

test_server::~test_server() {
  ::close(stdin_);
  ::waitpid(child_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string test_server::at(const std::string& path) const {
  return (how_ == transport::tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
}
