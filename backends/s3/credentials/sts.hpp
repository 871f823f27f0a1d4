#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// Where AWS's services are for a region. Source: AWS General Reference, "Service endpoints".
[[nodiscard]] std::string service_endpoint(std::string_view service, std::string_view region);

/// Where STS is, and the region that it signs for.
struct sts_endpoint {
  std::string url;     ///< Without a path.
  std::string region;  ///< us-east-1 when nothing says another.

  /// From AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL, unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS; then `configured`,
  /// which is what a profile says; then AWS_STS_REGIONAL_ENDPOINTS. Source: AWS SDKs and Tools Reference Guide.
  [[nodiscard]] static sts_endpoint of(const provider_context& in, std::string_view region,
                                       std::string configured = {});
};

/// Which role to assume, and how.
struct role_request {
  std::string role_arn;
  std::string session_name = {};  ///< Empty: "randomio".
  std::string external_id = {};
  std::chrono::seconds duration{0};  ///< 0: the service's default, an hour.
};

/// Parameters of a request to STS, in order. They may hold a token: they are wiped at the end.
class sts_query {
 public:
  explicit sts_query(std::string_view action);
  sts_query(const sts_query&) = delete;
  sts_query& operator=(const sts_query&) = delete;
  ~sts_query();

  void add(std::string_view name, std::string_view value);
  void add(const role_request& role);
  /// Source: application/x-www-form-urlencoded, with `%20` for spaces.
  [[nodiscard]] std::string_view body() const noexcept { return body_; }

 private:
  std::string body_;
};

/// Asks STS for credentials, signed by `with`, or not at all by anonymous ones.
///
/// Errors:  those of `credentials_from_sts`; timed_out, unreachable. The message names the role.
[[nodiscard]] task<result<credentials>> ask_sts(const provider_context& in, const sts_endpoint& at,
                                                const sts_query& query, const credentials& with, const secret& token);

}  // namespace randomio::s3
