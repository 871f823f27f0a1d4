#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <randomio/backends/azure/azure_error.hpp>
#include <randomio/backends/azure/container.hpp>
#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/xml.hpp>

namespace randomio::azure {

/// A blob: its name in the container, and the key by which errors call it.
struct target {
  std::string full;
  std::string_view key;
};

/// A page of 5,000 blobs with their metadata, or all blocks of a blob: 50,000 and as many uncommitted ones twice over.
inline constexpr http::xml_limits long_lists{.bytes_max = std::size_t{64} << 20, .tags_max = 1'000'000};

/// What all requests to one container go through: a failed reply becomes an error here, and only here.
///
/// Threads: as `http::client`.
class service {
 public:
  /// Borrows: `sends`, for its life. It retries and authorises.
  service(http::client& sends, container where) : sends_(sends), where_(std::move(where)) {}

  [[nodiscard]] const container& where() const noexcept { return where_; }
  /// Errors: those of `http::client`, and what a reply other than 2xx means.
  [[nodiscard]] task<result<http::reply>> send(const http::request& what, const asked& about) const;

 private:
  http::client& sends_;
  const container where_;
};

}  // namespace randomio::azure
