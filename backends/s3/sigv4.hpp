#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/s3/credentials/credentials.hpp>
#include <randomio/backends/s3/sigv4_canonical.hpp>
#include <randomio/backends/s3/sigv4_key.hpp>

namespace randomio::s3 {

/// Whether a signature covers the body.
enum class payload_signing : std::uint8_t {
  by_scheme,  ///< Over http only: TLS already guards the body, and hashing it costs a pass over every byte.
  always,
};

struct signing_options {
  std::string region;
  std::string service = "s3";
  path_rule path = path_rule::object_key;
  payload_signing payload = payload_signing::by_scheme;

  /// For a service that is not S3, like "sts".
  [[nodiscard]] static signing_options of_service(std::string_view service, std::string_view region);
};

/// Signs requests with Signature Version 4.
///
/// Threads: any.
/// Source:  AWS General Reference, "Create a signed AWS API request"; Amazon S3 API Reference, "Authenticating
///          Requests (AWS Signature Version 4)".
class signer {
 public:
  explicit signer(signing_options options) : options_(std::move(options)) {}

  [[nodiscard]] const signing_options& options() const noexcept { return options_; }

  /// Adds `Authorization`, `X-Amz-Date`, for S3 `X-Amz-Content-Sha256`, and `X-Amz-Security-Token` when there is
  /// one, in place of those that the request has. An `X-Amz-Content-Sha256` that the request has already is
  /// taken as the hash of its body, for callers that know it. Anonymous credentials sign nothing.
  ///
  /// Errors: invalid, for a URL that is not absolute.
  [[nodiscard]] result<void> sign(http::request& what, const credentials& with, timestamp at) const;

  /// A URL that carries the signature, for whoever holds it, from `at` for `valid`, at most seven days.
  ///
  /// Errors: invalid, for a bad URL, a validity that is too long, or anonymous credentials.
  /// Source: "Authenticating Requests: Using Query Parameters".
  [[nodiscard]] result<std::string> presign(http::method verb, std::string_view url, const http::fields& headers,
                                            const credentials& with, timestamp at, std::chrono::seconds valid) const;

 private:
  struct scope;
  [[nodiscard]] scope scope_at(timestamp at) const;
  [[nodiscard]] std::string signature(const scope& in, std::string_view request, const credentials& with) const;
  [[nodiscard]] bool is_s3() const noexcept { return options_.path == path_rule::object_key; }

  signing_options options_;
  mutable signing_key_cache keys_;
};

}  // namespace randomio::s3
