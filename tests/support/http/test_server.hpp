#pragma once

#include <sys/types.h>
#include <filesystem>
#include <string>

/// tests/support/http/server.py, for as long as this object lives.
class test_server {
 public:
  enum class transport { plain, tls };
  explicit test_server(transport how = transport::plain);
  ~test_server();
  test_server(const test_server&) = delete;
  test_server& operator=(const test_server&) = delete;

  /// The URL of a path that starts with a slash.
  [[nodiscard]] std::string at(const std::string& path) const;
  /// The certificate authority that vouches for it.
  [[nodiscard]] std::string ca_file() const { return directory_ / "ca.pem"; }
  [[nodiscard]] int port() const noexcept { return port_; }

 private:
  transport how_;
  std::filesystem::path directory_;
  pid_t child_ = -1;
  int stdin_ = -1;
  int port_ = 0;
};
