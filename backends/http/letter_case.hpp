#pragma once

#include <string>
#include <string_view>

namespace randomio::http {

/// Names of header fields, hosts and the like as they compare: ASCII letters in lower case, whatever the locale.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace randomio::http
