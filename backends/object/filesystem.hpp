#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/object/file.hpp>
#include <randomio/backends/object/listing.hpp>
#include <randomio/backends/object/options.hpp>
#include <randomio/backends/object/store.hpp>
#include <randomio/backends/object/volume.hpp>
#include <randomio/core/io/conditional.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio::object {

/// The objects of a store as files in directories: one object a file, so that every other tool reads them. Models
/// `randomio::filesystem` and `conditional_store`, whose keys are the objects'.
///
/// Files are read by ranges and edited inside the store; what is written is published by flush, sync and close, each
/// time by one conditional commit. `open_options().write()` without truncation is the append and the overwrite that
/// moves only new bytes. A file that is removed while it is open lives on for its handles, not for other holders of
/// its node.
///
/// Errors:  as the filesystem concept, and the store's; bad_sequence and name_too_long for names that are no keys.
/// Threads: safe, on the threads of loops. Files, listings and nodes must not outlive it.
class filesystem {
 public:
  using node_type = node;
  using file_type = object::file;
  using listing_type = object::listing;
  using found = entry<node>;

  /// Borrows: the pool.
  filesystem(std::shared_ptr<object::store> store, blocking_pool& pool, options how = {});

  [[nodiscard]] std::shared_ptr<node> root() noexcept { return volume_->root(); }
  [[nodiscard]] const capabilities& abilities() const noexcept { return abilities_; }
  [[nodiscard]] object::store& store() noexcept { return volume_->store(); }

  /// Ends the uploads and finishes the renames that a killed mount with the same state directory left; without such it
  /// asks the store nothing. They wait for the first change otherwise.
  [[nodiscard]] task<result<void>> recover() { return volume_->recover(); }

  /// The last call before it is destroyed: publishes what closed files left behind, or keeps it in the state directory.
  /// What becomes of each file is noticed. Returns: how many were not published.
  [[nodiscard]] task<std::size_t> finish() { return volume_->finish(); }

  [[nodiscard]] task<result<found>> lookup(node& at, std::string_view path, stop_token stop = {});
  [[nodiscard]] task<result<found>> entry_of(file_type& open);
  [[nodiscard]] task<result<attributes>> stat(node& at, std::string_view path, stop_token stop = {});
  [[nodiscard]] task<result<attributes>> set_attributes(node& at, std::string_view path, attribute_change change);
  [[nodiscard]] task<result<file_type>> open(node& at, std::string_view path, open_options how, stop_token stop = {});
  [[nodiscard]] task<result<listing_type>> list(node& at, std::string_view path, list_options which,
                                                stop_token stop = {});

  [[nodiscard]] task<result<found>> create_dir(node& at, std::string_view path, creation made);
  [[nodiscard]] task<result<found>> create_node(node& at, std::string_view path, randomio::file_type type,
                                                std::uint64_t device, creation made);
  [[nodiscard]] task<result<found>> symlink(node& at, std::string_view path, std::string_view target, creation made);
  [[nodiscard]] task<result<found>> link(node& from, std::string_view from_path, node& to, std::string_view to_path);
  [[nodiscard]] task<result<std::string>> read_link(node& at, std::string_view path, stop_token stop = {});
  [[nodiscard]] task<result<void>> remove(node& at, std::string_view path);
  [[nodiscard]] task<result<void>> remove_dir(node& at, std::string_view path);
  [[nodiscard]] task<result<void>> rename(node& from, std::string_view from_path, node& to, std::string_view to_path,
                                          rename_mode mode);
  [[nodiscard]] task<result<std::uint64_t>> copy_range(file_type& from, std::uint64_t from_offset, file_type& to,
                                                       std::uint64_t to_offset, std::uint64_t len);

  /// `user.randomiofs.etag`, `.version`, `.backend`, `.dirty` and `.error` can be read, and are not listed.
  [[nodiscard]] task<result<std::size_t>> get_xattr(node& at, std::string_view path, std::string_view key,
                                                    mutable_buffer out, stop_token stop = {});
  [[nodiscard]] task<result<void>> set_xattr(node& at, std::string_view path, std::string_view key, const_buffer value,
                                             xattr_mode mode);
  [[nodiscard]] task<result<std::vector<std::string>>> list_xattr(node& at, std::string_view path,
                                                                  stop_token stop = {});
  [[nodiscard]] task<result<void>> remove_xattr(node& at, std::string_view path, std::string_view key);

  /// Publishes a file; of a directory, whatever closed files left behind anywhere.
  [[nodiscard]] task<result<void>> sync(node& at);
  [[nodiscard]] task<result<space_usage>> usage(node& at);

  [[nodiscard]] task<result<versioned_content>> get(std::string_view key);
  [[nodiscard]] task<result<version>> put(std::string_view key, const_buffer value, precondition when);
  [[nodiscard]] task<result<void>> remove_if(std::string_view key, precondition when);

 private:
  [[nodiscard]] task<result<std::shared_ptr<node>>> at_path(std::shared_ptr<node> at, std::string path, operation what,
                                                            stop_token stop = {});
  [[nodiscard]] task<result<std::shared_ptr<node>>> to_open(std::shared_ptr<node> at, std::string path,
                                                            open_options how, bool& is_new, first_read& first,
                                                            stop_token stop);
  [[nodiscard]] task<result<file_type>> open_node(std::shared_ptr<node> n, open_options how, bool is_new,
                                                  stop_token stop);
  [[nodiscard]] task<result<found>> create(std::shared_ptr<node> at, std::string path, randomio::file_type type,
                                           std::uint64_t device, std::string body, creation made);
  [[nodiscard]] task<result<void>> rename_file(std::shared_ptr<node> from, std::shared_ptr<node> replaced,
                                               std::string to);
  [[nodiscard]] found entry_for(std::shared_ptr<node> n) const;

  std::shared_ptr<volume> volume_;
  capabilities abilities_;
};

static_assert(cancellable_filesystem<filesystem> && conditional_store<filesystem>);

}  // namespace randomio::object
