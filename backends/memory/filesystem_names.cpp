// Making and removing names: everything that changes one directory. Renames are in filesystem_rename.cpp.

#include <utility>

#include <randomio/backends/memory/filesystem.hpp>

namespace randomio::memory {

namespace {

constexpr std::uint32_t set_group_id = 02000;
constexpr std::uint64_t links_max = 65'000;      // As ext4.
constexpr std::size_t target_bytes_max = 4'095;  // PATH_MAX less its terminating zero.

bool is_removed(node& directory) noexcept {
  return directory.entries().parent() == nullptr;
}

/// What a directory passes on to what is made in it.
/// Source: mkdir(2), "the set-group-ID bit of the parent directory".
creation inheriting(node& parent, const birth& what, creation made) noexcept {
  const auto above = parent.describe();
  if ((above.mode & set_group_id) == 0) return made;
  made.owner = ownership{made.owner.value_or(ownership{}).uid, above.gid};
  if (what.type == randomio::file_type::directory) made.mode |= set_group_id;
  return made;
}

}  // namespace

result<std::shared_ptr<node>> filesystem::add(const resolved& where, birth what, const creation& made) noexcept {
  if (is_removed(*where.parent)) return fail(errc::not_found, operation::create);
  if (where.name.find('\0') != std::string_view::npos) return fail(errc::invalid, operation::create);
  const bool directory = what.type == randomio::file_type::directory;
  if (directory) what.parent = where.parent;
  auto born = node::make(volume_, what, inheriting(*where.parent, what, made));
  if (!born) return born;
  return out_of_memory_is_error(operation::create, [&]() -> result<std::shared_ptr<node>> {
    where.parent->entries().add(where.name, *born);
    where.parent->entries_changed(directory ? 1 : 0, volume_->now());
    return std::move(*born);
  });
}

result<std::shared_ptr<node>> filesystem::create(node& at, std::string_view path, birth what,
                                                 const creation& made) noexcept {
  const exclusive_guard held(tree_);
  auto where = resolve(*root_, at, path, last_component::as_it_is);
  if (!where) return unexpected(std::move(where).error());
  if (where->found != nullptr) return fail(errc::already_exists, operation::create);
  if (where->directory_wanted && what.type != randomio::file_type::directory) {
    return fail(errc::not_found, operation::create);
  }
  return add(*where, what, made);
}

ready_op<result<filesystem::found>> filesystem::create_dir(node& at, std::string_view path,
                                                           const creation& made) noexcept {
  return entry_from(create(at, path, {.type = randomio::file_type::directory}, made));
}

ready_op<result<filesystem::found>> filesystem::create_node(node& at, std::string_view path, randomio::file_type type,
                                                            std::uint64_t device, const creation& made) noexcept {
  if (type == randomio::file_type::directory) return fail(errc::not_permitted, operation::create);
  if (type == randomio::file_type::symlink) return fail(errc::invalid, operation::create);
  const bool has_number = type == randomio::file_type::char_device || type == randomio::file_type::block_device;
  return entry_from(create(at, path, {.type = type, .device = has_number ? device : 0}, made));
}

ready_op<result<filesystem::found>> filesystem::symlink(node& at, std::string_view path, std::string_view target,
                                                        const creation& made) noexcept {
  if (target.empty()) return fail(errc::not_found, operation::symlink);
  if (target.size() > target_bytes_max) return fail(errc::name_too_long, operation::symlink);
  if (target.find('\0') != std::string_view::npos) return fail(errc::invalid, operation::symlink);
  auto how = made;
  how.mode = 0777;  // The mode of a link is not used. Source: symlink(7).
  return entry_from(create(at, path, {.type = randomio::file_type::symlink, .target = target}, how));
}

ready_op<result<filesystem::found>> filesystem::link(node& from, std::string_view from_path, node& to,
                                                     std::string_view to_path) noexcept {
  auto existing = find(from, from_path);
  if (!existing) return unexpected(std::move(existing).error());
  {
    const exclusive_guard held(tree_);
    auto where = resolve(*root_, to, to_path, last_component::as_it_is);
    if (!where) return unexpected(std::move(where).error());
    if (auto linked = link_to(*where, *existing); !linked) return unexpected(std::move(linked).error());
  }
  return entry_from(std::move(existing));
}

result<void> filesystem::link_to(const resolved& where, std::shared_ptr<node> existing) noexcept {
  if (where.found != nullptr) return fail(errc::already_exists, operation::link);
  if (where.directory_wanted || is_removed(*where.parent)) return fail(errc::not_found, operation::link);
  if (where.name.find('\0') != std::string_view::npos) return fail(errc::invalid, operation::link);
  if (existing->is_directory()) return fail(errc::not_permitted, operation::link);
  const auto names = existing->describe().nlink;
  // What lost its last name stays lost; what never had one may get it.
  if (names == 0 && !existing->linkable()) return fail(errc::not_found, operation::link);
  if (names >= links_max) return fail(errc::too_many_links, operation::link);
  return out_of_memory_is_error(operation::link, [&]() -> result<void> {
    where.parent->entries().add(where.name, existing);
    const auto now = volume_->now();
    existing->linked(1, now);
    where.parent->entries_changed(0, now);
    return {};
  });
}

result<std::shared_ptr<node>> filesystem::make_temporary(node& at, std::string_view path,
                                                         const open_options& how) noexcept {
  auto directory = find(at, path, last_component::follow);
  if (!directory) return directory;
  if (!(*directory)->is_directory()) return fail(errc::not_directory, operation::open);
  const exclusive_guard held(tree_);
  if (is_removed(**directory)) return fail(errc::not_found, operation::open);
  const birth what{.type = randomio::file_type::regular, .named = false, .linkable = !how.is_exclusive()};
  return node::make(volume_, what, inheriting(**directory, what, how.made_with()));
}

std::shared_ptr<node> filesystem::unlink(const resolved& where) noexcept {
  const auto now = volume_->now();
  auto gone = where.parent->entries().remove(where.name);
  if (gone->is_directory()) {
    gone->entries().set_parent(nullptr);
    gone->removed(now);
  } else {
    gone->linked(-1, now);
  }
  where.parent->entries_changed(gone->is_directory() ? -1 : 0, now);
  return gone;
}

ready_op<result<void>> filesystem::remove(node& at, std::string_view path) noexcept {
  std::shared_ptr<node> gone;  // Its bytes are given back after the lock.
  const exclusive_guard held(tree_);
  auto where = resolve(*root_, at, path, last_component::as_it_is);
  if (!where) return unexpected(std::move(where).error());
  if (where->found == nullptr) return fail(errc::not_found, operation::remove);
  if (where->found->is_directory()) return fail(errc::is_directory, operation::remove);
  if (where->parent == nullptr) return fail(errc::invalid, operation::remove);
  gone = unlink(*where);
  return result<void>();
}

ready_op<result<void>> filesystem::remove_dir(node& at, std::string_view path) noexcept {
  std::shared_ptr<node> gone;  // Its bytes are given back after the lock.
  const exclusive_guard held(tree_);
  auto where = resolve(*root_, at, path, last_component::as_it_is);
  if (!where) return unexpected(std::move(where).error());
  if (where->found == nullptr) return fail(errc::not_found, operation::remove);
  if (!where->found->is_directory()) return fail(errc::not_directory, operation::remove);
  if (where->found == root_.get()) return fail(errc::busy, operation::remove);
  if (where->parent == nullptr) return fail(errc::invalid, operation::remove);
  if (!where->found->entries().empty()) return fail(errc::not_empty, operation::remove);
  gone = unlink(*where);
  return result<void>();
}

}  // namespace randomio::memory
