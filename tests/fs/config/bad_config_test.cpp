#include "fs/config/config.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

struct bad {
  const char* text;
  const char* line;  ///< What a person sees.
};

constexpr auto memory = "[backend.m]\ntype = \"memory\"\n";

const bad in_any_place[] = {
    {"[daemon", "x.toml:1:8: not TOML: "},
    {"[daemon]\nmemory = \"lots\"",
     "x.toml:2:10: key 'daemon.memory': expected a size such as \"256MiB\", got \"lots\""},
    {"[daemon]\nmemory = -1", "x.toml:2:10: key 'daemon.memory': expected a size such as \"256MiB\", got -1"},
    {"[daemon]\n  memroy = 1", "x.toml:2:3: key 'daemon.memroy': unknown key; did you mean 'memory'?"},
    {"[daemon]\nzzz = 1", "x.toml:2:1: key 'daemon.zzz': unknown key"},
    {"[daemon]\nthreads = \"two\"", "x.toml:2:11: key 'daemon.threads': expected a number from 0 to 1024, got \"two\""},
    {"[daemon]\nmemory = \"16MiB\"", "x.toml:2:10: key 'daemon.memory': expected at least \"32MiB\", got \"16MiB\""},
    {"[daemon]\nthreads = 1025", "x.toml:2:11: key 'daemon.threads': expected a number from 0 to 1024, got 1025"},
    {"[daemon]\nlog = \"loud\"",
     "x.toml:2:7: key 'daemon.log': expected \"trace\", \"debug\", \"info\", \"warning\", \"error\" or \"off\", got "
     "\"loud\""},
    {"[daemon]\nloop = 1", "x.toml:2:8: key 'daemon.loop': expected \"auto\", \"uring\" or \"epoll\", got 1"},
    {"[daemon]\nstate_dir = \"here\"",
     "x.toml:2:13: key 'daemon.state_dir': expected an absolute path such as \"/srv/dir\", got \"here\""},
    {"[daemon\xd2\x8f]", "x.toml:1:8: not TOML: "},
    {"threads\xc3\xa9 = 1", "x.toml:1:8: not TOML: "},
    {"daemon = 5", "x.toml:1:10: key 'daemon': expected a table: [daemon], got 5"},
    {"[demon]\nlog = \"info\"", "x.toml:1:2: key 'demon': unknown key; did you mean 'daemon'?"},
    {"[backend.m]\nsize = 1", "x.toml:1:1: key 'backend.m.type': is required, for instance type = \"memory\""},
    {"[backend.m]\ntype = 7", "x.toml:2:8: key 'backend.m.type': expected a text such as \"abc\", got 7"},
    {"[backend.m]\ntype = \"memory\"\nsize = [1]",
     "x.toml:3:8: key 'backend.m.size': expected a text, a number, true or false, got an array"},
    {"[backend.\"a.b\"]\ntype = \"memory\"",
     "x.toml:1:10: key 'backend.a.b': expected a name of letters, digits, '-' and '_'"},
    {"[backend]\nm = 1", "x.toml:2:5: key 'backend.m': expected a table: [backend.NAME], got 1"},
};

const bad in_a_mount[] = {
    {"[mount.d]", "x.toml:3:1: key 'mount.d.paths': is required, for instance paths = { \"/\" = \"BACKEND\" }"},
    {"[mount.d]\npaths = {}",
     "x.toml:4:9: key 'mount.d.paths': is required, for instance paths = { \"/\" = \"BACKEND\" }"},
    {"[mount.d]\npaths = \"m\"",
     "x.toml:4:9: key 'mount.d.paths': expected a table such as { \"/data\" = \"BACKEND\" }, got \"m\""},
    {"[mount.d]\npaths = { \"/\" = \"n\" }",
     "x.toml:4:17: key 'mount.d.paths.\"/\"': there is no [backend.n]; did you mean 'm'?"},
    {"[mount.d]\npaths = { \"/\" = 1 }",
     "x.toml:4:17: key 'mount.d.paths.\"/\"': expected the name of a backend, got 1"},
    {"[mount.d]\npaths = { data = \"m\" }",
     "x.toml:4:11: key 'mount.d.paths.\"data\"': expected an absolute path such as \"/data\", without '.', '..' or "
     "'//'"},
    {"[mount.d]\npaths = { \"/a/../b\" = \"m\" }",
     "x.toml:4:11: key 'mount.d.paths.\"/a/../b\"': expected an absolute path such as \"/data\", without '.', '..' or "
     "'//'"},
    {"[mount.d]\npaths = { \"/a\" = \"m\", \"/b\" = \"m\" }",
     "x.toml:4:30: key 'mount.d.paths.\"/b\"': backend 'm' is already at /a; name a second backend with the same "
     "settings"},
    {"backend.n.type = \"memory\"\n[mount.d]\npaths = { \"/a/\" = \"m\", \"/a\" = \"n\" }",
     "x.toml:5:24: key 'mount.d.paths.\"/a\"': the path is used twice"},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nattr_ttl = \"soon\"",
     "x.toml:5:12: key 'mount.d.attr_ttl': expected a duration such as \"1s\", got \"soon\""},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nmount_timeout = \"soon\"",
     "x.toml:5:17: key 'mount.d.mount_timeout': expected a duration such as \"1s\", got \"soon\""},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nunmount_timeout = true",
     "x.toml:5:19: key 'mount.d.unmount_timeout': expected a duration such as \"1s\", got true"},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nattr_ttl = 1",
     "x.toml:5:12: key 'mount.d.attr_ttl': expected a duration such as \"1s\", got 1"},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\numask = 22",
     "x.toml:5:9: key 'mount.d.umask': expected an octal mask such as 0o022, got 22"},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nuid = -1",
     "x.toml:5:7: key 'mount.d.uid': expected a number from 0 to 4294967294, got -1"},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nread_only = \"yes\"",
     "x.toml:5:13: key 'mount.d.read_only': expected true or false, got \"yes\""},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\nmetadata = \"gcs\"",
     "x.toml:5:12: key 'mount.d.metadata': expected \"aws\", \"s3fs\", \"rclone\" or \"none\", got \"gcs\""},
    {"[mount.d]\npaths = { \"/\" = \"m\" }\non_conflit = \"estale\"",
     "x.toml:5:1: key 'mount.d.on_conflit': unknown key; did you mean 'on_conflict'?"},
};

void check_line(const std::string& text, const bad& expected) {
  INFO(text);
  const auto parsed = randomiofs::config::parse(text, "x.toml");
  REQUIRE(!parsed);
  CHECK(parsed.error() == randomio::errc::invalid);
  const std::string line(parsed.error().message());
  if (std::string(expected.line).ends_with(": ")) {  // The rest is the TOML parser's own wording.
    CHECK_THAT(line, Catch::Matchers::StartsWith(expected.line));
  } else {
    CHECK(line == expected.line);
  }
  CHECK(line.find('\n') == std::string::npos);
}

}  // namespace

TEST_CASE("each mistake is one line with its place, key and what was expected") {
  for (const auto& each : in_any_place) check_line(each.text, each);
}

TEST_CASE("each mistake in a mount is one line with its place, key and what was expected") {
  // Two lines ahead of each, so that positions are not all on the first one; a dotted key cannot follow the table.
  for (const auto& each : in_a_mount) {
    const std::string text = each.text;
    const bool dotted = text.starts_with("backend.");
    check_line((dotted ? "backend.m.type = \"memory\"\n\n" : std::string(memory)) + text, each);
  }
}
