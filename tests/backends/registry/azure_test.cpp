#include <catch2/catch.hpp>
#include <cstdlib>

#include <randomio/backends/registry/registry.hpp>

using namespace randomio;

TEST_CASE("az:// names an account, a container and a prefix") {
  const auto all = registry::with_built_in();
  const auto parsed = all.parse("az://acc0unt/cont/a/b?allow_http=true");
  REQUIRE(parsed);
  CHECK(parsed->type == "azure");
  CHECK(parsed->values.at("account") == "acc0unt");
  CHECK(parsed->values.at("container") == "cont");
  CHECK(parsed->values.at("prefix") == "a/b");
  CHECK(parsed->values.at("allow_http") == "true");
  CHECK(all.parse("az://acc0unt").error() == errc::invalid);
  CHECK(all.parse("az:///cont").error() == errc::invalid);
}

TEST_CASE("a container is a filesystem, made without a word to the service") {
  const auto all = registry::with_built_in();
  blocking_pool pool(1);
  const environment in{.pool = pool};
  const auto make = [&](std::map<std::string, std::string> values) {
    return all.make({.type = "azure", .values = std::move(values)}, in);
  };
  CHECK(make({{"account", "acc0unt"}, {"container", "cont"}, {"account_key", "a2V5"}}));
  CHECK(make({{"account", "acc0unt"}, {"container", "cont"}, {"account_key", "a2V5"}, {"typo", "x"}}).error().key() ==
        "typo");
  CHECK(make({{"account", "acc0unt"}, {"container", "NO"}, {"account_key", "a2V5"}}).error().key() == "container");

  const auto reached_with = [&](std::string key, std::string value) {
    return make({{"account", "acc0unt"}, {"container", "cont"}, {"account_key", "a2V5"}, {std::move(key), value}});
  };
  CHECK(reached_with("retry_timeout", "5s"));
  CHECK(reached_with("ca_file", "/etc/ssl/ours.pem"));
  CHECK(reached_with("retry_timeout", "soon").error().key() == "retry_timeout");
  CHECK(reached_with("connections", "0").error().key() == "connections");
}
