#pragma once

#include <array>
#include <string_view>
#include <utility>

#include <randomio/backends/object/metadata/dialect.hpp>

namespace randomio {

/// The names of metadata dialects in settings.
inline constexpr std::array<std::pair<std::string_view, object::metadata::dialect>, 4> metadata_dialects{
    {{"aws", object::metadata::dialect::aws},
     {"s3fs", object::metadata::dialect::s3fs},
     {"rclone", object::metadata::dialect::rclone},
     {"none", object::metadata::dialect::none}}};

}  // namespace randomio
