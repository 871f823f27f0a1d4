#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Where a page of uploads starts: after this upload of this full key. Empty: at the first.
struct upload_marker {
  std::string key;
  std::string upload_id;

  [[nodiscard]] bool empty() const noexcept { return key.empty(); }
  friend bool operator==(const upload_marker&, const upload_marker&) = default;
};

/// Source: Amazon S3 API Reference, ListMultipartUploads.
[[nodiscard]] http::request list_multipart_uploads(const bucket& in, std::string_view full_prefix,
                                                   const upload_marker& after);

struct upload_page {
  std::vector<object::upload> found;
  upload_marker next_after;  ///< Empty on the last page.
};

[[nodiscard]] result<upload_page> listed_multipart_uploads(const http::reply& reply, const bucket& in);

}  // namespace randomio::s3
