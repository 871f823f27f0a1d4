#include <randomio/backends/memory/filesystem.hpp>

#include <utility>

namespace randomio::memory {

namespace {

capabilities all_abilities() noexcept {
  capabilities can;
  can.modes = can.hard_links = can.symlinks = can.special_files = can.xattrs = can.sparse = true;
  can.rename_no_replace = can.rename_exchange = true;
  can.conditional_put = can.conditional_delete = true;
  can.copy_range = can.temporary_files = true;
  can.exclusive = true;
  can.file_bytes_max = file_bytes_max;
  return can;
}

}  // namespace

filesystem::filesystem(const options& how) : volume_(std::make_shared<volume>(how)) {
  (void)volume_->take_file();
  root_ = std::make_shared<node>(volume_, birth{.type = randomio::file_type::directory},
                                 creation{how.root_mode, how.root_owner}, volume_->now());
  root_->entries().set_parent(root_.get());
}

const capabilities& filesystem::abilities() const noexcept {
  static const capabilities can = all_abilities();
  return can;
}

result<std::shared_ptr<node>> filesystem::find(node& at, std::string_view path, last_component last) noexcept {
  if (path.empty()) return at.shared_from_this();
  const shared_guard held(tree_);
  auto where = resolve(*root_, at, path, last);
  if (!where) return unexpected(std::move(where).error());
  if (where->found == nullptr) return fail(errc::not_found, operation::lookup);
  return where->found->shared_from_this();
}

ready_op<result<filesystem::found>> filesystem::lookup(node& at, std::string_view path) noexcept {
  return entry_from(find(at, path));
}

ready_op<result<filesystem::found>> filesystem::entry_of(file_type& open) noexcept {
  return entry_from(open.node_);
}

ready_op<result<attributes>> filesystem::stat(node& at, std::string_view path) noexcept {
  if (path.empty()) return at.describe();
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  return (*n)->describe();
}

ready_op<result<attributes>> filesystem::set_attributes(node& at, std::string_view path,
                                                        const attribute_change& change) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  return (*n)->change(change);
}

ready_op<result<filesystem::listing_type>> filesystem::list(node& at, std::string_view path,
                                                            const list_options& which) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  if (!(*n)->is_directory()) return fail(errc::not_directory, operation::list);
  if (!which.recursive) return listing_type(tree_, std::move(*n));
  return out_of_memory_is_error(operation::list, [&]() -> result<listing_type> {
    const shared_guard held(tree_);
    return listing_type(listing_type::below(**n, which.start_after));
  });
}

ready_op<result<filesystem::file_type>> filesystem::open(node& at, std::string_view path,
                                                         const open_options& how) noexcept {
  auto n = how.is_temporary() ? make_temporary(at, path, how) : open_or_create(at, path, how);
  if (!n) return unexpected(std::move(n).error());
  switch ((*n)->type()) {
    case randomio::file_type::regular: break;
    case randomio::file_type::directory: return fail(errc::is_directory, operation::open);
    case randomio::file_type::symlink: return fail(errc::loop, operation::open);
    case randomio::file_type::fifo:
    case randomio::file_type::socket:
    case randomio::file_type::char_device:
    case randomio::file_type::block_device: return fail(errc::no_such_address, operation::open);
  }
  if (how.truncates()) {
    if (auto cut = (*n)->truncate(); !cut) return unexpected(std::move(cut).error());
  }
  return file_type(std::move(*n), how);
}

result<std::shared_ptr<node>> filesystem::open_or_create(node& at, std::string_view path,
                                                         const open_options& how) noexcept {
  const bool anew = how.creates() && how.is_exclusive();
  const auto last = how.follows() && !anew ? last_component::follow : last_component::as_it_is;
  auto there = find(at, path, last);
  if (there && anew) return fail(errc::already_exists, operation::open);
  if (there || !how.creates() || there.error() != errc::not_found) return there;
  const exclusive_guard held(tree_);
  auto where = resolve(*root_, at, path, last);
  if (!where) return unexpected(std::move(where).error());
  if (where->found != nullptr) {
    if (anew) return fail(errc::already_exists, operation::open);
    return where->found->shared_from_this();
  }
  if (where->directory_wanted) return fail(errc::is_directory, operation::open);
  return add(*where, {.type = randomio::file_type::regular}, how.made_with());
}

ready_op<result<std::string>> filesystem::read_link(node& at, std::string_view path) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  if ((*n)->type() != randomio::file_type::symlink) return fail(errc::invalid, operation::read_link);
  return out_of_memory_is_error(operation::read_link, [&]() -> result<std::string> { return (*n)->target(); });
}

ready_op<result<std::uint64_t>> filesystem::copy_range(file_type& from, std::uint64_t from_offset, file_type& to,
                                                       std::uint64_t to_offset, std::uint64_t len) noexcept {
  if (!from.reads_ || !to.writes_) return fail(errc::permission_denied, operation::copy);
  return node::copy(*from.node_, from_offset, *to.node_, to_offset, len);
}

ready_op<result<std::size_t>> filesystem::get_xattr(node& at, std::string_view path, std::string_view key,
                                                    mutable_buffer out) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  return (*n)->get_xattr(key, out.bytes());
}

ready_op<result<void>> filesystem::set_xattr(node& at, std::string_view path, std::string_view key, const_buffer value,
                                             xattr_mode mode) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  return (*n)->set_xattr(key, value.bytes(), mode);
}

ready_op<result<std::vector<std::string>>> filesystem::list_xattr(node& at, std::string_view path) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  return (*n)->list_xattr();
}

ready_op<result<void>> filesystem::remove_xattr(node& at, std::string_view path, std::string_view key) noexcept {
  auto n = find(at, path);
  if (!n) return unexpected(std::move(n).error());
  return (*n)->remove_xattr(key);
}

}  // namespace randomio::memory
