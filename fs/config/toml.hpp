#pragma once

// toml++ without exceptions: a parse error is a value, and nothing can throw across our functions. Its code is
// compiled once, in toml.cpp: the installed library is built with exceptions.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include "fs/config/position.hpp"

namespace randomiofs::config {

[[nodiscard]] inline position position_of(const toml::source_region& source) noexcept {
  return {static_cast<std::uint32_t>(source.begin.line), static_cast<std::uint32_t>(source.begin.column)};
}

}  // namespace randomiofs::config
