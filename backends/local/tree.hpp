#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/local/attribute_edit.hpp>
#include <randomio/backends/local/name_stream.hpp>
#include <randomio/backends/local/node_table.hpp>
#include <randomio/backends/local/open_file.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio::local {

class place;
class target;

/// A directory tree of the machine, through blocking calls: the operations of `filesystem` as plain functions.
///
/// The kernel resolves every path below the root in one step (openat2 with RESOLVE_BENEATH), so nothing that
/// others rename or link meanwhile leads out of it. Filesystems mounted below the root belong to the tree.
///
/// Errors:  as the filesystem trait says; permission_denied for a path that leads out of the root.
/// Threads: concurrent calls are safe.
class tree {
 public:
  using found = entry<node>;

  /// Opens a directory as the root of a tree, and lifts the limit of open files to the highest allowed: each
  /// node that is held costs a descriptor. Errors: as open(2); not_implemented, on a kernel before 5.6.
  static result<std::unique_ptr<tree>> open(std::string_view directory);

  [[nodiscard]] const std::shared_ptr<node>& root() const noexcept { return root_; }
  [[nodiscard]] const capabilities& abilities() const noexcept { return abilities_; }

  result<found> lookup(node& at, std::string_view path);
  result<found> entry_of(const open_file& file);
  result<open_file> open_at(node& at, std::string_view path, const open_options& how);
  result<std::unique_ptr<name_stream>> list(node& at, std::string_view path, const list_options& which);

  result<found> create_dir(node& at, std::string_view path, const creation& made);
  result<found> create_node(node& at, std::string_view path, file_type type, std::uint64_t device,
                            const creation& made);
  result<found> symlink(node& at, std::string_view path, std::string_view text, const creation& made);
  result<found> link(node& from, std::string_view from_path, node& to, std::string_view to_path);
  result<void> remove(node& at, std::string_view path);
  result<void> remove_dir(node& at, std::string_view path);
  result<void> rename(node& from, std::string_view from_path, node& to, std::string_view to_path, rename_mode mode);

  result<attributes> stat(node& at, std::string_view path);
  result<attributes> set_attributes(node& at, std::string_view path, const attribute_change& change);
  result<std::string> read_link(node& at, std::string_view path);
  result<std::size_t> get_xattr(node& at, std::string_view path, std::string_view key, std::span<std::byte> out);
  result<void> set_xattr(node& at, std::string_view path, std::string_view key, std::span<const std::byte> value,
                         xattr_mode mode);
  result<std::vector<std::string>> list_xattr(node& at, std::string_view path);
  result<void> remove_xattr(node& at, std::string_view path, std::string_view key);
  result<void> sync(node& at);
  result<space_usage> usage(node& at);

 private:
  friend class place;
  friend class target;

  tree() = default;
  /// openat2 below `at`, or below the root when the path leaves `at` without leaving the root.
  result<descriptor> open_beneath(const node& at, const char* path, std::uint64_t flags, std::uint32_t mode,
                                  operation op);
  result<descriptor> open_from_root(const node& at, const char* path, std::uint64_t flags, std::uint32_t mode,
                                    operation op);
  result<found> found_at(descriptor fd, operation op);

  [[nodiscard]] bool gives_away(const creation& made) const noexcept { return privileged_ && made.owner.has_value(); }
  result<descriptor> create_file(const place& where, int flags, const creation& made, operation op);
  result<descriptor> create_nameless(node& at, std::string_view path, const open_options& how);
  result<descriptor> create_through_link(node& at, const char* path, int flags, const creation& made);
  result<found> settle(const place& where, file_type expected, const creation& made);
  result<void> give_mode_and_owner(int fd, descriptor_kind kind, const file_status& fresh, bool setgid_parent,
                                   const creation& made, operation op);

  std::shared_ptr<node_table> nodes_;
  std::shared_ptr<node> root_;
  bool privileged_ = false;
  capabilities abilities_;
};

}  // namespace randomio::local
