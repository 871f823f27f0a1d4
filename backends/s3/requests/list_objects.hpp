#pragma once

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// One page of keys, or of keys and common prefixes. Source: Amazon S3 API Reference, ListObjectsV2.
[[nodiscard]] http::request list_objects(const bucket& in, const object::list_request& which);

[[nodiscard]] result<object::list_page> listed_objects(const http::reply& reply, const bucket& in);

}  // namespace randomio::s3
