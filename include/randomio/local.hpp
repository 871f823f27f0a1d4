#pragma once

/// Local files, directory trees and block devices: link `randomio::local`.

#include <randomio/backends/local/block_device.hpp>
#include <randomio/backends/local/filesystem.hpp>
#include <randomio/backends/local/key_store.hpp>
#include <randomio/backends/local/open_root.hpp>
#include <randomio/backends/local/pool_file.hpp>
#include <randomio/backends/local/sync_file.hpp>
#include <randomio/backends/local/uring_file.hpp>
