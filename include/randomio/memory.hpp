#pragma once

/// Files and bytes in memory: link `randomio::memory`. Standard library only.

#include <randomio/backends/memory/device.hpp>
#include <randomio/backends/memory/filesystem.hpp>
