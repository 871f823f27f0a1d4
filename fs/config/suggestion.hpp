#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace randomiofs::config {

/// What a mistyped word was probably meant to be: the nearest of the known ones. Empty when none is near.
[[nodiscard]] std::string closest(std::string_view word, const std::vector<std::string>& known);

/// `; did you mean 'WORD'?`, or nothing: to be put after a message.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace randomiofs::config
