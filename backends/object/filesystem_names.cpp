#include <utility>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/resolve.hpp>

namespace randomio::object {

task<result<filesystem::found>> filesystem::create(std::shared_ptr<node> at, std::string path, randomio::file_type type,
                                                   std::uint64_t device, std::string body, creation made) {
  auto where = co_await resolve(*volume_, std::move(at), std::move(path), last_component::as_it_is);
  if (!where) co_return unexpected(std::move(where).error());
  if (where->found != nullptr || where->parent == nullptr) co_return fail(errc::already_exists, operation::create);
  const bool is_directory = type == randomio::file_type::directory;
  if (where->directory_wanted && !is_directory) co_return fail(errc::not_found, operation::create);
  if (where->parent->removed()) co_return fail(errc::not_found, operation::create);
  if (where->name.find('\0') != std::string::npos) co_return fail(errc::invalid, operation::create);
  auto key = key_below(where->parent->key(), where->name);
  if (auto good = check_key(is_directory ? marker_of(key) : key, volume_->allows()); !good) {
    co_return unexpected(std::move(good).error());
  }
  auto as = volume_->birth_in(*where->parent, type, made, device);
  if (type == randomio::file_type::symlink) as.said.mode = 0777;
  auto n = co_await volume_->make_published(std::move(key), type, std::move(as), std::move(body));
  if (!n) co_return unexpected(std::move(n).error());
  co_return entry_for(std::move(*n));
}

task<result<filesystem::found>> filesystem::create_dir(node& at, std::string_view path, creation made) {
  return create(at.shared_from_this(), std::string(path), randomio::file_type::directory, 0, {}, made);
}

task<result<filesystem::found>> filesystem::create_node(node& at, std::string_view path, randomio::file_type type,
                                                        std::uint64_t device, creation made) {
  const bool is_special = type != randomio::file_type::regular;
  if (type == randomio::file_type::directory || type == randomio::file_type::symlink) {
    co_return fail(errc::invalid, operation::create);
  }
  if (is_special && !abilities_.special_files) co_return fail(errc::unsupported, operation::create);
  co_return co_await create(at.shared_from_this(), std::string(path), type, device, {}, made);
}

task<result<filesystem::found>> filesystem::symlink(node& at, std::string_view path, std::string_view target,
                                                    creation made) {
  constexpr std::size_t target_bytes_max = 4095;  // Source: PATH_MAX with its NUL, limits.h(0p).
  if (!abilities_.symlinks) co_return fail(errc::unsupported, operation::symlink);
  if (target.empty()) co_return fail(errc::not_found, operation::symlink);
  if (target.size() > target_bytes_max) co_return fail(errc::name_too_long, operation::symlink);
  co_return co_await create(at.shared_from_this(), std::string(path), randomio::file_type::symlink, 0,
                            std::string(target), made);
}

task<result<filesystem::found>> filesystem::link(node&, std::string_view, node&, std::string_view) {
  co_return fail(errc::not_permitted, operation::link);  // Source: link(2), of filesystems without hard links.
}

task<result<void>> filesystem::remove(node& at, std::string_view path) {
  auto where = co_await resolve(*volume_, at.shared_from_this(), std::string(path), last_component::as_it_is);
  if (!where) co_return unexpected(std::move(where).error());
  if (where->found == nullptr) co_return fail(errc::not_found, operation::remove);
  if (where->found->is_directory()) co_return fail(errc::is_directory, operation::remove);
  if (where->parent == nullptr) co_return fail(errc::busy, operation::remove);
  const auto alone = co_await where->found->gate.lock();
  co_return co_await volume_->unlink(where->found);
}

task<result<void>> filesystem::remove_dir(node& at, std::string_view path) {
  auto where = co_await resolve(*volume_, at.shared_from_this(), std::string(path), last_component::as_it_is);
  if (!where) co_return unexpected(std::move(where).error());
  if (where->found == nullptr) co_return fail(errc::not_found, operation::remove);
  if (!where->found->is_directory()) co_return fail(errc::not_directory, operation::remove);
  if (where->parent == nullptr) {
    co_return fail(where->found->is_root() ? errc::busy : errc::invalid, operation::remove);
  }
  const auto alone = co_await where->found->gate.lock();
  co_return co_await volume_->remove_directory(where->found);
}

task<result<void>> filesystem::rename_file(std::shared_ptr<node> from, std::shared_ptr<node> replaced, std::string to) {
  if (replaced) co_await volume::let_in(replaced);
  // In one order for all, so that two renames never wait for each other.
  auto* const first = replaced && replaced < from ? replaced.get() : from.get();
  auto* const second = !replaced ? nullptr : first == from.get() ? replaced.get() : from.get();
  const auto alone = co_await first->gate.lock();
  async_gate::guard also_alone;
  if (second != nullptr) also_alone = co_await second->gate.lock();
  bool moves_object = false;
  const std::string above(parent_of(from->key()));
  {
    const std::scoped_lock lock(from->mutex);
    moves_object = !from->is_pending;
  }
  if (moves_object) {
    auto held = co_await volume_->hold_directory(above);
    if (!held) co_return held;
  }
  co_return co_await volume_->move_file(from, std::move(to), false, replaced);
}

task<result<void>> filesystem::rename(node& from, std::string_view from_path, node& to, std::string_view to_path,
                                      rename_mode mode) {
  if (mode == rename_mode::exchange) co_return fail(errc::unsupported, operation::rename);
  auto source = co_await resolve(*volume_, from.shared_from_this(), std::string(from_path), last_component::as_it_is);
  if (!source) co_return unexpected(std::move(source).error());
  auto target = co_await resolve(*volume_, to.shared_from_this(), std::string(to_path), last_component::as_it_is);
  if (!target) co_return unexpected(std::move(target).error());
  if (source->parent == nullptr || target->parent == nullptr) co_return fail(errc::busy, operation::rename);
  if (source->found == nullptr) co_return fail(errc::not_found, operation::rename);
  auto& moved = *source->found;
  const bool there = target->found != nullptr;
  if (mode == rename_mode::no_replace && there) co_return fail(errc::already_exists, operation::rename);
  if (moved.is_directory()) {
    if (is_within(target->parent->key(), moved.key())) co_return fail(errc::invalid, operation::rename);
  } else if (target->directory_wanted) {
    co_return fail(errc::not_directory, operation::rename);
  }
  if (there && target->found->is_directory() && is_within(source->parent->key(), target->found->key())) {
    co_return fail(errc::not_empty, operation::rename);
  }
  if (source->found == target->found) co_return result<void>{};
  if (target->parent->removed()) co_return fail(errc::not_found, operation::rename);
  if (there && moved.is_directory() && !target->found->is_directory()) {
    co_return fail(errc::not_directory, operation::rename);
  }
  if (there && !moved.is_directory() && target->found->is_directory()) {
    co_return fail(errc::is_directory, operation::rename);
  }
  if (target->name.find('\0') != std::string::npos) co_return fail(errc::invalid, operation::rename);
  auto key = there ? target->found->key() : key_below(target->parent->key(), target->name);
  if (auto good = check_key(moved.is_directory() ? marker_of(key) : key, volume_->allows()); !good) co_return good;
  if (!moved.is_directory()) {
    co_return co_await rename_file(source->found, target->found, std::move(key));
  }
  const auto alone = co_await moved.gate.lock();
  if (there) {
    auto empty = co_await volume_->is_empty(key);
    if (!empty) co_return unexpected(std::move(empty).error());
    if (!*empty) co_return fail(errc::not_empty, operation::rename);
    volume_->gone(*target->found);
  }
  auto held = co_await volume_->hold_directory(std::string(parent_of(moved.key())));
  if (!held) co_return held;
  co_return co_await volume_->move_directory(source->found, std::move(key));
}

}  // namespace randomio::object
