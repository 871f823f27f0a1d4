#pragma once

#include <utility>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// Credentials that are known: from the configuration, or none at all for anonymous access.
class static_provider : public provider {
 public:
  explicit static_provider(credentials known) : known_(std::move(known)) {}
  /// For public buckets: requests are not signed. Only ever on request.
  [[nodiscard]] static credentials anonymous() { return {.origin = "anonymous access"}; }

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return known_.origin; }

 private:
  credentials known_;
};

}  // namespace randomio::s3
