#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/capabilities.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio {

/// A file found: a handle to it that stays valid whatever its name becomes, and its attributes.
template <class Node>
struct entry {
  std::shared_ptr<Node> node;
  attributes attrs;
};

/// One name in a listing.
struct directory_entry {
  std::string name;  ///< Relative to the listed directory; with `recursive`, a path.
  std::uint64_t ino = 0;
  file_type type = file_type::regular;
  std::uint64_t next = 0;           ///< The position after this entry.
  std::optional<attributes> attrs;  ///< Only when the listing carries them.
  bool type_known = true;           ///< False: the listing does not tell, and `type` is a guess.
};

struct list_options {
  bool recursive = false;        ///< Everything below, as a store without a delimiter lists it.
  std::string start_after = {};  ///< With `recursive`: only paths after this one, in byte order.
};

/// A stream of names, in pages. A name that is there for the whole time is listed exactly once, whatever is
/// created or removed meanwhile. `.` and `..` are not listed.
///
/// `read`   up to `limit` entries from `position` on, which is 0 or some entry's `next`; no entries: the end.
template <class L>
concept listing = requires(L& l, std::uint64_t position, std::size_t limit) {
  { l.read(position, limit) } -> awaitable_of<result<std::vector<directory_entry>>>;
};

enum class rename_mode : std::uint8_t { replace, no_replace, exchange };  // Source: renameat2(2).

enum class xattr_mode : std::uint8_t { set, create, replace };  // Source: setxattr(2).

/// Files in a tree.
///
/// Every operation names its target as POSIX's *at() calls do: a node and a path relative to it, where an
/// empty path is the node itself. A path cannot leave the tree: `..` above the root, absolute paths and
/// symbolic links that point outside are refused. Intermediate symbolic links are followed; the last
/// component is followed by `open` only. Paths are raw bytes; `randomio::path` is stricter.
///
/// Two lookups of one file give the same node for as long as anybody holds it. A node keeps its file
/// alive: what is removed while a node is held can still be read, written and described; without
/// `capabilities::removed_nodes`, only while it is open.
///
/// Errors:  as the *at(2) call of the same name. `unsupported` where the backend lacks the operation.
/// Borrows: nodes, paths and values until completion.
/// Threads: concurrent calls are safe on every backend of this project.
/// Source:  openat(2), fstatat(2), mkdirat(2), mknodat(2), symlinkat(2), linkat(2), unlinkat(2),
///          renameat2(2), readlinkat(2), getxattr(2), copy_file_range(2), statvfs(3).
template <class F>
concept filesystem = file<typename F::file_type> && listing<typename F::listing_type> &&
                     requires(F& fs, typename F::node_type& at, std::string_view p, const creation& made,
                              const open_options& how, const attribute_change& change, const list_options& which,
                              randomio::file_type type, std::uint64_t number, rename_mode renaming, xattr_mode setting,
                              std::span<std::byte> out, std::span<const std::byte> value, typename F::file_type& f) {
                       { fs.root() } -> std::convertible_to<std::shared_ptr<typename F::node_type>>;
                       { fs.abilities() } -> std::convertible_to<const capabilities&>;
                       { fs.lookup(at, p) } -> awaitable_of<result<entry<typename F::node_type>>>;
                       { fs.entry_of(f) } -> awaitable_of<result<entry<typename F::node_type>>>;
                       { fs.stat(at, p) } -> awaitable_of<result<attributes>>;
                       { fs.set_attributes(at, p, change) } -> awaitable_of<result<attributes>>;
                       { fs.open(at, p, how) } -> awaitable_of<result<typename F::file_type>>;
                       { fs.list(at, p, which) } -> awaitable_of<result<typename F::listing_type>>;
                       { fs.create_dir(at, p, made) } -> awaitable_of<result<entry<typename F::node_type>>>;
                       {
                         fs.create_node(at, p, type, number, made)
                       } -> awaitable_of<result<entry<typename F::node_type>>>;
                       { fs.symlink(at, p, p, made) } -> awaitable_of<result<entry<typename F::node_type>>>;
                       { fs.link(at, p, at, p) } -> awaitable_of<result<entry<typename F::node_type>>>;
                       { fs.read_link(at, p) } -> awaitable_of<result<std::string>>;
                       { fs.remove(at, p) } -> awaitable_of<result<void>>;
                       { fs.remove_dir(at, p) } -> awaitable_of<result<void>>;
                       { fs.rename(at, p, at, p, renaming) } -> awaitable_of<result<void>>;
                       { fs.copy_range(f, number, f, number, number) } -> awaitable_of<result<std::uint64_t>>;
                       { fs.get_xattr(at, p, p, out) } -> awaitable_of<result<std::size_t>>;
                       { fs.set_xattr(at, p, p, value, setting) } -> awaitable_of<result<void>>;
                       { fs.list_xattr(at, p) } -> awaitable_of<result<std::vector<std::string>>>;
                       { fs.remove_xattr(at, p, p) } -> awaitable_of<result<void>>;
                       { fs.sync(at) } -> awaitable_of<result<void>>;
                       { fs.usage(at) } -> awaitable_of<result<space_usage>>;
                     };
// symlink(at, path, target, made); link(from, path, to, path): the existing file, then the new name.
// copy_range(source, offset, destination, offset, len): returns the bytes copied; short only at the source's end.
// get_xattr: fills `out` and returns the value's size; an empty `out` asks for the size; range when too small.

/// A listing whose reads listen to a stop token.
template <class L>
concept cancellable_listing = listing<L> && requires(L& l, std::uint64_t position, std::size_t limit, stop_token stop) {
  { l.read(position, limit, stop) } -> awaitable_of<result<std::vector<directory_entry>>>;
};

/// A filesystem that listens to a stop token in whatever changes nothing, and in an `open` that creates and truncates
/// nothing. Errors, beside its own: cancelled.
template <class F>
concept cancellable_filesystem = filesystem<F> && cancellable_listing<typename F::listing_type> &&
                                 requires(F& fs, typename F::node_type& at, std::string_view p, const open_options& how,
                                          const list_options& which, std::span<std::byte> out, stop_token stop) {
                                   { fs.lookup(at, p, stop) } -> awaitable_of<result<entry<typename F::node_type>>>;
                                   { fs.stat(at, p, stop) } -> awaitable_of<result<attributes>>;
                                   { fs.open(at, p, how, stop) } -> awaitable_of<result<typename F::file_type>>;
                                   { fs.list(at, p, which, stop) } -> awaitable_of<result<typename F::listing_type>>;
                                   { fs.read_link(at, p, stop) } -> awaitable_of<result<std::string>>;
                                   { fs.get_xattr(at, p, p, out, stop) } -> awaitable_of<result<std::size_t>>;
                                   { fs.list_xattr(at, p, stop) } -> awaitable_of<result<std::vector<std::string>>>;
                                 };

template <filesystem F>
using node_ptr = std::shared_ptr<typename F::node_type>;

}  // namespace randomio
