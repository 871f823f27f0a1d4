#pragma once

#include <array>
#include <string_view>
#include <utility>

#include <randomio/backends/object/editing.hpp>

namespace randomio {

/// The names of conflict policies in settings.
inline constexpr std::array<std::pair<std::string_view, object::conflict_policy>, 3> conflict_policies{
    {{"estale", object::conflict_policy::estale},
     {"keep-both", object::conflict_policy::keep_both},
     {"overwrite", object::conflict_policy::overwrite}}};

}  // namespace randomio
