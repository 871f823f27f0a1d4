#include <randomio/backends/registry/settings.hpp>

#include <catch2/catch.hpp>
#include <chrono>

using randomio::settings;

TEST_CASE("a key is taken once, and what nobody took is named") {
  settings from{.type = "memory", .values = {{"size", "1GiB"}, {"sise", "2"}}};
  CHECK(from.take("size") == "1GiB");
  CHECK(from.take("size") == std::nullopt);
  const auto left = from.finish("size");
  REQUIRE(!left);
  CHECK(left.error() == randomio::errc::invalid);
  CHECK(left.error().key() == "sise");
  CHECK(left.error().message() == "unknown key; type \"memory\" knows: size");
  CHECK(from.take("sise") == "2");
  CHECK(from.finish("size"));
}

TEST_CASE("a required key must be there and not empty") {
  settings from{.type = "local", .values = {{"empty", ""}, {"root", "/srv"}}};
  CHECK(from.take_required("root").value() == "/srv");
  CHECK(from.take_required("root").error().message() == "is required by type \"local\"");
  CHECK(from.take_required("empty").error().key() == "empty");
}

TEST_CASE("sizes and switches have types") {
  settings from{.type = "x",
                .values = {{"a", "1KiB"},
                           {"b", "soon"},
                           {"c", "true"},
                           {"d", "no"},
                           {"e", ""},
                           {"f", "maybe"},
                           {"g", "2min"},
                           {"h", "2"}}};
  CHECK(from.take_bytes("a", 7).value() == 1024);
  CHECK(from.take_bytes("absent", 7).value() == 7);
  const auto bad = from.take_bytes("b", 7);
  CHECK(bad.error().key() == "b");
  CHECK(bad.error().message() == "expected a size such as \"64MiB\", got \"soon\"");
  CHECK(from.take_time("g", std::chrono::seconds(7)).value() == std::chrono::minutes(2));
  CHECK(from.take_time("absent", std::chrono::seconds(7)).value() == std::chrono::seconds(7));
  CHECK(from.take_time("h", std::chrono::seconds(7)).error().key() == "h");
  CHECK(from.take_bool("c", false).value());
  CHECK(!from.take_bool("d", true).value());
  CHECK(from.take_bool("e", false).value());
  CHECK(from.take_bool("absent", true).value());
  CHECK(from.take_bool("f", false).error().message() == "expected true or false, got \"maybe\"");
}
