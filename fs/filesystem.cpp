#include "fs/filesystem.hpp"

#include <utility>

namespace randomiofs {

using randomio::attributes;
using randomio::errc;
using randomio::fail;
using randomio::operation;
using randomio::result;
using randomio::task;
using randomio::unexpected;

result<std::unique_ptr<filesystem>> filesystem::make(std::vector<mounted_backend> backends, mount_options options) {
  auto tree = mount_tree::make(std::move(backends));
  if (!tree) return unexpected(std::move(tree).error());
  return std::unique_ptr<filesystem>(new filesystem(std::move(*tree), options));
}

attributes filesystem::shown(const mounted_backend& store, attributes attrs) const noexcept {
  attrs.ino ^= store.ino_base;
  if (options_.uid) attrs.uid = *options_.uid;
  if (options_.gid) attrs.gid = *options_.gid;
  if (options_.umask) attrs.mode &= ~*options_.umask;
  return attrs;
}

found_inode filesystem::remember(mounted_backend& store, randomio::dyn_fs::found found) {
  const auto attrs = shown(store, found.attrs);
  auto& known = inodes_.remember(store, std::move(found.node), attrs.ino);
  known.note(found.attrs);
  return {.node = &known, .attrs = attrs};
}

randomio::creation filesystem::creation_for(std::uint32_t mode, caller who) const noexcept {
  return {.mode = mode & 07777, .owner = randomio::ownership{.uid = who.uid, .gid = who.gid}};
}

result<void> filesystem::changeable(const inode& parent, std::string_view name, operation op) {
  if (parent.mount != nullptr && parent.mount->children.contains(name)) return fail(errc::busy, op);
  if (parent.node == nullptr) return fail(errc::read_only, op);
  return {};
}

task<result<found_inode>> filesystem::lookup(inode& parent, std::string_view name, randomio::stop_token stop) {
  if (parent.mount != nullptr) {
    const auto child = parent.mount->children.find(name);
    if (child != parent.mount->children.end()) {
      auto& self = child->second->self;
      auto attrs = co_await stat(self, stop);
      if (!attrs) co_return unexpected(std::move(attrs).error());
      co_return found_inode{&self, *attrs};
    }
  }
  if (parent.node == nullptr) co_return fail(errc::not_found, operation::lookup);
  auto found = co_await parent.store->fs.lookup(*parent.node, name, stop);
  if (!found) co_return unexpected(std::move(found).error());
  co_return remember(*parent.store, std::move(*found));
}

task<result<found_inode>> filesystem::make_directory(inode& parent, std::string_view name, std::uint32_t mode,
                                                     caller who) {
  if (auto able = changeable(parent, name, operation::create); !able) {
    // mkdir(2) says EEXIST for what is there, mount points included.
    co_return fail(able.error() == errc::busy ? errc::already_exists : able.error().code(), operation::create);
  }
  const auto made_with = creation_for(mode, who);
  auto made = co_await parent.store->fs.create_dir(*parent.node, name, made_with);
  if (!made) co_return unexpected(std::move(made).error());
  co_return remember(*parent.store, std::move(*made));
}

task<result<found_inode>> filesystem::make_node(inode& parent, std::string_view name, randomio::file_type type,
                                                std::uint64_t device, std::uint32_t mode, caller who) {
  if (auto able = changeable(parent, name, operation::create); !able) co_return unexpected(std::move(able).error());
  const auto made_with = creation_for(mode, who);
  auto made = co_await parent.store->fs.create_node(*parent.node, name, type, device, made_with);
  if (!made) co_return unexpected(std::move(made).error());
  co_return remember(*parent.store, std::move(*made));
}

task<result<found_inode>> filesystem::make_symlink(inode& parent, std::string_view name, std::string_view target,
                                                   caller who) {
  if (auto able = changeable(parent, name, operation::symlink); !able) co_return unexpected(std::move(able).error());
  const auto made_with = creation_for(0777, who);
  auto made = co_await parent.store->fs.symlink(*parent.node, name, target, made_with);
  if (!made) co_return unexpected(std::move(made).error());
  co_return remember(*parent.store, std::move(*made));
}

task<result<found_inode>> filesystem::make_link(inode& existing, inode& parent, std::string_view name) {
  if (auto able = changeable(parent, name, operation::link); !able) co_return unexpected(std::move(able).error());
  if (existing.store != parent.store) co_return fail(errc::cross_device, operation::link);
  auto made = co_await parent.store->fs.link(*existing.node, "", *parent.node, name);
  if (!made) co_return unexpected(std::move(made).error());
  co_return remember(*parent.store, std::move(*made));
}

task<result<std::string>> filesystem::read_link(inode& node, randomio::stop_token stop) {
  if (node.node == nullptr) co_return fail(errc::invalid, operation::read_link);
  co_return co_await node.store->fs.read_link(*node.node, "", stop);
}

task<result<void>> filesystem::remove(inode& parent, std::string_view name) {
  if (auto able = changeable(parent, name, operation::remove); !able) co_return able;
  co_return co_await parent.store->fs.remove(*parent.node, name);
}

task<result<void>> filesystem::remove_directory(inode& parent, std::string_view name) {
  if (auto able = changeable(parent, name, operation::remove); !able) co_return able;
  co_return co_await parent.store->fs.remove_dir(*parent.node, name);
}

task<result<void>> filesystem::rename(inode& from, std::string_view from_name, inode& to, std::string_view to_name,
                                      randomio::rename_mode mode) {
  if (auto able = changeable(from, from_name, operation::rename); !able) co_return able;
  if (auto able = changeable(to, to_name, operation::rename); !able) co_return able;
  if (from.store != to.store) co_return fail(errc::cross_device, operation::rename);
  // A flag that a filesystem lacks is EINVAL, and what programs look for. Source: renameat2(2).
  const bool lacks = (mode == randomio::rename_mode::exchange && !from.store->fs.abilities().rename_exchange) ||
                     (mode == randomio::rename_mode::no_replace && !from.store->fs.abilities().rename_no_replace);
  if (lacks) co_return fail(errc::invalid, operation::rename);
  co_return co_await from.store->fs.rename(*from.node, from_name, *to.node, to_name, mode);
}

task<result<void>> filesystem::sync_directory(inode& node) {
  if (node.node == nullptr) co_return result<void>{};
  co_return co_await node.store->fs.sync(*node.node);
}

namespace {

/// Whose flush publishes what is written to the file, or that it exists.
std::optional<opener> publisher_of(const mounted_backend& store, const randomio::open_options& how, caller who) {
  if (!(how.writes() || how.creates()) || !store.fs.abilities().publishes_on_flush) return std::nullopt;
  return opener(who.thread);
}

}  // namespace

task<result<std::unique_ptr<open_file>>> filesystem::open(inode& node, randomio::open_options how, caller who,
                                                          randomio::stop_token stop) {
  if (node.node == nullptr) co_return fail(errc::is_directory, operation::open);
  const bool append = how.appends();
  how.write(how.writes()).append(false);
  auto file = co_await node.store->fs.open(*node.node, "", how, stop);
  if (!file) co_return unexpected(std::move(file).error());
  co_return std::make_unique<open_file>(node, std::move(*file), append, publisher_of(*node.store, how, who));
}

task<bool> filesystem::is_news(open_file& file) {
  // Files of a store whose content only their opener sees as it is: close-to-open.
  const auto& can = file.node().store->fs.abilities();
  if (can.exclusive || !can.publishes_on_flush) co_return false;
  const auto attrs = co_await file.file().stat();
  co_return attrs&& file.node().is_news(*attrs);
}

task<result<filesystem::created_file>> filesystem::create(inode& parent, std::string_view name,
                                                          randomio::open_options how, std::uint32_t mode, caller who) {
  if (auto able = changeable(parent, name, operation::create); !able) co_return unexpected(std::move(able).error());
  how.create().no_follow().with(creation_for(mode, who));
  co_return co_await create_with(*parent.store, *parent.node, name, how, who);
}

task<result<filesystem::created_file>> filesystem::create_temporary(inode& directory, randomio::open_options how,
                                                                    std::uint32_t mode, caller who) {
  if (directory.node == nullptr) co_return fail(errc::read_only, operation::create);
  if (!directory.store->fs.abilities().temporary_files) co_return fail(errc::unsupported, operation::create);
  how.temporary().with(creation_for(mode, who));
  co_return co_await create_with(*directory.store, *directory.node, "", how, who);
}

task<result<filesystem::created_file>> filesystem::create_with(mounted_backend& store, randomio::dyn_node& at,
                                                               std::string_view name, randomio::open_options how,
                                                               caller who) {
  const bool append = how.appends();
  how.write(how.writes()).append(false);
  auto file = co_await store.fs.open(at, name, how);
  if (!file) co_return unexpected(std::move(file).error());
  auto entry = co_await store.fs.entry_of(*file);
  if (!entry) co_return unexpected(std::move(entry).error());
  const auto found = remember(store, std::move(*entry));
  co_return created_file{
      found, std::make_unique<open_file>(*found.node, std::move(*file), append, publisher_of(store, how, who))};
}

task<result<std::unique_ptr<open_directory>>> filesystem::open_dir(inode& node, randomio::stop_token stop) {
  const auto attrs = co_await stat(node, stop);
  if (!attrs) co_return unexpected(attrs.error());
  if (node.node == nullptr) co_return std::make_unique<open_directory>(node, attrs->ino, std::nullopt);
  const randomio::list_options one_level;
  auto listing = co_await node.store->fs.list(*node.node, "", one_level, stop);
  if (!listing) co_return unexpected(std::move(listing).error());
  co_return std::make_unique<open_directory>(node, attrs->ino, std::move(*listing));
}

task<result<std::uint64_t>> filesystem::copy_range(open_file& from, std::uint64_t from_offset, open_file& to,
                                                   std::uint64_t to_offset, std::uint64_t len) {
  if (from.node().store != to.node().store) co_return fail(errc::cross_device, operation::copy);
  co_return co_await to.node().store->fs.copy_range(from.file(), from_offset, to.file(), to_offset, len);
}

task<bool> filesystem::close_all(std::chrono::nanoseconds bound) {
  opened_.release_directories().clear();
  if (last_closes_ == nullptr) last_closes_ = std::make_unique<last_closes>(opened_.release_files());
  if (!co_await last_closes_->wait(bound)) co_return false;
  last_closes_.reset();
  co_return true;
}

}  // namespace randomiofs
