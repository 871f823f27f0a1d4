#pragma once

#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// A whole object. Borrows: `content`, by the request. Errors: invalid, no_space, for properties that cannot be sent.
/// Source: Amazon S3 API Reference, PutObject.
[[nodiscard]] result<http::request> put_object(const bucket& in, std::string_view full_key, object::pieces content,
                                               const object::properties& with, const precondition& when);

[[nodiscard]] result<object::published> published_object(const http::reply& reply, const asked& what);

}  // namespace randomio::s3
