#pragma once

#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Source: Amazon S3 API Reference, GetObjectTagging.
[[nodiscard]] http::request get_object_tagging(const bucket& in, std::string_view full_key);

[[nodiscard]] result<object::properties::texts> got_object_tagging(const http::reply& reply, const asked& what);

}  // namespace randomio::s3
