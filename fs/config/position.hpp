#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomiofs::config {

/// Where in the configuration file something stands; 1-based. 0: nowhere in particular.
struct position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// The one line a person sees: `FILE:LINE:COLUMN: PROBLEM`, as the message of an `invalid` error. The problem may quote
/// any bytes of the file: those that would end the line, or steer a terminal, show as '?'.
[[nodiscard]] inline randomio::error problem_at(std::string_view file, position at, std::string_view problem) {
  std::string line(file);
  if (at.line != 0) line += ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
  line += ": ";
  for (const char c : problem) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return randomio::error(randomio::errc::invalid, randomio::operation::configure).with_message(line);
}

}  // namespace randomiofs::config
