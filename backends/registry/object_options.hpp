#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/object/options.hpp>
#include <randomio/backends/registry/registry.hpp>

namespace randomio {

/// The settings that every object store takes beside its own, for `settings::finish`.
inline constexpr std::string_view object_keys =
    "metadata, on_conflict, file_mode, directory_mode, commit_ids, hole_max, commit_timeout, early_publish";

/// How a filesystem over an object store works, from the settings of its backend and what the program offers. `name`
/// tells buckets apart: "s3://bucket/prefix". Makes the state directory. Blocks.
///
/// Errors: invalid, naming the setting; io_failure, permission_denied, when the state directory cannot be used.
[[nodiscard]] result<object::options> object_options(std::string name, settings& from, const environment& in);

}  // namespace randomio
