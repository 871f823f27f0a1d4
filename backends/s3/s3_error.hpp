#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/core/io/conditional.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// What a request was about, which is what its failure is about.
struct asked {
  operation op = operation::none;
  std::string_view key = {};
  /// The condition under which it was to publish or remove something.
  precondition::kind condition = precondition::kind::none;
};

/// What the service says of a failure, in its body or, where replies have none, in its headers.
/// Source: Amazon S3 API Reference, "Error responses".
struct service_error {
  std::string code;       ///< `NoSuchKey`; empty when it does not say.
  std::string message;    ///< For people.
  std::string region;     ///< Where the bucket is, when that is what was wrong.
  std::string condition;  ///< Which condition failed.

  [[nodiscard]] static service_error of(const http::reply& reply);
};

/// The code for a status and the service's own code; the latter decides where it is known.
[[nodiscard]] errc code_of(int status, std::string_view service_code, precondition::kind condition) noexcept;

/// A failed reply as error: with key, status, request id and the service's message.
[[nodiscard]] error error_of(const http::reply& reply, const asked& what);
/// The same for a reply whose failure is known already.
[[nodiscard]] error error_of(const http::reply& reply, const service_error& failure, const asked& what);

/// A reply that should have been understood, and was not.
[[nodiscard]] error unreadable(const http::reply& reply, const asked& what, std::string_view why);

/// Whether a 2xx reply is a failure after all: the service answers some requests before it carries them out.
/// Source: Amazon S3 API Reference, CompleteMultipartUpload and CopyObject.
[[nodiscard]] bool failed_inside(const http::reply& reply);
/// Whether such a failure is one that the next attempt may not have: `http::request::failed_inside`.
[[nodiscard]] bool failed_inside_for_now(const http::reply& reply);
/// Whether a refusal means 429 or 408, whatever its status: RequestTimeout and, with some services, SlowDown and its
/// likes come as 400. Source: Amazon S3 API Reference, "Error responses"; botocore, _retry.json.
[[nodiscard]] bool asks_to_try_again(const http::reply& reply);

}  // namespace randomio::s3
