#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fs/telemetry/log.hpp"

/// A message and its fields packed into one text, since a queue of lines is what the logging library has.
namespace randomiofs::log {

[[nodiscard]] std::string pack(std::string_view message, std::initializer_list<field> fields);

struct record {
  std::string_view message;
  std::vector<std::pair<std::string_view, std::string_view>> fields;

  /// Borrows: `packed`.
  [[nodiscard]] static record unpack(std::string_view packed);
  /// `message key=value key="two words"`, on one line whatever the values hold. Source: logfmt.
  [[nodiscard]] std::string line() const;
};

}  // namespace randomiofs::log
