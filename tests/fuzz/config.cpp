// Any text as a configuration: it is refused in one line that points into the text, or what it says holds together;
// and the same text says the same again.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "fs/config/config.hpp"
#include "tests/fuzz/oracle.hpp"

using fuzz::require;
using namespace randomiofs::config;

namespace {

constexpr std::string_view name = "x.toml";

unsigned number_at(std::string_view& text) {
  unsigned number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// "x.toml:LINE:COLUMN: what", with a place that the text has, or the one right after its end.
void check_refusal(std::string_view text, const randomio::error& problem) {
  require(problem == randomio::errc::invalid, "a text that is refused is invalid");
  std::string_view line = problem.message();
  require(std::ranges::none_of(line, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }), "one line says why");
  require(line.starts_with(name) && line.substr(name.size()).starts_with(':'), "the line names the file");
  line.remove_prefix(name.size() + 1);
  const auto lines = 1U + static_cast<unsigned>(std::ranges::count(text, '\n'));
  const auto at = number_at(line);
  require(at >= 1 && at <= lines, "the line number is one of the text's");
  require(line.starts_with(':'), "a column follows");
  line.remove_prefix(1);
  require(number_at(line) >= 1, "columns start at 1");
  require(line.starts_with(": ") && line.size() > 2, "the reason follows");
}

void check_accepted(const file& read) {
  for (const auto& [key, one] : read.backends) {
    require(key == one.name && !one.name.empty(), "a backend knows its name");
    require(!one.settings.type.empty(), "a backend has a type");
    for (const auto& [setting, value] : one.settings.values) {
      require(one.where.contains(setting), "each setting has its place in the text");
    }
  }
  for (const auto& [key, one] : read.mounts) {
    require(key == one.name && !one.places.empty(), "a mount has a name and places");
    for (const auto& place : one.places) {
      require(place.path.starts_with('/'), "a place is an absolute path");
      require(place.path == "/" || !place.path.ends_with('/'), "a path has no slash at its end");
      require(read.backends.contains(place.backend), "a place shows a backend that there is");
    }
    require(one.attr_ttl.count() >= 0, "a duration is not negative");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = parse(text, std::string(name));
  const auto again = parse(text, std::string(name));
  require(read.has_value() == again.has_value(), "the same text has the same outcome");
  if (read) {
    check_accepted(*read);
  } else {
    check_refusal(text, read.error());
    require(read.error().message() == again.error().message(), "the same text has the same refusal");
  }
  return 0;
}
