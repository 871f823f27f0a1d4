#pragma once

#include <string_view>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// A copy inside the service. The keys, also that of `from`, are full ones.
struct copy_plan {
  const object::source& from;
  std::string_view to;
  /// Where the copy is kept and encrypted, which the service does not take over from the source by itself; and, with
  /// `replaces`, all the rest of its properties too.
  const object::properties& with;
  bool replaces = false;
  const precondition& when;
};

/// Errors: invalid, no_space, for properties that cannot be sent. Source: Amazon S3 API Reference, CopyObject.
[[nodiscard]] result<http::request> copy_object(const bucket& in, const copy_plan& plan);

[[nodiscard]] result<object::published> copied_object(const http::reply& reply, const asked& what);

/// Adds which object or part of one is copied, and that it must be the expected version of it.
void add_copy_source(http::request& to, const bucket& in, const object::source& from);

}  // namespace randomio::s3
