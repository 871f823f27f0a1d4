#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/memory/chunk_store.hpp>
#include <randomio/backends/memory/directory.hpp>
#include <randomio/backends/memory/locks.hpp>
#include <randomio/backends/memory/volume.hpp>
#include <randomio/core/io/file.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio::memory {

/// What a new node is.
struct birth {
  file_type type = file_type::regular;
  std::uint64_t device = 0;
  std::string_view target = {};  ///< Of a symbolic link.
  node* parent = nullptr;        ///< Of a directory.
  bool named = true;             ///< False for a temporary file, which has no name yet …
  bool linkable = false;         ///< … and may get one, or not.
};

/// An inode: one per file, held by its names, its handles and whoever looked it up.
///
/// Threads: safe. Its own mutex guards attributes and bytes; `entries` belongs to the tree lock. A tree lock
///          is always taken before a node's.
class node : public std::enable_shared_from_this<node> {
 public:
  /// Errors: no_space, out_of_memory.
  [[nodiscard]] static result<std::shared_ptr<node>> make(std::shared_ptr<volume> from, const birth& what,
                                                          const creation& made) noexcept;
  /// Requires: a file was taken from the volume. Use `make`.
  node(std::shared_ptr<volume> from, const birth& what, const creation& made, timestamp now);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  [[nodiscard]] file_type type() const noexcept { return attributes_.type; }
  [[nodiscard]] bool is_directory() const noexcept { return entries_ != nullptr; }
  [[nodiscard]] std::uint64_t ino() const noexcept { return attributes_.ino; }
  [[nodiscard]] const std::string& target() const noexcept { return target_; }
  /// True for a temporary file that may still get its first name. Guarded by the tree lock.
  [[nodiscard]] bool linkable() const noexcept { return linkable_; }
  [[nodiscard]] directory& entries() noexcept { return *entries_; }

  [[nodiscard]] attributes describe() noexcept;
  [[nodiscard]] result<attributes> change(const attribute_change& what) noexcept;

  [[nodiscard]] result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) noexcept;
  [[nodiscard]] result<void> write(std::uint64_t offset, std::span<const std::byte> data) noexcept;
  [[nodiscard]] result<std::uint64_t> append(std::span<const std::byte> data) noexcept;
  [[nodiscard]] result<void> truncate() noexcept;
  [[nodiscard]] result<void> allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) noexcept;
  [[nodiscard]] result<std::uint64_t> seek(std::uint64_t offset, seek_target target) noexcept;
  [[nodiscard]] static result<std::uint64_t> copy(node& from, std::uint64_t at, node& to, std::uint64_t to_at,
                                                  std::uint64_t len) noexcept;
  /// All bytes and the version that they are. Errors: out_of_memory.
  [[nodiscard]] result<std::pair<std::vector<std::byte>, std::uint64_t>> content() noexcept;
  /// Changes with every change of the bytes; never returns to an earlier value.
  [[nodiscard]] std::uint64_t content_version() noexcept;

  [[nodiscard]] result<std::size_t> get_xattr(std::string_view key, std::span<std::byte> out) noexcept;
  [[nodiscard]] result<void> set_xattr(std::string_view key, std::span<const std::byte> value,
                                       xattr_mode mode) noexcept;
  [[nodiscard]] result<std::vector<std::string>> list_xattr() noexcept;
  [[nodiscard]] result<void> remove_xattr(std::string_view key) noexcept;

  /// A name of this file was added or removed, or it was renamed (0).
  void linked(int names, timestamp now) noexcept;
  /// Entries of this directory changed; `subdirectories` is how many more of them there are.
  void entries_changed(int subdirectories, timestamp now) noexcept;
  /// The last name of this directory is gone.
  void removed(timestamp now) noexcept;

 private:
  using xattrs = std::map<std::string, std::vector<std::byte>, std::less<>>;
  static constexpr std::uint32_t set_user_id = 04000, set_group_id = 02000, group_execute = 010;

  [[nodiscard]] attributes snapshot() const noexcept;
  [[nodiscard]] std::uint64_t xattr_bytes() const noexcept;
  void bytes_changed() noexcept;

  std::shared_ptr<volume> volume_;
  shared_mutex mutex_;
  attributes attributes_;  // Size and blocks are the store's.
  std::uint64_t content_version_ = 0;
  chunk_store bytes_;
  std::unique_ptr<directory> entries_;
  std::unique_ptr<xattrs> xattrs_;
  const std::string target_;
  bool linkable_;
};

/// The entry of a node that was found or made.
[[nodiscard]] result<entry<node>> entry_from(result<std::shared_ptr<node>> n) noexcept;

}  // namespace randomio::memory
