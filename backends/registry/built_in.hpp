#pragma once

#include <randomio/backends/registry/registry.hpp>

namespace randomio {

/// `memory:` and `type = "memory"`. Keys: size.
[[nodiscard]] backend_type memory_type();

/// `file:///DIR` and `type = "local"`. Keys: root.
[[nodiscard]] backend_type local_type();

}  // namespace randomio
