#include <randomio/backends/local/open_root.hpp>
#include <randomio/backends/registry/built_in.hpp>
#include <randomio/backends/registry/uri.hpp>

namespace randomio {
namespace {

constexpr std::string_view known_keys = "root";

result<settings> parse_file_uri(std::string_view text) {
  auto parsed = uri::parse(text);
  if (!parsed) return unexpected(std::move(parsed).error());
  // RFC 8089 §2: an authority, if there is one, names this host.
  if (!(parsed->authority.empty() || parsed->authority == "localhost") || !parsed->path.starts_with('/')) {
    return unexpected(
        error(errc::invalid, operation::configure).with_key(text).with_message("expected file:///DIRECTORY"));
  }
  settings out{.type = "local", .values = std::move(parsed->query)};
  out.values.insert_or_assign("root", std::move(parsed->path));
  return out;
}

result<dyn_fs> make_local(settings from, const environment& in) {
  auto root = from.take_required("root");
  if (!root) return unexpected(std::move(root).error());
  if (auto left = from.finish(known_keys); !left) return unexpected(std::move(left).error());
  auto opened = local::open_root(*root, in.pool, in.loops);
  if (!opened) return unexpected(std::move(opened).error().with_key(*root));
  return opened;
}

}  // namespace

backend_type local_type() {
  return {.type = "local", .scheme = "file", .parse_uri = parse_file_uri, .make = make_local};
}

}  // namespace randomio
