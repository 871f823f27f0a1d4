#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/memory.hpp>

#include "fs/filesystem.hpp"

/// A backend in memory under a name, for the mount table.
inline randomiofs::mounted_backend in_memory(std::string path, std::string name) {
  return {.path = std::move(path),
          .name = std::move(name),
          .fs = randomio::dyn_fs(std::make_shared<randomio::memory::filesystem>())};
}

inline std::unique_ptr<randomiofs::filesystem> mount_of(std::vector<randomiofs::mounted_backend> backends,
                                                        randomiofs::mount_options options = {}) {
  return std::move(randomiofs::filesystem::make(std::move(backends), options).value());
}

/// Awaits what needs no loop: memory never suspends.
template <class T>
T run(randomio::task<T> work) {
  return randomio::sync_wait(std::move(work));
}
