#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/memory/file.hpp>
#include <randomio/backends/memory/listing.hpp>
#include <randomio/backends/memory/locks.hpp>
#include <randomio/backends/memory/node.hpp>
#include <randomio/backends/memory/resolve.hpp>
#include <randomio/backends/memory/volume.hpp>
#include <randomio/core/io/conditional.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio::memory {

/// A POSIX filesystem in memory, the reference for all others. Models `randomio::filesystem` and
/// `conditional_store`. Nothing checks permissions here: whoever mounts it does.
///
/// A `conditional_store` key is a path: `put` makes the directories above it, and replaces the file whole,
/// so that readers of the old one keep what they opened.
///
/// Errors:  as the filesystem concept; no_space over `options::size`, before anything changed.
/// Threads: safe. Files and listings must not outlive it.
class filesystem {
 public:
  using node_type = node;
  using file_type = memory::file;
  using listing_type = memory::listing;
  using found = entry<node>;

  explicit filesystem(const options& how = {});

  [[nodiscard]] std::shared_ptr<node> root() noexcept { return root_; }
  [[nodiscard]] const capabilities& abilities() const noexcept;

  [[nodiscard]] ready_op<result<found>> lookup(node& at, std::string_view path) noexcept;
  [[nodiscard]] static ready_op<result<found>> entry_of(file_type& open) noexcept;
  [[nodiscard]] ready_op<result<attributes>> stat(node& at, std::string_view path) noexcept;
  [[nodiscard]] ready_op<result<attributes>> set_attributes(node& at, std::string_view path,
                                                            const attribute_change& change) noexcept;
  [[nodiscard]] ready_op<result<file_type>> open(node& at, std::string_view path, const open_options& how) noexcept;
  [[nodiscard]] ready_op<result<listing_type>> list(node& at, std::string_view path,
                                                    const list_options& which) noexcept;

  [[nodiscard]] ready_op<result<found>> create_dir(node& at, std::string_view path, const creation& made) noexcept;
  [[nodiscard]] ready_op<result<found>> create_node(node& at, std::string_view path, randomio::file_type type,
                                                    std::uint64_t device, const creation& made) noexcept;
  [[nodiscard]] ready_op<result<found>> symlink(node& at, std::string_view path, std::string_view target,
                                                const creation& made) noexcept;
  [[nodiscard]] ready_op<result<found>> link(node& from, std::string_view from_path, node& to,
                                             std::string_view to_path) noexcept;
  [[nodiscard]] ready_op<result<std::string>> read_link(node& at, std::string_view path) noexcept;
  [[nodiscard]] ready_op<result<void>> remove(node& at, std::string_view path) noexcept;
  [[nodiscard]] ready_op<result<void>> remove_dir(node& at, std::string_view path) noexcept;
  [[nodiscard]] ready_op<result<void>> rename(node& from, std::string_view from_path, node& to,
                                              std::string_view to_path, rename_mode mode) noexcept;
  [[nodiscard]] static ready_op<result<std::uint64_t>> copy_range(file_type& from, std::uint64_t from_offset,
                                                                  file_type& to, std::uint64_t to_offset,
                                                                  std::uint64_t len) noexcept;

  [[nodiscard]] ready_op<result<std::size_t>> get_xattr(node& at, std::string_view path, std::string_view key,
                                                        mutable_buffer out) noexcept;
  [[nodiscard]] ready_op<result<void>> set_xattr(node& at, std::string_view path, std::string_view key,
                                                 const_buffer value, xattr_mode mode) noexcept;
  [[nodiscard]] ready_op<result<std::vector<std::string>>> list_xattr(node& at, std::string_view path) noexcept;
  [[nodiscard]] ready_op<result<void>> remove_xattr(node& at, std::string_view path, std::string_view key) noexcept;

  [[nodiscard]] static ready_op<result<void>> sync(node&) noexcept { return result<void>(); }
  [[nodiscard]] ready_op<result<space_usage>> usage(node&) noexcept { return volume_->usage(); }

  [[nodiscard]] ready_op<result<versioned_content>> get(std::string_view key) noexcept;
  [[nodiscard]] ready_op<result<version>> put(std::string_view key, const_buffer content,
                                              const precondition& when) noexcept;
  [[nodiscard]] ready_op<result<void>> remove_if(std::string_view key, const precondition& when) noexcept;

 private:
  // Those below require the tree lock, exclusive where they change names.
  [[nodiscard]] result<std::shared_ptr<node>> find(node& at, std::string_view path,
                                                   last_component last = last_component::as_it_is) noexcept;
  [[nodiscard]] result<std::shared_ptr<node>> add(const resolved& where, birth what, const creation& made) noexcept;
  [[nodiscard]] result<std::shared_ptr<node>> create(node& at, std::string_view path, birth what,
                                                     const creation& made) noexcept;
  [[nodiscard]] result<std::shared_ptr<node>> open_or_create(node& at, std::string_view path,
                                                             const open_options& how) noexcept;
  [[nodiscard]] result<std::shared_ptr<node>> make_temporary(node& at, std::string_view path,
                                                             const open_options& how) noexcept;
  [[nodiscard]] result<void> link_to(const resolved& where, std::shared_ptr<node> existing) noexcept;
  [[nodiscard]] result<void> move(const resolved& from, const resolved& to) noexcept;
  [[nodiscard]] result<std::shared_ptr<node>> replace(const resolved& from, const resolved& to) noexcept;
  void exchange(const resolved& from, const resolved& to) noexcept;
  std::shared_ptr<node> unlink(const resolved& where) noexcept;
  [[nodiscard]] result<resolved> make_parents(std::string_view key) noexcept;

  std::shared_ptr<volume> volume_;
  std::shared_ptr<node> root_;
  shared_mutex tree_;  // Guards every directory's entries. Taken before any node's own mutex.
};

static_assert(randomio::filesystem<filesystem> && conditional_store<filesystem>);

}  // namespace randomio::memory
