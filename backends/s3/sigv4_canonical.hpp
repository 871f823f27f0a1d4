#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// The parts of an absolute URL that signatures cover. Borrowed from it.
struct url_parts {
  std::string_view scheme;
  std::string_view host;   ///< As the Host field has it: with the port unless it is the scheme's own.
  std::string_view path;   ///< Empty or with its leading `/`.
  std::string_view query;  ///< Without the `?`.

  /// Errors: invalid, for what is no absolute URL.
  [[nodiscard]] static result<url_parts> of(std::string_view url);
};

/// How services see the path of a request.
enum class path_rule : std::uint8_t {
  object_key,  ///< S3's: encoded once, `.`, `..` and `//` are what they are.
  normalized,  ///< All others': without dot segments and empty segments, and encoded once more.
};

/// Source of all: AWS General Reference, "Create a signed AWS API request", step 1.
[[nodiscard]] std::string canonical_path(std::string_view path, path_rule rule);
/// Decoded, encoded and sorted.
[[nodiscard]] std::string canonical_query(std::string_view query);

struct canonical_headers {
  std::string lines;         ///< `name:value\n`, sorted by name.
  std::string signed_names;  ///< `host;x-amz-date`.

  /// All fields but those that the way to the service may change, and Host, taken from the URL when no field says it.
  [[nodiscard]] static canonical_headers of(const http::fields& all, std::string_view host);
};

[[nodiscard]] std::string_view name(http::method verb) noexcept;

/// The canonical request whose hash is signed.
[[nodiscard]] std::string canonical_request(http::method verb, std::string_view path, std::string_view query,
                                            const canonical_headers& headers, std::string_view payload_hash);

}  // namespace randomio::s3
