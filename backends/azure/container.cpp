#include <randomio/backends/azure/container.hpp>

#include <algorithm>
#include <array>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/url.hpp>
#include <randomio/backends/object/names.hpp>

namespace randomio::azure {
namespace {

// Source: Azure Storage REST API, "Naming and referencing containers, blobs, and metadata".
constexpr std::size_t key_bytes_max = 1024;

constexpr auto clouds =
    std::to_array<std::string_view>({".core.windows.net", ".core.chinacloudapi.cn", ".core.usgovcloudapi.net",
                                     ".core.cloudapi.de", ".storage.azure.net", ".fabric.microsoft.com"});

unexpected bad_option(std::string_view name, std::string_view why) {
  return unexpected(error(errc::invalid, operation::configure).with_key(name).with_message(why));
}

bool is_account_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 24 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

bool is_container_name(std::string_view name) {
  if (name == "$root" || name == "$web" || name == "$logs") return true;
  return name.size() >= 3 && name.size() <= 63 && name.front() != '-' && name.back() != '-' && !name.contains("--") &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

result<container> container::of(options what) {
  if (!is_container_name(what.container)) {
    return bad_option("container", "expected 3 to 63 lower-case letters, digits and single hyphens");
  }
  if (what.endpoint.empty()) {
    if (!is_account_name(what.account)) return bad_option("account", "expected 3 to 24 lower-case letters and digits");
    const auto suffix = what.endpoint_suffix.empty() ? std::string("core.windows.net") : what.endpoint_suffix;
    what.endpoint = "https://" + what.account + ".blob." + suffix;
  }
  auto at = http::url::parse(what.endpoint);
  if (!at) return bad_option("endpoint", at.error().message());
  if (!at->query.empty() || !at->userinfo.empty())
    return bad_option("endpoint", "expected a URL without user and query");
  if (at->scheme == "http" && !what.allow_http) {
    return bad_option("endpoint", "http:// shows everything to whoever is on the way; allow_http = true takes it");
  }
  if (at->scheme != "http" && at->scheme != "https") return bad_option("endpoint", "expected https://");
  if (what.account.empty()) what.account = at->host.substr(0, at->host.find('.'));
  const bool is_azure = std::ranges::any_of(clouds, [&](auto cloud) { return at->host.ends_with(cloud); });
  auto url = at->origin() + at->path;
  while (url.ends_with('/')) url.pop_back();
  url += '/';
  http::append_percent_encoded(url, what.container);
  return container(std::move(what), std::move(url), is_azure);
}

result<std::string> container::full_key(std::string_view key) const {
  auto full = options_.prefix + std::string(key);
  if (full.empty()) return fail(errc::invalid);
  if (full.size() > key_bytes_max) return unexpected(error(errc::name_too_long).with_key(key));
  if (full.contains('\0')) return unexpected(error(errc::invalid).with_key(key));
  if (!object::is_utf8(full)) return unexpected(error(errc::bad_sequence).with_key(key));
  // The service would take it for a slash, and the blob for another one.
  if (full.contains('\\')) {
    return unexpected(error(errc::bad_sequence).with_key(key).with_message("Azure makes a slash of a backslash"));
  }
  return full;
}

std::optional<std::string_view> container::own_key(std::string_view full) const noexcept {
  if (!full.starts_with(options_.prefix)) return std::nullopt;
  return full.substr(options_.prefix.size());
}

http::request container::to_container(http::method verb, const http::query& what) const {
  http::request out;
  out.verb = verb;
  out.url = url_ + what.text();
  return out;
}

std::string container::blob_url(std::string_view full_key) const {
  auto url = url_ + "/";
  http::append_percent_encoded(url, full_key, http::slash::kept);
  return url;
}

http::request container::to_blob(http::method verb, std::string_view full_key, const http::query& what) const {
  http::request out;
  out.verb = verb;
  out.url = blob_url(full_key) + what.text();
  return out;
}

void add_condition(http::request& to, const precondition& when) {
  switch (when.what()) {
    case precondition::kind::none: return;
    case precondition::kind::absent: to.headers.add("If-None-Match", "*"); break;
    case precondition::kind::matches: to.headers.add("If-Match", when.expected().tag); break;
  }
  to.again = http::repeatable::if_refused;
}

version version_of(std::string_view etag) {
  if (etag.empty() || etag.starts_with('"') || etag.starts_with("W/")) return {std::string(etag)};
  return {"\"" + std::string(etag) + "\""};
}

}  // namespace randomio::azure
