#include "fs/telemetry/record.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace randomiofs;

namespace {

std::string line_of(std::string_view message, std::initializer_list<log::field> fields) {
  const auto packed = log::pack(message, fields);
  return log::record::unpack(packed).line();
}

}  // namespace

TEST_CASE("a message is text and fields, quoted where they need it") {
  CHECK(line_of("mounted", {{"source", "data"}, {"mountpoint", std::string("/mnt")}, {"threads", 2}, {"delta", -1}}) ==
        "mounted source=data mountpoint=/mnt threads=2 delta=-1");
  CHECK(line_of("x", {{"a", "two words"}, {"b", ""}, {"c", "a\"b\\c"}, {"d", "k=v"}, {"e", "line\nline\x01"}}) ==
        R"(x a="two words" b="" c="a\"b\\c" d="k=v" e="line\nline\x01")");
  CHECK(line_of("no fields", {}) == "no fields");
}

TEST_CASE("any value comes back, and a line stays one line") {
  rc::check([](const std::string& raw) {
    std::string value = raw;
    std::erase(value, '\0');
    const auto packed = log::pack("m", {{"first", value}, {"second", value}});
    const auto unpacked = log::record::unpack(packed);
    RC_ASSERT(unpacked.message == "m");
    RC_ASSERT(unpacked.fields.size() == 2u);
    RC_ASSERT(unpacked.fields[0].second == value);
    RC_ASSERT(unpacked.fields[1].first == "second");
    RC_ASSERT(unpacked.fields[1].second == value);
    RC_ASSERT(std::ranges::count(unpacked.line(), '\n') == 0);
  });
}
