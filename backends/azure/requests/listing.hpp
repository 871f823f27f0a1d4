#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/azure/service.hpp>
#include <randomio/backends/object/store.hpp>

namespace randomio::azure {

struct listing_request {
  std::string prefix;    ///< With the container's own.
  std::string key = {};  ///< What a failure is about: the prefix without it.
  bool delimited = false;
  std::string marker = {};
  std::uint32_t count_max = 5000;
  bool metadata = false;
  bool uncommitted = false;  ///< Also blobs that were never committed, which have neither size nor version.
  stop_token stop = {};
};

/// A blob, or a prefix that ends in the delimiter.
struct listed_blob {
  std::string name;
  bool is_prefix = false;
  std::uint64_t size = 0;
  std::string etag;
  timestamp modified = {};
  object::properties::texts metadata = {};
};

struct listing {
  std::vector<listed_blob> found;
  std::string marker;  ///< Of the next page; empty on the last one.
};

/// Source: Azure Storage REST API, "List Blobs".
[[nodiscard]] task<result<listing>> list_blobs(const service& at, const listing_request& which);
/// Errors: corrupt.
[[nodiscard]] result<listing> parse_listing(std::string_view text);

}  // namespace randomio::azure
