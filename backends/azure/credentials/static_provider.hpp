#pragma once

#include <string_view>
#include <utility>

#include <randomio/backends/azure/credentials/credentials.hpp>

namespace randomio::azure {

/// Credentials that are known: an account's key, a SAS, a token, or none at all.
class static_provider : public provider {
 public:
  explicit static_provider(credentials known) : known_(std::move(known)) {}

  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return known_.origin; }

 private:
  credentials known_;
};

/// Errors: invalid, for a key that is not base64.
[[nodiscard]] result<credentials> from_account_key(std::string_view account, const secret& base64);
/// A SAS as people paste it, with or without its `?`. Errors: invalid, when it has no signature.
[[nodiscard]] result<credentials> from_sas(const secret& text);

}  // namespace randomio::azure
