#pragma once

#include <cstdint>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/error.hpp>

namespace randomio::local {

/// How a descriptor was opened: `location` is O_PATH, which can be changed through its link only.
enum class descriptor_kind : std::uint8_t { open, location };

/// Changes what `change` names and returns the new attributes. The order is the one in which the kernel's own
/// side effects cannot undo a part: size, owner (clears set-id bits), mode, times (size sets them).
///
/// Errors: as ftruncate(2), fchown(2), fchmod(2), utimensat(2); what came before the failing part is done.
result<attributes> edit_attributes(int fd, descriptor_kind kind, const attribute_change& change,
                                   std::uint64_t home_device) noexcept;

/// Source: fchmod(2). Errors: unsupported, for a symbolic link.
result<void> change_mode(int fd, descriptor_kind kind, std::uint32_t mode, operation op) noexcept;

/// -1 leaves the owner or the group. Source: fchown(2).
result<void> change_owner(int fd, std::uint32_t uid, std::uint32_t gid, operation op) noexcept;

inline constexpr std::uint32_t owner_unchanged = 0xffffffff;

}  // namespace randomio::local
