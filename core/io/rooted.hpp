#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <randomio/core/io/filesystem.hpp>
#include <randomio/core/io/path.hpp>

namespace randomio {

/// A filesystem by paths from its root: `co_await files.open(p)`. Each call forwards to the filesystem's own of
/// the same name and returns what that returns. What takes several steps is in core/runtime/whole_file.hpp.
///
/// Borrows: paths and options until completion.
/// Threads: as the filesystem.
template <filesystem F>
class rooted {
 public:
  using filesystem_type = F;
  using file_type = typename F::file_type;

  explicit rooted(std::shared_ptr<F> fs) : fs_(std::move(fs)), root_(fs_->root()) {}
  /// Of a filesystem that is itself a shared reference, such as `dyn_fs`.
  explicit rooted(F fs)
    requires std::copyable<F>
      : rooted(std::make_shared<F>(std::move(fs))) {}

  [[nodiscard]] F& all() const noexcept { return *fs_; }
  [[nodiscard]] typename F::node_type& root() const noexcept { return *root_; }
  [[nodiscard]] const capabilities& abilities() const { return fs_->abilities(); }

  [[nodiscard]] decltype(auto) open(const path& p, const open_options& how = to_read) {
    return fs_->open(*root_, p, how);
  }
  [[nodiscard]] decltype(auto) lookup(const path& p) { return fs_->lookup(*root_, p); }
  [[nodiscard]] decltype(auto) stat(const path& p) { return fs_->stat(*root_, p); }
  [[nodiscard]] decltype(auto) set_metadata(const path& p, const attribute_change& change) {
    return fs_->set_attributes(*root_, p, change);
  }
  [[nodiscard]] decltype(auto) list(const path& p = top, const list_options& which = flat) {
    return fs_->list(*root_, p, which);
  }
  [[nodiscard]] decltype(auto) create_dir(const path& p, const creation& made = directory) {
    return fs_->create_dir(*root_, p, made);
  }
  [[nodiscard]] decltype(auto) remove(const path& p) { return fs_->remove(*root_, p); }
  [[nodiscard]] decltype(auto) remove_dir(const path& p) { return fs_->remove_dir(*root_, p); }
  [[nodiscard]] decltype(auto) rename(const path& from, const path& to, rename_mode mode = rename_mode::replace) {
    return fs_->rename(*root_, from, *root_, to, mode);
  }
  [[nodiscard]] decltype(auto) link(const path& existing, const path& name) {
    return fs_->link(*root_, existing, *root_, name);
  }
  /// `target` is what the link says, any text; it is followed only where it stays within the tree.
  [[nodiscard]] decltype(auto) symlink(const path& name, std::string_view target, const creation& made = directory) {
    return fs_->symlink(*root_, name, target, made);
  }
  [[nodiscard]] decltype(auto) read_link(const path& p) { return fs_->read_link(*root_, p); }
  [[nodiscard]] decltype(auto) get_xattr(const path& p, std::string_view key, mutable_buffer out) {
    return fs_->get_xattr(*root_, p, key, out);
  }
  [[nodiscard]] decltype(auto) set_xattr(const path& p, std::string_view key, const_buffer value,
                                         xattr_mode mode = xattr_mode::set) {
    return fs_->set_xattr(*root_, p, key, value, mode);
  }
  [[nodiscard]] decltype(auto) list_xattr(const path& p) { return fs_->list_xattr(*root_, p); }
  [[nodiscard]] decltype(auto) remove_xattr(const path& p, std::string_view key) {
    return fs_->remove_xattr(*root_, p, key);
  }
  [[nodiscard]] decltype(auto) copy_range(file_type& from, std::uint64_t offset, file_type& to, std::uint64_t to_offset,
                                          std::uint64_t len) {
    return fs_->copy_range(from, offset, to, to_offset, len);
  }
  [[nodiscard]] decltype(auto) sync() { return fs_->sync(*root_); }
  [[nodiscard]] decltype(auto) usage() { return fs_->usage(*root_); }

 private:
  // Defaults outlive every operation: a default argument would be gone before an operation that is kept.
  static constexpr open_options to_read = {};
  static constexpr creation directory{.mode = 0755};
  static inline const list_options flat = {};
  static inline const path top = {};

  std::shared_ptr<F> fs_;
  std::shared_ptr<typename F::node_type> root_;
};

}  // namespace randomio
