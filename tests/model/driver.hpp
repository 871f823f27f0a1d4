#pragma once

#include <utility>

#include "fs/filesystem.hpp"
#include "tests/model/model_backends.hpp"
#include "tests/model/reference_tree.hpp"

namespace model {

/// Drives a filesystem by path, as the kernel would: component by component, holding what it looked up.
class driver {
 public:
  driver(randomiofs::filesystem& fs, model_backends::runner& run) : fs_(fs), run_(run) {}

  /// A looked-up inode and the references it took, given back when it dies.
  class held {
   public:
    held(driver& d, randomiofs::inode& node) : driver_(&d), node_(&node) {}
    held(held&& other) noexcept : driver_(other.driver_), node_(std::exchange(other.node_, nullptr)) {}
    held& operator=(held&& other) noexcept {
      std::swap(driver_, other.driver_);
      std::swap(node_, other.node_);
      return *this;
    }
    ~held() {
      if (node_ != nullptr) driver_->fs_.forget(*node_, 1);
    }
    randomiofs::inode& operator*() const { return *node_; }

   private:
    driver* driver_;
    randomiofs::inode* node_;
  };

  randomio::result<held> find(const path& p) {
    held at(*this, fs_.root());
    for (const auto& name : p) {
      const auto attrs = run_(fs_.stat(*at));
      if (!attrs) return randomio::unexpected(attrs.error());
      if (attrs->type != randomio::file_type::directory) return randomio::fail(randomio::errc::not_directory);
      auto next = run_(fs_.lookup(*at, name));
      if (!next) return randomio::unexpected(next.error());
      at = held(*this, *next->node);
    }
    return at;
  }
  randomio::result<held> directory_of(const path& p) {
    auto at = find(path(p.begin(), p.end() - 1));
    if (!at) return at;
    const auto attrs = run_(fs_.stat(**at));
    if (attrs && attrs->type != randomio::file_type::directory) return randomio::fail(randomio::errc::not_directory);
    return at;
  }
  randomio::result<void> outcome(randomio::result<randomiofs::found_inode> made) {
    if (!made) return randomio::unexpected(made.error());
    fs_.forget(*made->node, 1);
    return {};
  }

  randomiofs::filesystem& fs_;
  model_backends::runner& run_;
};

}  // namespace model
