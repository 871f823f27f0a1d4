#pragma once

#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/editing.hpp>
#include <randomio/backends/object/limits.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/backends/object/store.hpp>
