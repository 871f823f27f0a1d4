#pragma once

#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomiofs::config {

/// A setting's value, with a secret fetched from where the value says that it is:
///   `env:NAME`         the environment variable
///   `file:PATH`        the file's content, less a final newline; a relative PATH starts at `directory`
///   `credential:NAME`  what systemd's LoadCredential= passed, as `file:$CREDENTIALS_DIRECTORY/NAME`
/// Any other text is the value itself.
///
/// Errors:  invalid; the message says what is missing and never holds a secret.
[[nodiscard]] randomio::result<std::string> resolve_secret(std::string_view value, std::string_view directory);

}  // namespace randomiofs::config
