#include <randomio/backends/registry/registry.hpp>

#include <algorithm>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/scratch_directory.hpp"

using namespace randomio;

namespace {

backend_type third_party(std::string type, std::string scheme) {
  return {
      .type = std::move(type),
      .scheme = std::move(scheme),
      .parse_uri = [](std::string_view) -> result<settings> { return settings{.type = "", .values = {{"k", "v"}}}; },
      .make = [](settings, const environment&) -> result<dyn_fs> { return fail(errc::unsupported); }};
}

struct fixture {
  registry known = registry::with_built_in();
  blocking_pool pool{1};
  environment in{pool};
};

}  // namespace

TEST_CASE_METHOD(fixture, "the built-in backends are made from URIs") {
  const testing::scratch_directory dir;
  const auto memory = known.parse("memory:?size=1GiB").value();
  CHECK(memory.type == "memory");
  CHECK(memory.values.at("size") == "1GiB");
  CHECK(known.make(memory, in));

  const auto local = known.parse("file://" + dir.path()).value();
  CHECK(local.type == "local");
  CHECK(local.values.at("root") == dir.path());
  CHECK(known.make(local, in));
}

TEST_CASE_METHOD(fixture, "an unknown scheme or type lists the known ones") {
  const auto parsed = known.parse("s4://bucket");
  REQUIRE(!parsed);
  CHECK(parsed.error() == errc::invalid);
  // Which others there are depends on how this was built.
  CHECK(parsed.error().message().starts_with("unknown scheme 's4'; known are: "));
  CHECK(parsed.error().message().contains("file, memory"));
  const auto made = known.make({.type = "memry", .values = {}}, in);
  REQUIRE(!made);
  CHECK(made.error().key() == "type");
  CHECK(made.error().message().starts_with("unknown type \"memry\"; known are: "));
  CHECK(made.error().message().contains("local, memory"));
}

TEST_CASE_METHOD(fixture, "a URI that its backend cannot mean is refused") {
  for (const auto* text : {"memory:dir", "memory://host", "file:dir", "file://host/dir"}) {
    INFO(text);
    CHECK(known.parse(text).error() == errc::invalid);
  }
}

TEST_CASE_METHOD(fixture, "a bad setting is named by its key") {
  CHECK(known.make({.type = "memory", .values = {{"size", "soon"}}}, in).error().key() == "size");
  CHECK(known.make({.type = "memory", .values = {{"sise", "1"}}}, in).error().key() == "sise");
  CHECK(known.make({.type = "local", .values = {}}, in).error().key() == "root");
}

TEST_CASE_METHOD(fixture, "a missing directory is the backend's own error") {
  const auto made = known.make({.type = "local", .values = {{"root", "/nonexistent/dir"}}}, in);
  REQUIRE(!made);
  CHECK(made.error() == errc::not_found);
  CHECK(made.error().key() == "/nonexistent/dir");
}

TEST_CASE_METHOD(fixture, "a third party joins, once") {
  REQUIRE(known.add(third_party("zip", "zip")));
  CHECK(known.add(third_party("zip", "other")).error() == errc::already_exists);
  CHECK(known.add(third_party("other", "zip")).error() == errc::already_exists);
  CHECK(known.add(third_party("other", "memory")).error() == errc::already_exists);
  const auto parsed = known.parse("ZIP://archive").value();
  CHECK(parsed.type == "zip");
  CHECK(parsed.values.at("k") == "v");
  CHECK(known.make(parsed, in).error() == errc::unsupported);
  const auto schemes = known.schemes();
  CHECK(std::ranges::is_sorted(schemes));
  for (const auto* scheme : {"file", "memory", "zip"}) CHECK(std::ranges::count(schemes, scheme) == 1);
}
