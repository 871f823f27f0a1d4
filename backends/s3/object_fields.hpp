#pragma once

#include <string>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// What the fields of a reply to GET or HEAD say of an object. Its size is the number of bytes in the body, or of the
/// whole object when the reply is about a range.
///
/// Errors: corrupt, when its size or ETag is missing.
/// Source: Amazon S3 API Reference, GetObject, HeadObject.
[[nodiscard]] result<object::description> description_of(const http::reply& reply, const bucket& in, const asked& what);

/// Adds the fields that give a new object its properties, and the defaults of the bucket where there are none.
///
/// Errors: invalid, for what no field can carry; no_space, for more metadata than the service takes.
/// Source: Amazon S3 API Reference, PutObject, CreateMultipartUpload, CopyObject.
[[nodiscard]] result<void> add_properties(http::fields& to, const object::properties& with, const bucket& in);
/// Only those that a copy does not take over from its source by itself.
void add_placement(http::fields& to, const object::properties& with, const bucket& in);

/// `key=value&…`, encoded, as `x-amz-tagging`.
[[nodiscard]] std::string tags_text(const object::properties::texts& tags);

}  // namespace randomio::s3
