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

/// Whether a setting of this name is one that must not be seen, as far as names tell: `secret_access_key`, `sas_token`.
/// Places of secrets (`…_file`) are none.
[[nodiscard]] bool is_secret(std::string_view key) noexcept;
/// Whether a value says where the secret is, and so may be seen.
[[nodiscard]] bool is_reference(std::string_view value) noexcept;

}  // namespace randomiofs::config
