#include <randomio/backends/s3/sigv4.hpp>

#include <randomio/backends/s3/sigv4_digest.hpp>
#include <randomio/backends/s3/sigv4_scope.hpp>

namespace randomio::s3 {

signing_options signing_options::of_service(std::string_view service, std::string_view region) {
  return {.region = std::string(region),
          .service = std::string(service),
          .path = path_rule::normalized,
          .payload = payload_signing::always};
}

signer::scope signer::scope_at(timestamp at) const {
  scope in{.time = signing_time(at), .text = {}};
  in.text.append(in.date()).append("/").append(options_.region).append("/").append(options_.service);
  in.text.append("/aws4_request");
  return in;
}

std::string signer::signature(const scope& in, std::string_view request, const credentials& with) const {
  std::string to_sign(signing_algorithm);
  to_sign.append("\n").append(in.time).append("\n").append(in.text).append("\n").append(hex(sha256(request)));
  const auto key = keys_.get(with, in.date(), options_.region, options_.service);
  return hex(hmac_sha256(key.reveal(), to_sign));
}

result<void> signer::sign(http::request& what, const credentials& with, timestamp at) const {
  if (with.anonymous()) return {};
  const auto url = url_parts::of(what.url);
  if (!url) return unexpected(url.error());
  const auto in = scope_at(at);

  std::string hash;
  if (const auto known = what.headers.find("x-amz-content-sha256")) {
    hash = *known;
  } else if (options_.payload == payload_signing::by_scheme && http::same_name(url->scheme, "https")) {
    hash = unsigned_payload;
  } else {
    hash = hex(sha256(what.body));
  }
  if (is_s3()) what.headers.set("X-Amz-Content-Sha256", hash);
  what.headers.set("X-Amz-Date", in.time);
  what.headers.remove("X-Amz-Security-Token");
  if (!with.session_token.empty()) what.headers.add("X-Amz-Security-Token", with.session_token.reveal());

  const auto headers = canonical_headers::of(what.headers, url->host);
  const auto signed_with = signature(in,
                                     canonical_request(what.verb, canonical_path(url->path, options_.path),
                                                       canonical_query(url->query), headers, hash),
                                     with);
  std::string authorization(signing_algorithm);
  authorization.append(" Credential=").append(with.access_key_id).append("/").append(in.text);
  authorization.append(", SignedHeaders=").append(headers.signed_names).append(", Signature=").append(signed_with);
  what.headers.set("Authorization", authorization);
  return {};
}

}  // namespace randomio::s3
