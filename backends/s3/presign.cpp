#include <string>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/s3/sigv4.hpp>
#include <randomio/backends/s3/sigv4_digest.hpp>
#include <randomio/backends/s3/sigv4_scope.hpp>

namespace randomio::s3 {
namespace {

// Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters", X-Amz-Expires.
constexpr std::chrono::seconds validity_max = std::chrono::days(7);

unexpected refuse(std::string_view why) {
  return unexpected(error(errc::invalid).with_message(why));
}

void add_parameter(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(name).append("=").append(http::percent_encode(value));
}

}  // namespace

result<std::string> signer::presign(http::method verb, std::string_view url, const http::fields& headers,
                                    const credentials& with, timestamp at, std::chrono::seconds valid) const {
  if (with.anonymous()) return refuse("anonymous access has no key to presign a URL with");
  if (valid.count() < 1 || valid > validity_max) return refuse("a presigned URL is valid from 1 second to 7 days");
  const auto parts = url_parts::of(url);
  if (!parts) return unexpected(parts.error());
  const auto in = scope_at(at);
  const auto covered = canonical_headers::of(headers, parts->host);

  std::string query(parts->query);
  add_parameter(query, "X-Amz-Algorithm", signing_algorithm);
  add_parameter(query, "X-Amz-Credential", with.access_key_id + "/" + in.text);
  add_parameter(query, "X-Amz-Date", in.time);
  add_parameter(query, "X-Amz-Expires", std::to_string(valid.count()));
  if (!with.session_token.empty()) add_parameter(query, "X-Amz-Security-Token", with.session_token.reveal());
  add_parameter(query, "X-Amz-SignedHeaders", covered.signed_names);
  query = canonical_query(query);

  // The holder's body is not known yet; services other than S3 expect the hash of none.
  const auto hash = is_s3() ? std::string(unsigned_payload) : hex(sha256(std::string_view{}));
  const auto signed_with =
      signature(in, canonical_request(verb, canonical_path(parts->path, options_.path), query, covered, hash), with);
  std::string out(url.substr(0, url.find_first_of("?#")));
  if (parts->path.empty()) out += '/';
  return out.append("?").append(query).append("&X-Amz-Signature=").append(signed_with);
}

}  // namespace randomio::s3
