#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio {

/// Why no extended attribute can have this name, if none can: range, unsupported or invalid. The namespaces are those
/// that the kernel knows, which lets nobody but root at the trusted and security ones by itself.
///
/// Source: xattr(7); XATTR_NAME_MAX, linux/limits.h.
[[nodiscard]] constexpr std::optional<errc> xattr_name_refusal(std::string_view key) noexcept {
  constexpr std::size_t bytes_max = 255;
  constexpr std::array<std::string_view, 3> namespaces{"user.", "trusted.", "security."};
  if (key.empty() || key.size() > bytes_max) return errc::range;
  const auto known = std::ranges::find_if(namespaces, [&](std::string_view prefix) { return key.starts_with(prefix); });
  if (known == namespaces.end()) return errc::unsupported;
  if (key == *known) return errc::invalid;
  return std::nullopt;
}

}  // namespace randomio
