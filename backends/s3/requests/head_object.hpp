#pragma once

#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// What an object is, without its bytes. Source: Amazon S3 API Reference, HeadObject.
[[nodiscard]] http::request head_object(const bucket& in, std::string_view full_key, const version& expected = {},
                                        std::string_view version_id = {});

[[nodiscard]] result<object::description> headed_object(const http::reply& reply, const bucket& in,
                                                        std::string_view key);

}  // namespace randomio::s3
