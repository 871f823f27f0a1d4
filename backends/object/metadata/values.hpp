#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/core/io/attributes.hpp>

/// The forms in which dialects write numbers, modes and times. All of them give nothing for what they cannot read.
namespace randomio::object::metadata {

[[nodiscard]] std::optional<std::uint64_t> decimal(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint64_t> octal(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint32_t> decimal_id(std::string_view text) noexcept;

/// A file's type and its permission bits in one number. Source: inode(7).
[[nodiscard]] std::uint32_t type_bits(file_type type) noexcept;
[[nodiscard]] std::optional<file_type> type_of(std::uint64_t st_mode) noexcept;

/// "1595002920", "1595002920.5" (a decimal fraction, to the nanosecond), negative ones too.
[[nodiscard]] std::optional<timestamp> seconds(std::string_view text) noexcept;
[[nodiscard]] std::string seconds_text(timestamp t);  ///< Always with nine digits: s3fs reads ".5" as 5 ns.
/// "1595002920000000000ns".
[[nodiscard]] std::optional<timestamp> nanoseconds(std::string_view text) noexcept;
[[nodiscard]] std::string nanoseconds_text(timestamp t);
/// "2020-07-17T16:22:00.123Z", "…+02:00". Source: RFC 3339 §5.6.
[[nodiscard]] std::optional<timestamp> internet_date(std::string_view text) noexcept;
[[nodiscard]] std::string internet_date_text(timestamp t);

/// Linux's dev_t, which is what programs store, from and to `attributes::device`. Source: makedev(3).
[[nodiscard]] std::uint64_t dev_of(std::uint64_t device) noexcept;
[[nodiscard]] std::uint64_t device_of(std::uint64_t dev) noexcept;

}  // namespace randomio::object::metadata
