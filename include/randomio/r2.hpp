#pragma once

/// Cloudflare R2: link `randomio::r2`.

#include <randomio/backends/r2/r2.hpp>
