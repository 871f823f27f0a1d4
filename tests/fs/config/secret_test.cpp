#include "fs/config/secret.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/scratch_directory.hpp"

using randomiofs::config::resolve_secret;

namespace {

struct key_file {
  randomio::testing::scratch_directory directory;
  std::string path = directory.path();

  key_file() { directory.put("key", "from a file\n"); }
  ~key_file() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
};

}  // namespace

TEST_CASE("a plain value stays") {
  CHECK(resolve_secret("plain", "/").value() == "plain");
}

TEST_CASE("a secret comes from the environment") {
  ::setenv("RANDOMIOFS_TEST_SECRET", "from env", 1);
  CHECK(resolve_secret("env:RANDOMIOFS_TEST_SECRET", "/").value() == "from env");
  CHECK(resolve_secret("env:RANDOMIOFS_NOT_SET", "/").error().message() ==
        "the environment variable 'RANDOMIOFS_NOT_SET' is not set");
}

TEST_CASE("a secret comes from a file, relative to the configuration's directory") {
  const key_file dir;
  CHECK(resolve_secret("file:" + dir.path + "/key", "/").value() == "from a file");
  CHECK(resolve_secret("file:key", dir.path).value() == "from a file");
  CHECK(resolve_secret("file:none", dir.path).error().message() == dir.path + "/none: no such file");
}

TEST_CASE("a secret comes from systemd's credentials") {
  const key_file dir;
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(!resolve_secret("credential:key", "/"));
  ::setenv("CREDENTIALS_DIRECTORY", dir.path.c_str(), 1);
  CHECK(resolve_secret("credential:key", "/").value() == "from a file");
  CHECK(!resolve_secret("credential:../key", "/"));
}
