#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/core/runtime/task.hpp>

#include "fs/file/last_closes.hpp"
#include "fs/file/open_table.hpp"
#include "fs/namespace/inode_table.hpp"
#include "fs/namespace/mount_tree.hpp"

namespace randomiofs {

/// How a mount shows its files.
struct mount_options {
  bool read_only = false;
  std::optional<std::uint32_t> uid;  ///< Shown as the owner of everything; chown(2) to another is refused.
  std::optional<std::uint32_t> gid;
  std::optional<std::uint32_t> umask;                           ///< Bits taken from every mode.
  std::chrono::nanoseconds attr_ttl = std::chrono::seconds(1);  ///< How long stat(2) results may be reused.
};

/// On whose behalf an operation runs.
struct caller {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t thread = 0;  ///< The kernel's number of the calling thread; 0 when it is not known.
};

/// An inode, with one more lookup counted on it, and what stat(2) shows of it.
struct found_inode {
  inode* node = nullptr;
  randomio::attributes attrs;
};

/// POSIX semantics over a tree of backends, without any kernel interface: the adapter and the tests call it.
/// Permission checks against modes are the caller's (the kernel makes them, with default_permissions).
///
/// Operations that give a `found_inode` count a lookup, which `forget` takes back.
/// Errors:  those of the *at(2) calls; read_only on a mount point or a read-only mount; cross_device between
///          backends; busy when a mount point would be removed or renamed.
/// Borrows: names and buffers until completion.
/// Threads: concurrent calls are safe.
class filesystem {
 public:
  /// Errors: invalid, naming the mount path that cannot be used.
  [[nodiscard]] static randomio::result<std::unique_ptr<filesystem>> make(std::vector<mounted_backend> backends,
                                                                          mount_options options);

  [[nodiscard]] inode& root() noexcept { return tree_->root().self; }
  [[nodiscard]] const mount_options& options() const noexcept { return options_; }
  [[nodiscard]] std::size_t inodes_known() const { return inodes_.size(); }

  // Names.
  randomio::task<randomio::result<found_inode>> lookup(inode& parent, std::string_view name,
                                                       randomio::stop_token stop = {});
  void forget(inode& node, std::uint64_t lookups) noexcept { inodes_.forget(node, lookups); }
  /// Counts a lookup of an inode that is known already.
  void hold(inode& node) noexcept { inodes_.hold(node); }
  randomio::task<randomio::result<found_inode>> make_directory(inode& parent, std::string_view name, std::uint32_t mode,
                                                               caller who);
  randomio::task<randomio::result<found_inode>> make_node(inode& parent, std::string_view name,
                                                          randomio::file_type type, std::uint64_t device,
                                                          std::uint32_t mode, caller who);
  randomio::task<randomio::result<found_inode>> make_symlink(inode& parent, std::string_view name,
                                                             std::string_view target, caller who);
  randomio::task<randomio::result<found_inode>> make_link(inode& existing, inode& parent, std::string_view name);
  randomio::task<randomio::result<std::string>> read_link(inode& node, randomio::stop_token stop = {});
  randomio::task<randomio::result<void>> remove(inode& parent, std::string_view name);
  randomio::task<randomio::result<void>> remove_directory(inode& parent, std::string_view name);
  randomio::task<randomio::result<void>> rename(inode& from, std::string_view from_name, inode& to,
                                                std::string_view to_name, randomio::rename_mode mode);

  // Attributes.
  randomio::task<randomio::result<randomio::attributes>> stat(inode& node, randomio::stop_token stop = {});
  /// With `through`, changes the open file, which works when every name is gone.
  randomio::task<randomio::result<randomio::attributes>> set_attributes(inode& node, open_file* through,
                                                                        randomio::attribute_change change);
  randomio::task<randomio::result<std::size_t>> get_xattr(inode& node, std::string_view key,
                                                          randomio::mutable_buffer out, randomio::stop_token stop = {});
  randomio::task<randomio::result<void>> set_xattr(inode& node, std::string_view key, randomio::const_buffer value,
                                                   randomio::xattr_mode mode);
  randomio::task<randomio::result<std::vector<std::string>>> list_xattr(inode& node, randomio::stop_token stop = {});
  randomio::task<randomio::result<void>> remove_xattr(inode& node, std::string_view key);
  randomio::task<randomio::result<randomio::space_usage>> usage(inode& node);
  randomio::task<randomio::result<void>> sync_directory(inode& node);

  // Content.
  randomio::task<randomio::result<std::unique_ptr<open_file>>> open(inode& node, randomio::open_options how,
                                                                    caller who = {}, randomio::stop_token stop = {});
  /// Whether the content that was opened is another one than the kernel was last told of.
  randomio::task<bool> is_news(open_file& file);
  struct created_file {
    found_inode entry;
    std::unique_ptr<open_file> file;
  };
  randomio::task<randomio::result<created_file>> create(inode& parent, std::string_view name,
                                                        randomio::open_options how, std::uint32_t mode, caller who);
  /// A file without a name, in the directory's backend. Errors: unsupported.
  randomio::task<randomio::result<created_file>> create_temporary(inode& directory, randomio::open_options how,
                                                                  std::uint32_t mode, caller who);
  randomio::task<randomio::result<std::unique_ptr<open_directory>>> open_dir(inode& node,
                                                                             randomio::stop_token stop = {});
  /// Errors: cross_device between backends: the caller then copies the bytes itself.
  randomio::task<randomio::result<std::uint64_t>> copy_range(open_file& from, std::uint64_t from_offset, open_file& to,
                                                             std::uint64_t to_offset, std::uint64_t len);

  /// Where those who hold only a number keep what they opened.
  [[nodiscard]] open_table& opened() noexcept { return opened_; }
  /// Closes what is still open in there, when nobody uses it any more. Awaited on a loop.
  ///
  /// Returns: true when all is closed, false when `bound` was over before: then this filesystem, its backends and the
  ///          loop are still in use and may not be destroyed, but the call may be made again.
  randomio::task<bool> close_all(std::chrono::nanoseconds bound);

  /// What the mount shows of a backend's attributes: its own inode numbers, and the owner and mode options.
  [[nodiscard]] randomio::attributes shown(const mounted_backend& store, randomio::attributes attrs) const noexcept;

 private:
  filesystem(std::unique_ptr<mount_tree> tree, mount_options options) : tree_(std::move(tree)), options_(options) {}

  [[nodiscard]] found_inode remember(mounted_backend& store, randomio::dyn_fs::found found);
  randomio::task<randomio::result<created_file>> create_with(mounted_backend& store, randomio::dyn_node& at,
                                                             std::string_view name, randomio::open_options how,
                                                             caller who);
  [[nodiscard]] randomio::creation creation_for(std::uint32_t mode, caller who) const noexcept;
  /// Errors: read_only when nothing can be made or removed here; busy when the name is a mount point.
  [[nodiscard]] static randomio::result<void> changeable(const inode& parent, std::string_view name,
                                                         randomio::operation op);

  std::unique_ptr<mount_tree> tree_;
  mount_options options_;
  inode_table inodes_;
  open_table opened_;
  std::unique_ptr<last_closes> last_closes_;
};

}  // namespace randomiofs
