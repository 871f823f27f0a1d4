#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace randomio {

/// What happens to what was written when another machine changed the object in between.
enum class conflict_policy : std::uint8_t { estale, keep_both, overwrite };

/// Their names in settings. The first is the default.
inline constexpr std::array<std::pair<std::string_view, conflict_policy>, 3> conflict_policies{
    {{"estale", conflict_policy::estale},
     {"keep-both", conflict_policy::keep_both},
     {"overwrite", conflict_policy::overwrite}}};

}  // namespace randomio
