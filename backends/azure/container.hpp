#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <randomio/backends/azure/options.hpp>
#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/query.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/core/io/conditional.hpp>

namespace randomio::azure {

/// What the requests to one container have in common: where it is.
///
/// Threads: const and safe.
class container {
 public:
  /// Errors: invalid, naming the option.
  [[nodiscard]] static result<container> of(options what);

  [[nodiscard]] const options& with() const noexcept { return options_; }
  /// Azure itself, in any of its clouds: what is documented of it holds.
  [[nodiscard]] bool is_azure() const noexcept { return is_azure_; }

  /// The blob's name as the service has it. Errors: invalid, name_too_long, bad_sequence (not
  /// UTF-8, or a backslash in it).
  [[nodiscard]] result<std::string> full_key(std::string_view key) const;
  /// The key as the store has it; nothing for one outside of the prefix.
  [[nodiscard]] std::optional<std::string_view> own_key(std::string_view full) const noexcept;

  [[nodiscard]] http::request to_container(http::method verb, const http::query& what) const;
  [[nodiscard]] http::request to_blob(http::method verb, std::string_view full_key, const http::query& what = {}) const;
  [[nodiscard]] std::string blob_url(std::string_view full_key) const;

 private:
  container(options what, std::string url, bool is_azure)
      : options_(std::move(what)), url_(std::move(url)), is_azure_(is_azure) {}

  options options_;
  std::string url_;  // Of the container; never ends in a slash.
  bool is_azure_;
};

/// Adds `If-Match` or `If-None-Match`, and lets such a request be repeated only when it was refused: a condition that
/// fails because the first attempt has succeeded must not pass for a lost race.
void add_condition(http::request& to, const precondition& when);

/// As versions are compared: with its quotes, whether or not the service sent them, as in listings.
[[nodiscard]] version version_of(std::string_view etag);

/// Adds what a blob has beside its bytes to a request that makes it. `content_prefix` precedes the content headers.
/// Errors: invalid, for metadata that a header cannot hold; unsupported, for page and append blobs.
[[nodiscard]] result<void> add_properties(http::request& to, const object::properties& what, const options& with);
/// The metadata alone; names that differ by dashes and underscores only are one name, sent once.
[[nodiscard]] result<void> add_metadata(http::request& to, const object::properties::texts& metadata);
/// The content headers alone.
[[nodiscard]] result<void> add_content_headers(http::request& to, const object::properties::texts& content);

/// A blob as the headers of a reply describe it. Errors: corrupt, without a size or ETag.
[[nodiscard]] result<object::description> described(const http::reply& reply);

}  // namespace randomio::azure
