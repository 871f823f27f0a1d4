#pragma once

#include <string_view>

#include <randomio/backends/azure/credentials/credentials.hpp>
#include <randomio/backends/http/client.hpp>

namespace randomio::azure {

/// What tokens are for. Source: Microsoft identity platform, "Access Azure Storage".
inline constexpr std::string_view storage_scope = "https://storage.azure.com/.default";
inline constexpr std::string_view storage_resource = "https://storage.azure.com";

/// A token as every source writes it in JSON: `access_token` or `accessToken`; its end as seconds from now
/// (`expires_in`) or since 1970 (`expires_on`), numbers or texts.
///
/// Errors:  corrupt, for what is no such JSON; the message holds nothing of the text.
/// Source:  RFC 6749 §5.1; "How to use managed identities to get an access token".
[[nodiscard]] result<credentials> parse_token(std::string_view json, timestamp now, std::string_view origin);

/// The same for a reply, which may be a refusal.
///
/// Errors:  unauthenticated, invalid; unreachable and throttled, when it may be tried again.
/// Source:  RFC 6749 §5.2.
[[nodiscard]] result<credentials> token_of(const http::reply& reply, timestamp now, std::string_view origin);

}  // namespace randomio::azure
