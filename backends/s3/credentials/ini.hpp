#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/s3/credentials/shared_config.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// `[KIND NAME]` or `[NAME]`, and what follows.
struct ini_section {
  std::string kind;  ///< Empty when the header is one word.
  std::string name;  ///< Without quotes around it.
  config_section settings;
};

/// Reads the dialect of AWS's shared files: `key = value`, comments from `#` or `;` at the start of a line or after a
/// blank, and further lines of a value, which begin with a blank. Keys become lower case. A line in a section that is
/// neither, and settings above the first section, are errors, as they are for AWS's tools.
///
/// Errors:  invalid; the message says which line, never what stands in it.
/// Source:  AWS SDKs and Tools Reference Guide, "Format of the config and credentials files".
[[nodiscard]] result<std::vector<ini_section>> read_ini(std::string_view text);

}  // namespace randomio::s3
