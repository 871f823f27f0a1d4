#pragma once

#include <optional>
#include <string>

#include <randomio/backends/http/xml.hpp>

namespace randomio::s3 {

/// The keys and prefixes in a listing, which may be percent-encoded, as the listing itself says.
/// Source: Amazon S3 API Reference, ListObjectsV2, `encoding-type`.
class listed_text {
 public:
  explicit listed_text(http::xml_element listing) : is_encoded_(listing.child("EncodingType").text() == "url") {}

  /// Nothing for what is not encoded as the listing says.
  [[nodiscard]] std::optional<std::string> of(http::xml_element element) const;

 private:
  bool is_encoded_;
};

}  // namespace randomio::s3
