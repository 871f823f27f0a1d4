#include <randomio/backends/r2/r2.hpp>
#include <randomio/backends/registry/built_in.hpp>
#include <randomio/backends/registry/s3.hpp>
#include <randomio/backends/registry/uri.hpp>

namespace randomio {
namespace {

/// Variables that are about S3 and would lead elsewhere: which endpoint and region, and what R2 does not know.
bool is_of_s3_alone(std::string_view name) noexcept {
  return name == "AWS_REGION" || name == "AWS_DEFAULT_REGION" || name == "AWS_SERVER_SIDE_ENCRYPTION" ||
         name == "AWS_VIRTUAL_HOSTED_STYLE_REQUEST" || name == "AWS_REQUEST_PAYER";
}

/// What says that R2 is meant by an endpoint in a variable or profile.
bool may_be_r2(std::string_view name, std::string_view value, bool has_account) noexcept {
  return !name.starts_with("AWS_ENDPOINT") || !has_account || value.contains(".r2.cloudflarestorage.com");
}

std::string known_keys() {
  return "account, jurisdiction, " + std::string(s3::setting_keys);
}

result<settings> parse_r2_uri(std::string_view text) {
  auto parsed = uri::parse(text);
  if (!parsed) return unexpected(std::move(parsed).error());
  const auto path = std::string_view(parsed->path).substr(parsed->path.starts_with('/') ? 1 : 0);
  const auto bucket = path.substr(0, path.find('/'));
  if (parsed->authority.empty() || bucket.empty()) {
    return unexpected(
        error(errc::invalid, operation::configure).with_key(text).with_message("expected r2://ACCOUNT/BUCKET/PREFIX"));
  }
  settings out{.type = "r2", .values = std::move(parsed->query)};
  out.values.insert_or_assign("account", parsed->authority);
  out.values.insert_or_assign("bucket", std::string(bucket));
  if (path.size() > bucket.size() + 1) {
    out.values.insert_or_assign("prefix", std::string(path.substr(bucket.size() + 1)));
  }
  return out;
}

result<dyn_fs> make_r2(settings from, const environment& in) {
  const auto account = from.values.contains("account") ? from.values.at("account") : std::string();
  auto with = take_r2_setup(from);
  if (!with) return unexpected(std::move(with).error());
  auto name = "r2://" + account + "/" + with->what.bucket + "/" + with->what.prefix;
  return make_on_store(*std::move(with), std::move(name), std::move(from), known_keys(), in);
}

}  // namespace

result<s3::setup> take_r2_setup(settings& from) {
  const r2::location where{.account = from.take("account").value_or(""),
                           .jurisdiction = from.take("jurisdiction").value_or("")};
  const auto process = s3::process_variables();
  const s3::variable_lookup variables = [&](std::string_view name) -> std::optional<std::string> {
    if (is_of_s3_alone(name)) return std::nullopt;
    auto value = process(name);
    if (value && !may_be_r2(name, *value, !where.account.empty())) return std::nullopt;
    return value;
  };
  const auto locate = [&](std::string_view profile) {
    auto said = s3::profile_location::of(process, profile);
    if (said) {
      said->region.clear();
      if (!may_be_r2("AWS_ENDPOINT_URL", said->endpoint, !where.account.empty())) said->endpoint.clear();
    }
    return said;
  };
  auto with = s3::setup::from([&](std::string_view key) { return from.take(key); }, variables, locate);
  if (!with) return unexpected(std::move(with).error());
  auto what = r2::options_for(where, std::move(with->what));
  if (!what) return unexpected(std::move(what).error());
  with->what = *std::move(what);
  with->how.retry = r2::retry_options_for(with->how.retry);
  return with;
}

backend_type r2_type() {
  return {.type = "r2", .scheme = "r2", .parse_uri = parse_r2_uri, .make = make_r2};
}

}  // namespace randomio
