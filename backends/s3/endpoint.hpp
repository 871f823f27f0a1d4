#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// Where the name of the bucket stands in URLs.
enum class addressing : std::uint8_t {
  automatic,     ///< In the host name at AWS, unless the name has dots (no certificate fits); else in the path.
  path,          ///< https://HOST/BUCKET/KEY
  virtual_host,  ///< https://BUCKET.HOST/KEY
};

/// The URL of a bucket, to which keys and queries are appended.
/// Source: Amazon S3 User Guide, "Virtual hosting of buckets"; AWS General Reference, "Amazon S3 endpoints".
class endpoint {
 public:
  struct choice {
    std::string bucket;
    std::string region = "us-east-1";
    std::string custom = {};  ///< A URL, with or without a path and a slash at its end; empty: AWS in the region.
    addressing style = addressing::automatic;
  };

  /// Errors: invalid, for a name that no bucket can have or a URL that is none.
  [[nodiscard]] static result<endpoint> of(const choice& what);

  /// The bucket's own URL, where it is listed: without a slash at its end in path style, with one else.
  [[nodiscard]] std::string bucket_url() const { return base_ + (virtual_host_ ? "/" : ""); }
  [[nodiscard]] std::string object_url(std::string_view key) const;
  /// AWS's own, or one of a name below its domains.
  [[nodiscard]] bool is_aws() const noexcept { return is_aws_; }

 private:
  std::string base_;  // Never ends in a slash.
  bool virtual_host_ = false;
  bool is_aws_ = false;
};

}  // namespace randomio::s3
