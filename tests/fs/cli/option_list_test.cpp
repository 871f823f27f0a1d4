#include "fs/cli/option_list.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <string>

using randomiofs::cli::split_options;

namespace {

std::string again(std::string_view list) {
  std::string out;
  for (const auto& each : split_options(list)) out += '[' + each.text() + ']';
  return out;
}

}  // namespace

TEST_CASE("options are split at commas") {
  CHECK(again("") == "");
  CHECK(again("ro") == "[ro]");
  CHECK(again("ro,uid=5,x-systemd.idle-timeout=1min") == "[ro][uid=5][x-systemd.idle-timeout=1min]");
  CHECK(again(",,ro,,") == "[ro]");
  CHECK(again("a=b=c") == "[a=b=c]");
  CHECK(split_options("a=")[0].value == "");
  CHECK(!split_options("a")[0].value);
}

TEST_CASE("a comma can belong to a value") {
  CHECK(again(R"("root=/a,b",ro)") == "[root=/a,b][ro]");
  CHECK(again(R"(root="/a,b",ro)") == "[root=/a,b][ro]");
  CHECK(again(R"(root=/a\,b,ro)") == "[root=/a,b][ro]");
  CHECK(again(R"(root=\\x\n)") == R"([root=\x\n])");
}

TEST_CASE("any value survives being escaped") {
  rc::check([](const std::string& value) {
    std::string escaped;
    for (const char c : value) {
      if (c == ',' || c == '\\' || c == '"') escaped += '\\';
      escaped += c;
    }
    const auto options = split_options("first,key=" + escaped + ",last");
    RC_ASSERT(options.size() == 3u);
    RC_ASSERT(options[1].key == "key");
    RC_ASSERT(options[1].value == value);
  });
}
