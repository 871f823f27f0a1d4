#pragma once

#include <cstddef>
#include <string>

#include <randomio/core/io/error.hpp>

namespace randomiofs::config {

/// The whole content of a small file.
///
/// Errors:  not_found, permission_denied, is_directory, too_large, io_failure; the message is a whole line:
///          `PATH: no such file`.
[[nodiscard]] randomio::result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace randomiofs::config
