#include <randomio/backends/azure/connection.hpp>
#include <randomio/backends/azure/options_from.hpp>
#include <randomio/backends/http/transport_settings.hpp>
#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/registry/built_in.hpp>
#include <randomio/backends/registry/object_options.hpp>
#include <randomio/backends/registry/uri.hpp>

namespace randomio {
namespace {

result<settings> parse_azure_uri(std::string_view text) {
  auto parsed = uri::parse(text);
  if (!parsed) return unexpected(std::move(parsed).error());
  settings out{.type = "azure", .values = std::move(parsed->query)};
  if (auto done = azure::apply_location(parsed->authority, parsed->path, out.values); !done) {
    return unexpected(std::move(done).error().with_key(text));
  }
  return out;
}

result<dyn_fs> make_azure(settings from, const environment& in) {
  const auto variables = http::process_variables();
  auto with = azure::options_from(from.values, variables);
  if (!with) return unexpected(std::move(with).error());
  auto how = object_options("az://" + with->account + "/" + with->container + "/" + with->prefix, from, in);
  if (!how) return unexpected(std::move(how).error());
  // A name with a dash would come back as another one.
  if (how->dialect == object::metadata::dialect::aws) how->dialect = object::metadata::dialect::azure;
  azure::connection_options reach{.retry = {.stop = in.stop}, .notice = how->notice};
  const http::setting_lookup take = [&](std::string_view key) { return from.take(key); };
  http::setting_reader reader(take, variables);
  http::read_transport(reader, "AZURE_", reach.transport, reach.retry);
  if (!reader.outcome()) return unexpected(reader.outcome().error());
  const auto all_keys =
      azure::known_settings() + ", " + std::string(http::transport_keys) + ", " + std::string(object_keys);
  if (auto left = from.finish(all_keys); !left) return unexpected(std::move(left).error());
  // Directories and links are marked as its other clients mark them.
  how->marks_types = how->dialect != object::metadata::dialect::none;
  how->unsafe_without_conditions = with->unsafe_without_conditions;
  auto made = azure::open_store(*std::move(with), std::move(reach), in.pool);
  if (!made) return unexpected(std::move(made).error());
  std::shared_ptr<object::store> store = *std::move(made);
  return dyn_fs(std::make_shared<object::filesystem>(std::move(store), in.pool, std::move(*how)));
}

}  // namespace

backend_type azure_type() {
  return {.type = "azure", .scheme = "az", .parse_uri = parse_azure_uri, .make = make_azure};
}

}  // namespace randomio
