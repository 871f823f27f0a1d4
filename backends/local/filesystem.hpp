#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include <randomio/backends/local/key_store.hpp>
#include <randomio/backends/local/listing.hpp>
#include <randomio/backends/local/pool_file.hpp>
#include <randomio/backends/local/tree.hpp>
#include <randomio/core/io/filesystem.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

namespace randomio::local {

/// A directory tree of the machine. Every call on names runs on the pool's threads; reads and writes go the way
/// of `File`: `uring_file` on io_uring loops, `pool_file` on any.
///
/// Borrows:  the pool, for its whole life.
/// Security: nothing outside the root can be reached, whatever the paths, the links in the tree, or a race with
///           somebody who changes it (openat2, RESOLVE_BENEATH). Filesystems mounted below the root are inside.
template <class File>
class filesystem {
 public:
  using node_type = node;
  using file_type = File;
  using listing_type = listing;
  using found = entry<node>;

  filesystem(std::unique_ptr<tree> files, blocking_pool& pool) noexcept : tree_(std::move(files)), pool_(&pool) {}

  [[nodiscard]] std::shared_ptr<node> root() const noexcept { return tree_->root(); }
  [[nodiscard]] const capabilities& abilities() const noexcept { return tree_->abilities(); }

  [[nodiscard]] auto lookup(node& at, std::string_view p) {
    return pool_->run([this, &at, p] { return tree_->lookup(at, p); });
  }
  [[nodiscard]] auto entry_of(File& f) {
    return pool_->run([this, &f] { return tree_->entry_of(f.native()); });
  }
  [[nodiscard]] auto stat(node& at, std::string_view p) {
    return pool_->run([this, &at, p] { return tree_->stat(at, p); });
  }
  [[nodiscard]] auto set_attributes(node& at, std::string_view p, const attribute_change& change) {
    return pool_->run([this, &at, p, &change] { return tree_->set_attributes(at, p, change); });
  }
  [[nodiscard]] auto open(node& at, std::string_view p, const open_options& how) {
    return pool_->run([this, &at, p, &how]() -> result<File> {
      auto opened = tree_->open_at(at, p, how);
      if (!opened) return unexpected(std::move(opened).error());
      return File(std::move(*opened), *pool_);
    });
  }
  [[nodiscard]] auto list(node& at, std::string_view p, const list_options& which) {
    return pool_->run([this, &at, p, &which]() -> result<listing> {
      auto names = tree_->list(at, p, which);
      if (!names) return unexpected(std::move(names).error());
      return listing(std::move(*names), *pool_);
    });
  }
  [[nodiscard]] auto create_dir(node& at, std::string_view p, const creation& made) {
    return pool_->run([this, &at, p, &made] { return tree_->create_dir(at, p, made); });
  }
  [[nodiscard]] auto create_node(node& at, std::string_view p, randomio::file_type type, std::uint64_t device,
                                 const creation& made) {
    return pool_->run([this, &at, p, type, device, &made] { return tree_->create_node(at, p, type, device, made); });
  }
  [[nodiscard]] auto symlink(node& at, std::string_view p, std::string_view text, const creation& made) {
    return pool_->run([this, &at, p, text, &made] { return tree_->symlink(at, p, text, made); });
  }
  [[nodiscard]] auto link(node& from, std::string_view from_path, node& to, std::string_view to_path) {
    return pool_->run([this, &from, from_path, &to, to_path] { return tree_->link(from, from_path, to, to_path); });
  }
  [[nodiscard]] auto read_link(node& at, std::string_view p) {
    return pool_->run([this, &at, p] { return tree_->read_link(at, p); });
  }
  [[nodiscard]] auto remove(node& at, std::string_view p) {
    return pool_->run([this, &at, p] { return tree_->remove(at, p); });
  }
  [[nodiscard]] auto remove_dir(node& at, std::string_view p) {
    return pool_->run([this, &at, p] { return tree_->remove_dir(at, p); });
  }
  [[nodiscard]] auto rename(node& from, std::string_view from_path, node& to, std::string_view to_path,
                            rename_mode mode) {
    return pool_->run(
        [this, &from, from_path, &to, to_path, mode] { return tree_->rename(from, from_path, to, to_path, mode); });
  }
  [[nodiscard]] auto copy_range(File& from, std::uint64_t from_offset, File& to, std::uint64_t to_offset,
                                std::uint64_t len) {
    return pool_->run([in = from.native().fd(), from_offset, out = to.native().fd(), to_offset, len] {
      return copy_between(in, from_offset, out, to_offset, len);
    });
  }
  [[nodiscard]] auto get_xattr(node& at, std::string_view p, std::string_view key, std::span<std::byte> out) {
    return pool_->run([this, &at, p, key, out] { return tree_->get_xattr(at, p, key, out); });
  }
  [[nodiscard]] auto set_xattr(node& at, std::string_view p, std::string_view key, std::span<const std::byte> value,
                               xattr_mode mode) {
    return pool_->run([this, &at, p, key, value, mode] { return tree_->set_xattr(at, p, key, value, mode); });
  }
  [[nodiscard]] auto list_xattr(node& at, std::string_view p) {
    return pool_->run([this, &at, p] { return tree_->list_xattr(at, p); });
  }
  [[nodiscard]] auto remove_xattr(node& at, std::string_view p, std::string_view key) {
    return pool_->run([this, &at, p, key] { return tree_->remove_xattr(at, p, key); });
  }
  [[nodiscard]] auto sync(node& at) {
    return pool_->run([this, &at] { return tree_->sync(at); });
  }
  [[nodiscard]] auto usage(node& at) {
    return pool_->run([this, &at] { return tree_->usage(at); });
  }

  // The conditional store: see `key_store`.
  [[nodiscard]] auto get(std::string_view key) {
    return pool_->run([this, key] { return key_store(*tree_).get(key); });
  }
  [[nodiscard]] auto put(std::string_view key, std::span<const std::byte> content, const precondition& when) {
    return pool_->run([this, key, content, &when] { return key_store(*tree_).put(key, content, when); });
  }
  [[nodiscard]] auto remove_if(std::string_view key, const precondition& when) {
    return pool_->run([this, key, &when] { return key_store(*tree_).remove_if(key, when); });
  }

  /// The tree, for callers that may block.
  [[nodiscard]] tree& blocking() noexcept { return *tree_; }

 private:
  std::unique_ptr<tree> tree_;
  blocking_pool* pool_;
};

static_assert(randomio::filesystem<filesystem<pool_file>> && conditional_store<filesystem<pool_file>>);

}  // namespace randomio::local
