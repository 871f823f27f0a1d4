#include <randomio/backends/s3/endpoint.hpp>

#include <algorithm>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/url.hpp>

namespace randomio::s3 {
namespace {

unexpected refuse(std::string_view key, std::string message) {
  return unexpected(error(errc::invalid, operation::configure).with_key(key).with_message(message));
}

bool is_name_character(unsigned char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// New names are 3 to 63 lower-case letters, digits, dots and hyphens; old ones and those of other services may be
/// longer and have more. Whatever else would change the URL's meaning is refused.
bool can_be_a_bucket(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         std::ranges::all_of(name, is_name_character);
}

bool ends_in_domain(std::string_view host, std::string_view domain) noexcept {
  return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

std::string aws_host(std::string_view region) {
  // The partition of China has a domain of its own.
  return "s3." + std::string(region) + (region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
}

}  // namespace

result<endpoint> endpoint::of(const choice& what) {
  if (!can_be_a_bucket(what.bucket)) return refuse("bucket", "\"" + what.bucket + "\" cannot be the name of a bucket");
  if (what.bucket.ends_with("--x-s3")) {
    return refuse("bucket", "directory buckets (S3 Express One Zone) are not supported");
  }
  if (!std::ranges::all_of(what.region, is_name_character)) {
    return refuse("region", "expected a name like eu-central-1, got \"" + what.region + '"');
  }
  endpoint made;
  http::url at;
  at.scheme = "https";
  at.host = aws_host(what.region.empty() ? "us-east-1" : what.region);
  if (!what.custom.empty()) {
    auto parsed = http::url::parse(what.custom);
    if (!parsed) return refuse("endpoint", std::string(parsed.error().message()));
    if (parsed->scheme != "https" && parsed->scheme != "http") {
      return refuse("endpoint", "expected a URL that starts with https://, got \"" + parsed->origin() + '"');
    }
    if (!parsed->query.empty() || !parsed->userinfo.empty()) {
      return refuse("endpoint", "expected a URL without user name and query, got \"" + parsed->origin() + "…\"");
    }
    at = *std::move(parsed);
  }
  made.is_aws_ = ends_in_domain(at.host, "amazonaws.com") || ends_in_domain(at.host, "amazonaws.com.cn");
  const bool has_dots = what.bucket.contains('.');
  made.virtual_host_ =
      what.style == addressing::virtual_host || (what.style == addressing::automatic && made.is_aws_ && !has_dots);
  if (made.virtual_host_) at.host.insert(0, what.bucket + ".");
  made.base_ = at.origin() + at.path;
  while (made.base_.ends_with('/')) made.base_.pop_back();
  if (!made.virtual_host_) made.base_ += "/" + what.bucket;
  return made;
}

std::string endpoint::object_url(std::string_view key) const {
  std::string out = base_ + "/";
  http::append_percent_encoded(out, key, http::slash::kept);
  return out;
}

}  // namespace randomio::s3
