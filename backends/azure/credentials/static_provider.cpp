#include <randomio/backends/azure/credentials/static_provider.hpp>

#include <randomio/backends/azure/sas.hpp>
#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/object/base64.hpp>

namespace randomio::azure {

task<result<credentials>> static_provider::get() {
  co_return known_;
}

result<credentials> from_account_key(std::string_view account, const secret& base64) {
  auto bytes = object::base64_decoded(base64.reveal());
  if (!bytes || bytes->empty()) return http::refuse(errc::invalid, "the account's key is not base64");
  return credentials{.what = credentials::kind::shared_key,
                     .account = std::string(account),
                     .value = secret::taken_from(*bytes),
                     .origin = "account key"};
}

result<credentials> from_sas(const secret& text) {
  auto tidy = tidy_sas(text.reveal());
  if (!tidy) return unexpected(std::move(tidy).error());
  const auto expires = sas_expiry(*tidy);
  return credentials{.what = credentials::kind::sas,
                     .value = secret::taken_from(*tidy),
                     .expires = expires,
                     .origin = "shared access signature"};
}

}  // namespace randomio::azure
