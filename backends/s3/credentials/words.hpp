#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace randomio::s3 {

/// Splits a command line into words as a shell would, without expanding anything: quotes and backslashes only.
/// Nothing for a quote or backslash that has no end.
///
/// Source: Python's shlex.split, which AWS's tools use for credential_process.
[[nodiscard]] std::optional<std::vector<std::string>> split_words(std::string_view line);

}  // namespace randomio::s3
