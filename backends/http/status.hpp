#pragma once

#include <randomio/core/io/error.hpp>

namespace randomio::http {

/// What a reply's status says went wrong, for replies whose body does not say it better.
///
/// Source: RFC 9110 §15.
[[nodiscard]] errc errc_of_status(int status) noexcept;

}  // namespace randomio::http
