#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio::http {

/// Whether `/` is data, as in a query, or separates, as in a path.
enum class slash : std::uint8_t { encoded, kept };
/// Whether `+` is itself, or a space as in forms. Source: application/x-www-form-urlencoded.
enum class plus : std::uint8_t { literal, space };

/// Encodes everything but unreserved characters (letters, digits and `-._~`), with upper-case digits, which is also
/// what signatures of requests are made of. Source: RFC 3986 §2.
[[nodiscard]] std::string percent_encode(std::string_view text, slash slashes = slash::encoded);
void append_percent_encoded(std::string& to, std::string_view text, slash slashes = slash::encoded);

/// Errors: invalid, for a `%` without two hexadecimal digits.
[[nodiscard]] result<std::string> percent_decode(std::string_view text, plus pluses = plus::literal);

}  // namespace randomio::http
