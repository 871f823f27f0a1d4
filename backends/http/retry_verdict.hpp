#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <randomio/backends/http/client.hpp>
#include <randomio/core/io/attributes.hpp>

namespace randomio::http {

/// What the outcome of one attempt asks for.
enum class retry_verdict : std::uint8_t {
  final,      ///< It is the outcome: a success, or a failure that would come again.
  again,      ///< The next attempt may succeed.
  ambiguous,  ///< The next attempt may succeed, but the request may have been carried out and must not be twice.
};

/// Judges a reply. `throttles` tells replies that mean 429, whatever their status; may be null.
/// Source: RFC 9110 §15, RFC 6585 §4.
[[nodiscard]] retry_verdict judge(const request& what, const reply& got, bool (*throttles)(const reply&));
[[nodiscard]] retry_verdict judge(const request& what, const error& failure) noexcept;

/// How long the server asks to wait, by a number of seconds or a date. Source: RFC 9110 §10.2.3.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const fields& headers, timestamp now) noexcept;

}  // namespace randomio::http
