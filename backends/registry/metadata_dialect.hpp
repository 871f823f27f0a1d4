#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace randomio {

/// How modes, owners and times are kept in the metadata of objects: whose tools can read what we write.
enum class metadata_dialect : std::uint8_t { aws, s3fs, rclone, none };

/// Their names in settings. The first is the default.
inline constexpr std::array<std::pair<std::string_view, metadata_dialect>, 4> metadata_dialects{
    {{"aws", metadata_dialect::aws},
     {"s3fs", metadata_dialect::s3fs},
     {"rclone", metadata_dialect::rclone},
     {"none", metadata_dialect::none}}};

}  // namespace randomio
