#pragma once

#include <map>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio {

/// A URI taken apart, its parts percent-decoded: `SCHEME://AUTHORITY/PATH?KEY=VALUE&…`.
///
/// Source:  RFC 3986 §3.
struct uri {
  std::string scheme;     ///< In lower case.
  std::string authority;  ///< Empty when there is none.
  std::string path;       ///< With its leading `/`, if it has one.
  std::map<std::string, std::string> query;

  /// Errors: invalid, with the text as `error::key()`.
  [[nodiscard]] static result<uri> parse(std::string_view text);
};

}  // namespace randomio
