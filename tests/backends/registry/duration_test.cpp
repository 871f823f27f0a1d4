#include <randomio/backends/registry/duration.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <string>

using namespace std::chrono_literals;
using randomio::parse_duration;

TEST_CASE("durations are read as people write them") {
  CHECK(parse_duration("0").value() == 0ns);
  CHECK(parse_duration("1s").value() == 1s);
  CHECK(parse_duration("1.5s").value() == 1500ms);
  CHECK(parse_duration("250us").value() == 250us);
  CHECK(parse_duration("2min").value() == 2min);
  CHECK(parse_duration("36h").value() == 36h);
  CHECK(parse_duration("7d").value() == 168h);
  CHECK(parse_duration("0.123456789123s").value() == 123456789ns);
}

TEST_CASE("what is no duration is refused") {
  for (const auto* text : {"", "soon", "1", "s", "-1s", "1.s", ".5s", "1.2.3s", "1 s", "1m", "999999999999999999d",
                           "99999999999999999999s"}) {
    INFO(text);
    CHECK(!parse_duration(text));
  }
}

TEST_CASE("any whole number of seconds is read back") {
  rc::check([](std::uint32_t seconds) {
    RC_ASSERT(parse_duration(std::to_string(seconds) + "s").value() == std::chrono::seconds(seconds));
  });
}
