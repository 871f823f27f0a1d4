#pragma once

/// The trait layer, whole: link `randomio::io`. Header-only; nothing but the standard library.

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/awaitable.hpp>
#include <randomio/core/io/block.hpp>
#include <randomio/core/io/buffer.hpp>
#include <randomio/core/io/capabilities.hpp>
#include <randomio/core/io/conditional.hpp>
#include <randomio/core/io/dyn_file.hpp>
#include <randomio/core/io/dyn_filesystem.hpp>
#include <randomio/core/io/dyn_op.hpp>
#include <randomio/core/io/dyn_random_io.hpp>
#include <randomio/core/io/error.hpp>
#include <randomio/core/io/file.hpp>
#include <randomio/core/io/filesystem.hpp>
#include <randomio/core/io/path.hpp>
#include <randomio/core/io/random_io.hpp>
#include <randomio/core/io/range.hpp>
#include <randomio/core/io/rooted.hpp>
#include <randomio/core/io/sequential.hpp>
#include <randomio/core/io/stop.hpp>
#include <randomio/core/io/xattr_name.hpp>
