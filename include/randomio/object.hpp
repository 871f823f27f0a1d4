#pragma once

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/object/limits.hpp>
#include <randomio/backends/object/options.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/backends/object/store.hpp>
