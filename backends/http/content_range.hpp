#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/http/fields.hpp>
#include <randomio/core/io/range.hpp>

namespace randomio::http {

/// What a Content-Range field says. Source: RFC 9110 §14.4.
struct content_range {
  std::optional<range> part = {};          ///< The bytes in this reply; none in a 416.
  std::optional<std::uint64_t> size = {};  ///< Of the whole; unknown for `*`.

  /// Nothing, for what is no byte range, or one that contradicts itself.
  [[nodiscard]] static std::optional<content_range> parse(std::string_view text) noexcept;
};

/// Reads a number of decimal digits and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

/// The Content-Length field. Nothing, when there is none or it is no number. Source: RFC 9110 §8.6.
[[nodiscard]] std::optional<std::uint64_t> content_length(const fields& headers) noexcept;

/// A Range field for `part`, which must not be empty. Source: RFC 9110 §14.1.2.
[[nodiscard]] std::string range_field(range part);

}  // namespace randomio::http
