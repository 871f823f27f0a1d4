#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/bucket.hpp>

namespace randomio::s3 {

/// Parts of an upload after a number, a page of them. Source: Amazon S3 API Reference, ListParts.
[[nodiscard]] http::request list_parts(const bucket& in, std::string_view full_key, std::string_view upload_id,
                                       std::uint32_t after);

struct part_page {
  std::vector<object::part> found;
  std::uint32_t next_after = 0;  ///< 0 on the last page.
};

[[nodiscard]] result<part_page> listed_parts(const http::reply& reply, const bucket& in, const asked& what);

}  // namespace randomio::s3
