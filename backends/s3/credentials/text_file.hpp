#pragma once

#include <cstddef>
#include <string>

#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// Reads a whole file of text, which may hold secrets: no other buffer keeps a copy. Blocks.
///
/// Errors: not_found; permission_denied, io_failure; is_directory; too_large. The path is the error's key.
[[nodiscard]] result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace randomio::s3
