// `recording_daemon mount -f [-o OPTIONS] recording:JOURNAL MOUNTPOINT`: the real daemon with one backend more, which
// writes down in JOURNAL when its files are flushed and closed. Setting `closes`: fail, or slow, which
// takes 12 s.
#include <cstdio>
#include <string_view>

#include <randomio/backends/registry/uri.hpp>

#include "fs/cli/daemon.hpp"
#include "fs/cli/mountpoint.hpp"
#include "tests/fs/recording/backend.hpp"

namespace {

using randomio::result;
using randomio::settings;

result<settings> parse(std::string_view text) {
  auto parsed = randomio::uri::parse(text);
  if (!parsed) return randomio::unexpected(parsed.error());
  return settings{.type = "recording", .values = {{"journal", parsed->path}}};
}

result<randomio::dyn_fs> make(settings from, const randomio::environment&) {
  const auto path = from.take_required("journal");
  if (!path) return randomio::unexpected(path.error());
  auto how = std::make_shared<recording::behaviour>(*path);
  const auto closes = from.take("closes");
  how->closes_fail = closes == "fail";
  if (closes == "slow") how->closes_take = std::chrono::seconds(12);
  if (auto left = from.finish("journal, closes"); !left) return randomio::unexpected(left.error());
  return randomio::dyn_fs(std::make_shared<recording::filesystem>(std::move(how)));
}

randomiofs::cli::mount_request request_of(int count, char** words) {
  randomiofs::cli::mount_request request;
  request.foreground = true;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "mount" || word == "-f") continue;
    if (word == "-o") {
      request.options.emplace_back(words[++i]);
    } else {
      (request.source.empty() ? request.source : request.mountpoint) = word;
    }
  }
  return request;
}

randomiofs::cli::outcome<void> serve(int count, char** words) {
  auto known = randomio::registry::with_built_in();
  if (!known.add({.type = "recording", .scheme = "recording", .parse_uri = parse, .make = make})) std::abort();
  auto wanted = randomiofs::cli::plan::make(request_of(count, words), known);
  if (!wanted) return std::unexpected(wanted.error());
  wanted->mountpoint = randomiofs::cli::absolute_mountpoint(wanted->mountpoint);
  return randomiofs::cli::serve(*wanted, known, false, {.ready = [] {}, .has_given_up = [](const auto&) {}});
}

}  // namespace

int main(int count, char** words) {
  const auto served = serve(count, words);
  if (!served) std::fprintf(stderr, "%s\n", served.error().line.c_str());
  return served ? 0 : 1;
}
