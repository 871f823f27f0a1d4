#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <randomio/backends/http/credentials/secret.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::http {

/// A failure of a provider, with its message.
[[nodiscard]] unexpected refuse(errc why, std::string_view message);

/// The same failure, its message after what was tried: "TRIED: MESSAGE".
[[nodiscard]] error in_context(const error& from, std::string_view tried);

/// Words of somebody else, fit for an error message: one line, at most `bytes_max`, and without these secrets.
[[nodiscard]] std::string quotable(std::string_view text, std::span<const secret> secrets = {},
                                   std::size_t bytes_max = 300);
/// The same for words that may hold secrets we do not know: whatever looks like a key or token goes, too.
[[nodiscard]] std::string quotable_without_tokens(std::string_view text, std::size_t bytes_max = 300);

}  // namespace randomio::http
