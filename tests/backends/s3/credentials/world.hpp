#pragma once

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <randomio/backends/s3/credentials/chain.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/backends/s3/credentials/sources.hpp"
#include "tests/backends/s3/scripted_client.hpp"
#include "tests/core/runtime/each_loop.hpp"
#include "tests/support/scratch_directory.hpp"

namespace s3_test {

/// A machine of its own for providers: variables, a home directory, and services that answer by a script.
struct world {
  std::map<std::string, std::string, std::less<>> variables;
  randomio::testing::scratch_directory directory;
  std::filesystem::path home = directory.path();
  scripted_client services, local;
  blocking_pool pool{2};
  test_clock clock;
  std::unique_ptr<loop> runs = require_loop(loop::kind::epoll);

  world() { variables["HOME"] = home; }
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  [[nodiscard]] s3::provider_context context() {
    return {.services = services,
            .local = local,
            .pool = pool,
            .variables = [this](std::string_view name) -> std::optional<std::string> {
              const auto at = variables.find(name);
              return at == variables.end() ? std::nullopt : std::optional(at->second);
            },
            .now = clock.clock()};
  }
  /// Writes a file below the home directory. Returns: its path.
  std::string file(const std::string& name, std::string_view text) const {
    const auto path = home / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  result<s3::credentials> get(s3::provider& from) const { return sync_wait(*runs, from.get()); }
  result<s3::credentials> get(std::unique_ptr<s3::provider> from) const { return get(*from); }
  result<s3::credentials> from_profile(const std::string& name = {}) {
    return get(std::make_unique<s3::profile_provider>(context(), s3::profile_provider::options{.profile = name}));
  }
};

/// The key that was got, or the message of the error.
inline std::string said(const result<s3::credentials>& got) {
  return got ? got->access_key_id : std::string(got.error().message());
}

inline std::string sts_answer(const std::string& action, const std::string& key) {
  return "<" + action + "Response><" + action + "Result><Credentials><AccessKeyId>" + key +
         "</AccessKeyId><SecretAccessKey>S-" + key + "</SecretAccessKey><SessionToken>T-" + key +
         "</SessionToken><Expiration>2030-01-01T12:00:00Z</Expiration></Credentials></" + action + "Result></" +
         action + "Response>";
}

inline std::string json_answer(const std::string& key) {
  return R"({"Code":"Success","Type":"AWS-HMAC","AccessKeyId":")" + key + R"(","SecretAccessKey":"S-)" + key +
         R"(","Token":"T-)" + key + R"(","Expiration":"2030-01-01T12:00:00Z"})";
}

}  // namespace s3_test
