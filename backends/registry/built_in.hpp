#pragma once

#include <randomio/backends/registry/registry.hpp>

namespace randomio {

/// `memory:` and `type = "memory"`. Keys: size.
[[nodiscard]] backend_type memory_type();

/// `file:///DIR` and `type = "local"`. Keys: root.
[[nodiscard]] backend_type local_type();

/// `s3://BUCKET/PREFIX` and `type = "s3"`. Keys: `s3::setting_keys`.
[[nodiscard]] backend_type s3_type();

/// `r2://ACCOUNT/BUCKET/PREFIX` and `type = "r2"`. Keys: account, jurisdiction, and those of s3.
[[nodiscard]] backend_type r2_type();

/// `az://ACCOUNT/CONTAINER/PREFIX` and `type = "azure"`. Keys: `azure::known_settings`.
[[nodiscard]] backend_type azure_type();

}  // namespace randomio
