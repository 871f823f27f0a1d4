#pragma once

/// URIs and settings to backends: target `randomio::registry`.

#include <randomio/backends/registry/quantity.hpp>
#include <randomio/backends/registry/registry.hpp>
#include <randomio/backends/registry/settings.hpp>
#include <randomio/backends/registry/uri.hpp>
