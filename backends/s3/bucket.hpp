#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/query.hpp>
#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/options.hpp>
#include <randomio/backends/s3/s3_error.hpp>

namespace randomio::s3 {

/// What the requests to one bucket have in common: where it is, and what travels with each.
///
/// Threads: const and safe.
class bucket {
 public:
  /// Errors: invalid, naming the option.
  [[nodiscard]] static result<bucket> of(options what);
  /// The same bucket in another region.
  [[nodiscard]] result<bucket> in_region(std::string_view region) const;

  [[nodiscard]] const options& with() const noexcept { return options_; }
  [[nodiscard]] bool is_aws() const noexcept { return endpoint_.is_aws(); }

  /// The key as the service has it. Errors: invalid, name_too_long, bad_sequence (not UTF-8).
  [[nodiscard]] result<std::string> full_key(std::string_view key) const;
  /// The key as the store has it; nothing for one outside of the prefix.
  [[nodiscard]] std::optional<std::string_view> own_key(std::string_view full) const noexcept;

  [[nodiscard]] http::request to_bucket(http::method verb, const http::query& what) const;
  [[nodiscard]] http::request to_object(http::method verb, std::string_view full_key,
                                        const http::query& what = {}) const;

  /// Sends a request that `from` made here instead.
  void retarget(http::request& what, const bucket& from) const;

  /// `/BUCKET/KEY`, encoded, as `x-amz-copy-source`.
  [[nodiscard]] std::string copy_source(std::string_view full_key, std::string_view version_id) const;
  /// The customer key, for whatever reads or writes the bytes of an object.
  void add_customer_key(http::fields& to) const { add_customer_key(to, "x-amz-server-side-encryption-customer-"); }
  /// The same for the source of a copy.
  void add_source_customer_key(http::fields& to) const {
    add_customer_key(to, "x-amz-copy-source-server-side-encryption-customer-");
  }

 private:
  bucket(options what, endpoint where) : options_(std::move(what)), endpoint_(std::move(where)) {}
  void add_customer_key(http::fields& to, std::string_view prefix) const;

  options options_;
  endpoint endpoint_;
  std::string customer_key_md5_;
};

/// Adds `If-Match` or `If-None-Match`, and lets such a request be repeated only when it was refused: a condition that
/// fails because the first attempt has succeeded must not pass for a lost race.
void add_condition(http::request& to, const precondition& when, std::string_view prefix = {});

/// As versions are compared: with its quotes, whether or not the service sent them.
[[nodiscard]] version version_of(std::string_view etag);

}  // namespace randomio::s3
