#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/core/io/conditional.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::azure {

/// What a request was about, which is what its failure is about.
struct asked {
  operation op = operation::none;
  std::string_view key = {};
  /// The condition under which it was to publish or remove something.
  precondition::kind condition = precondition::kind::none;
};

/// The service's own code: `BlobNotFound`; empty when it does not say.
/// Source: Azure Storage REST API, "Status and error codes".
[[nodiscard]] std::string service_code_of(const http::reply& reply);

/// The code for a status and the service's own code; the latter decides where it is known.
[[nodiscard]] errc code_of(int status, std::string_view service_code, precondition::kind condition) noexcept;

/// A failed reply as error: with key, status, request id and the service's message.
[[nodiscard]] error error_of(const http::reply& reply, const asked& what);

/// A reply that should have been understood, and was not.
[[nodiscard]] error unreadable(const http::reply& reply, const asked& what, std::string_view why);

}  // namespace randomio::azure
