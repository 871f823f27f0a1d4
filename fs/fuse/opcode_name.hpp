#pragma once

#include <cstdint>
#include <string_view>

namespace randomiofs::fuse {

/// What the kernel asks for with a request, for messages. Source: linux/fuse.h, fuse_opcode.
[[nodiscard]] std::string_view opcode_name(std::uint32_t opcode) noexcept;

}  // namespace randomiofs::fuse
