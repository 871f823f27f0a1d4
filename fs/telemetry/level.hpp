#pragma once

#include <cstdint>

namespace randomiofs::log {

enum class level : std::uint8_t { trace, debug, info, warning, error, off };

}  // namespace randomiofs::log
