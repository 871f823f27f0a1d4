#include <algorithm>
#include <utility>

#include "fs/filesystem.hpp"

namespace randomiofs {

using randomio::attributes;
using randomio::errc;
using randomio::fail;
using randomio::operation;
using randomio::result;
using randomio::task;
using randomio::unexpected;

task<result<attributes>> filesystem::stat(inode& node, randomio::stop_token stop) {
  if (node.node == nullptr) co_return node.mount->synthetic;
  auto attrs = co_await node.store->fs.stat(*node.node, "", stop);
  if (!attrs) co_return unexpected(std::move(attrs).error());
  node.note(*attrs);
  auto own = shown(*node.store, *attrs);
  if (node.mount != nullptr) own.nlink += node.mount->children.size();
  co_return own;
}

task<result<attributes>> filesystem::set_attributes(inode& node, open_file* through,
                                                    randomio::attribute_change change) {
  if (node.node == nullptr) co_return fail(errc::read_only, operation::set_attributes);
  const bool foreign_owner = (options_.uid && change.uid && *change.uid != *options_.uid) ||
                             (options_.gid && change.gid && *change.gid != *options_.gid);
  if (foreign_owner) co_return fail(errc::not_permitted, operation::set_attributes);
  if (options_.uid) change.uid.reset();
  if (options_.gid) change.gid.reset();
  if (change.size && *change.size > node.store->fs.abilities().file_bytes_max) {
    co_return fail(errc::too_large, operation::set_attributes);
  }
  auto attrs = through != nullptr ? co_await through->file().set_attributes(change)
                                  : co_await node.store->fs.set_attributes(*node.node, "", change);
  if (!attrs) co_return unexpected(std::move(attrs).error());
  node.note(*attrs);
  co_return shown(*node.store, *attrs);
}

namespace {

// POSIX ACLs are not kept: a mode that an ACL restricts would lie to the kernel's permission checks.
bool refused_namespace(std::string_view key) {
  return key.starts_with("system.");
}

}  // namespace

task<result<std::size_t>> filesystem::get_xattr(inode& node, std::string_view key, randomio::mutable_buffer out,
                                                randomio::stop_token stop) {
  if (refused_namespace(key)) co_return fail(errc::unsupported, operation::xattr);
  if (node.node == nullptr) co_return fail(errc::no_attribute, operation::xattr);
  co_return co_await node.store->fs.get_xattr(*node.node, "", key, out, stop);
}

task<result<void>> filesystem::set_xattr(inode& node, std::string_view key, randomio::const_buffer value,
                                         randomio::xattr_mode mode) {
  if (refused_namespace(key)) co_return fail(errc::unsupported, operation::xattr);
  if (node.node == nullptr) co_return fail(errc::read_only, operation::xattr);
  co_return co_await node.store->fs.set_xattr(*node.node, "", key, value, mode);
}

task<result<std::vector<std::string>>> filesystem::list_xattr(inode& node, randomio::stop_token stop) {
  if (node.node == nullptr) co_return std::vector<std::string>{};
  co_return co_await node.store->fs.list_xattr(*node.node, "", stop);
}

task<result<void>> filesystem::remove_xattr(inode& node, std::string_view key) {
  if (refused_namespace(key)) co_return fail(errc::unsupported, operation::xattr);
  if (node.node == nullptr) co_return fail(errc::read_only, operation::xattr);
  co_return co_await node.store->fs.remove_xattr(*node.node, "", key);
}

namespace {

void add(randomio::space_usage& sum, const randomio::space_usage& one) {
  const auto in_sum_blocks = [&](std::uint64_t blocks) { return blocks * (one.block_size / sum.block_size); };
  sum.blocks += in_sum_blocks(one.blocks);
  sum.blocks_free += in_sum_blocks(one.blocks_free);
  sum.blocks_available += in_sum_blocks(one.blocks_available);
  sum.files += one.files;
  sum.files_free += one.files_free;
  sum.name_max = std::min(sum.name_max, one.name_max);
}

}  // namespace

task<result<randomio::space_usage>> filesystem::usage(inode& node) {
  if (node.node != nullptr) co_return co_await node.store->fs.usage(*node.node);
  // df(1) on a directory that holds only mount points: what the mount has in all.
  randomio::space_usage sum{.block_size = 512};
  for (auto& store : tree_->backends()) {
    const auto store_root = store.fs.root();
    auto one = co_await store.fs.usage(*store_root);
    if (!one) co_return unexpected(std::move(one).error());
    add(sum, *one);
  }
  co_return sum;
}

}  // namespace randomiofs
