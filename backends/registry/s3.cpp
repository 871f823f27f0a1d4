#include <randomio/backends/http/transport_settings.hpp>
#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/registry/built_in.hpp>
#include <randomio/backends/registry/object_options.hpp>
#include <randomio/backends/registry/s3.hpp>

#include <randomio/backends/registry/uri.hpp>

namespace randomio {
namespace {

result<settings> parse_s3_uri(std::string_view text) {
  auto parsed = uri::parse(text);
  if (!parsed) return unexpected(std::move(parsed).error());
  if (parsed->authority.empty()) {
    return unexpected(
        error(errc::invalid, operation::configure).with_key(text).with_message("expected s3://BUCKET/PREFIX"));
  }
  settings out{.type = "s3", .values = std::move(parsed->query)};
  out.values.insert_or_assign("bucket", std::move(parsed->authority));
  if (parsed->path.size() > 1) out.values.insert_or_assign("prefix", parsed->path.substr(1));
  return out;
}

result<dyn_fs> make_s3(settings from, const environment& in) {
  auto with = take_s3_setup(from);
  if (!with) return unexpected(std::move(with).error());
  auto name = "s3://" + with->what.bucket + "/" + with->what.prefix;
  return make_on_store(*std::move(with), std::move(name), std::move(from), s3::setting_keys, in);
}

}  // namespace

result<s3::setup> take_s3_setup(settings& from) {
  const auto variables = s3::process_variables();
  return s3::setup::from([&](std::string_view key) { return from.take(key); }, variables,
                         [&](std::string_view profile) { return s3::profile_location::of(variables, profile); });
}

result<dyn_fs> make_on_store(s3::setup with, std::string name, settings from, std::string_view known_keys,
                             const environment& in) {
  auto how = object_options(std::move(name), from, in);
  if (!how) return unexpected(std::move(how).error());
  const auto all_keys =
      std::string(known_keys) + ", " + std::string(http::transport_keys) + ", " + std::string(object_keys);
  if (auto left = from.finish(all_keys); !left) return unexpected(std::move(left).error());
  how->unsafe_without_conditions = with.what.unsafe_without_conditions;
  if (!with.remark.empty()) how->notice(with.remark);
  with.how.notice = how->notice;
  with.how.retry.stop = in.stop;
  auto made = std::move(with).open(in.pool);
  if (!made) return unexpected(std::move(made).error());
  std::shared_ptr<object::store> store = *std::move(made);
  return dyn_fs(std::make_shared<object::filesystem>(std::move(store), in.pool, std::move(*how)));
}

backend_type s3_type() {
  return {.type = "s3", .scheme = "s3", .parse_uri = parse_s3_uri, .make = make_s3};
}

}  // namespace randomio
