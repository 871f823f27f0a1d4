#include <randomio/backends/registry/quantity.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <string>

using randomio::parse_bytes;

TEST_CASE("sizes are read as people write them") {
  CHECK(parse_bytes("0").value() == 0);
  CHECK(parse_bytes("4096").value() == 4096);
  CHECK(parse_bytes("4096B").value() == 4096);
  CHECK(parse_bytes("64KiB").value() == 65536);
  CHECK(parse_bytes("64 kib").value() == 65536);
  CHECK(parse_bytes("64k").value() == 65536);
  CHECK(parse_bytes("64KB").value() == 64000);
  CHECK(parse_bytes("1.5GiB").value() == 1610612736);
  CHECK(parse_bytes("0.1KiB").value() == 102);
  CHECK(parse_bytes("2GB").value() == 2'000'000'000);
  CHECK(parse_bytes("18446744073709551615").value() == 18446744073709551615u);
}

TEST_CASE("what is no size is refused, naming it") {
  for (const auto* text : {"", "soon", "-1", "1.", ".5", "1.5.5", "5x", "5KiBs", "5iB", "1e3", " 1", "1 ", "0x10",
                           "18446744073709551616", "16EiB", "99999999999999999999999999999999999999999"}) {
    INFO(text);
    const auto parsed = parse_bytes(text);
    REQUIRE(!parsed);
    CHECK(parsed.error() == randomio::errc::invalid);
    CHECK(parsed.error().message().find('"' + std::string(text) + '"') != std::string_view::npos);
  }
}

TEST_CASE("any count of bytes survives being written in any unit that divides it") {
  rc::check([](std::uint32_t count) {
    RC_ASSERT(parse_bytes(std::to_string(count)).value() == count);
    RC_ASSERT(parse_bytes(std::to_string(count) + "KiB").value() == std::uint64_t{count} << 10);
    RC_ASSERT(parse_bytes(std::to_string(count) + "MB").value() == std::uint64_t{count} * 1'000'000);
  });
}

TEST_CASE("no text crashes the parser of sizes") {
  rc::check([](const std::string& text) { (void)parse_bytes(text); });
}
