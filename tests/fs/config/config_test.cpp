#include "fs/config/config.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <string>

using namespace randomiofs;
using namespace std::chrono_literals;

TEST_CASE("a whole configuration is read") {
  const auto parsed = config::parse(R"([daemon]
memory = "512MiB"
spill = 1024
state_dir = "/var/lib/randomiofs"
threads = 3
log = "debug"
log_file = "/var/log/randomiofs.log"
loop = "epoll"

[mount.data]
paths = { "/media" = "media", "/scratch/" = "scratch" }
mountpoint = "/mnt/data"
on_conflict = "keep-both"
metadata = "s3fs"
attr_ttl = "1.5s"
mount_timeout = "5s"
unmount_timeout = "0"
read_only = true
allow_other = true
uid = 1000
gid = 100
umask = 0o027

[backend.media]
type = "local"
root = "/srv/media"
[backend.scratch]
type = "memory"
size = "1GiB"
inodes = 10
fast = true
)",
                                    "x.toml");
  REQUIRE(parsed);
  CHECK(parsed->path == "x.toml");
  const auto& daemon = parsed->daemon;
  CHECK(daemon.memory == 512u << 20);
  CHECK(daemon.spill == 1024);
  CHECK(daemon.state_dir == "/var/lib/randomiofs");
  CHECK(daemon.threads == 3);
  CHECK(daemon.log == log::level::debug);
  CHECK(daemon.log_file == "/var/log/randomiofs.log");
  CHECK(daemon.loop == config::loop_choice::epoll);

  const auto& scratch = parsed->backends.at("scratch");
  CHECK(scratch.settings.type == "memory");
  CHECK(scratch.settings.values ==
        std::map<std::string, std::string>{{"size", "1GiB"}, {"inodes", "10"}, {"fast", "true"}});
  CHECK(scratch.where.at("size").line == 29);
  CHECK(scratch.where.at("size").column == 8);

  const auto& data = parsed->mounts.at("data");
  REQUIRE(data.places.size() == 2);
  CHECK(data.places[0].path == "/media");
  CHECK(data.places[1].path == "/scratch");
  CHECK(data.places[1].backend == "scratch");
  CHECK(data.mountpoint == "/mnt/data");
  CHECK(data.on_conflict == randomio::object::conflict_policy::keep_both);
  CHECK(data.metadata == randomio::object::metadata::dialect::s3fs);
  CHECK(data.attr_ttl == 1500ms);
  CHECK(data.mount_timeout == 5s);
  CHECK(data.unmount_timeout == 0s);
  CHECK(data.read_only);
  CHECK(data.allow_other);
  CHECK(data.uid == 1000);
  CHECK(data.gid == 100);
  CHECK(data.umask == 027);
}

TEST_CASE("everything but the mounts has a default") {
  const auto parsed = config::parse("", "x.toml");
  REQUIRE(parsed);
  CHECK(parsed->daemon.memory == 256u << 20);
  CHECK(parsed->daemon.threads == 0);
  CHECK(parsed->daemon.log == log::level::info);
  CHECK(parsed->mounts.empty());

  const auto small = config::parse("backend.m.type = 'memory'\nmount.d.paths = { '/' = 'm' }", "x.toml");
  REQUIRE(small);
  CHECK(small->mounts.at("d").attr_ttl == 1s);
  CHECK(small->mounts.at("d").mount_timeout == 30s);
  CHECK(small->mounts.at("d").unmount_timeout == 4min);
  CHECK(!small->mounts.at("d").uid);
}

TEST_CASE("a factory's objection points into the file") {
  const auto parsed = config::parse("[backend.m]\ntype = \"memory\"\nsize = \"soon\"\n", "x.toml").value();
  const auto& memory = parsed.backends.at("m");
  const auto about = [&](const char* key, const char* message) {
    const auto problem = randomio::error(randomio::errc::invalid).with_key(key).with_message(message);
    return std::string(config::explain(parsed, memory, problem).message());
  };
  CHECK(about("size", "expected a size, got \"soon\"") ==
        "x.toml:3:8: key 'backend.m.size': expected a size, got \"soon\"");
  CHECK(about("sizes", "unknown key; type \"memory\" knows: size, other") ==
        "x.toml:1:1: key 'backend.m.sizes': unknown key; did you mean 'size'?");
  CHECK(config::explain(parsed, memory, randomio::error(randomio::errc::not_found).with_key("/srv")).message() ==
        "x.toml:1:1: backend 'm': /srv: not found");
  CHECK(config::explain(parsed, memory, randomio::error(randomio::errc::not_found).with_key("soon")).message() ==
        "x.toml:3:8: key 'backend.m.size': soon: not found");
}

TEST_CASE("no text crashes the parser of configurations") {
  rc::check([](const std::string& text) { (void)config::parse(text, "x.toml"); });
  rc::check([](const std::string& key, const std::string& value) {
    (void)config::parse("[mount.m]\n" + key + " = " + value, "x.toml");
  });
}

TEST_CASE("a missing, unreadable or wrong file is named in one line") {
  CHECK(config::load("/nonexistent/x.toml").error().message() == "/nonexistent/x.toml: no such file");
  CHECK(config::load("/nonexistent/x.toml").error() == randomio::errc::not_found);
  CHECK(config::load("/etc").error().message() == "/etc: is a directory, expected a file");
}
