#include <unistd.h>

#include <randomio/backends/memory/filesystem.hpp>
#include <randomio/backends/registry/built_in.hpp>
#include <randomio/backends/registry/uri.hpp>

namespace randomio {
namespace {

constexpr std::string_view known_keys = "size";

result<settings> parse_memory_uri(std::string_view text) {
  auto parsed = uri::parse(text);
  if (!parsed) return unexpected(std::move(parsed).error());
  if (!parsed->authority.empty() || !(parsed->path.empty() || parsed->path == "/")) {
    return unexpected(error(errc::invalid, operation::configure)
                          .with_key(text)
                          .with_message("expected memory: or memory:?size=SIZE"));
  }
  return settings{.type = "memory", .values = std::move(parsed->query)};
}

result<dyn_fs> make_memory(settings from, const environment&) {
  memory::options options;
  const auto size = from.take_bytes("size", options.size);
  if (!size) return unexpected(size.error());
  options.size = *size;
  options.root_owner = {.uid = ::geteuid(), .gid = ::getegid()};  // Whoever makes it may write to it.
  if (auto left = from.finish(known_keys); !left) return unexpected(std::move(left).error());
  return dyn_fs(std::make_shared<memory::filesystem>(options));
}

}  // namespace

backend_type memory_type() {
  return {.type = "memory", .scheme = "memory", .parse_uri = parse_memory_uri, .make = make_memory};
}

}  // namespace randomio
