#include <utility>

#include <randomio/backends/memory/filesystem.hpp>

namespace randomio::memory {

namespace {

/// True when `n` is `top` or lies below it.
bool is_within(node* n, const node* top) noexcept {
  while (n != nullptr && n != top) {
    auto* const above = n->entries().parent();
    if (above == n) return false;  // The root.
    n = above;
  }
  return n != nullptr;
}

void counted(node& from, node& to, int directories, timestamp now) noexcept {
  if (&from == &to) {
    from.entries_changed(0, now);
    return;
  }
  from.entries_changed(-directories, now);
  to.entries_changed(directories, now);
}

}  // namespace

ready_op<result<void>> filesystem::rename(node& from, std::string_view from_path, node& to, std::string_view to_path,
                                          rename_mode mode) noexcept {
  std::shared_ptr<node> gone;  // Its bytes are given back after the lock.
  const exclusive_guard held(tree_);
  auto source = resolve(*root_, from, from_path, last_component::as_it_is);
  if (!source) return unexpected(std::move(source).error());
  auto target = resolve(*root_, to, to_path, last_component::as_it_is);
  if (!target) return unexpected(std::move(target).error());
  if (source->parent == nullptr || target->parent == nullptr) return fail(errc::busy, operation::rename);
  if (source->found == nullptr) return fail(errc::not_found, operation::rename);
  const bool there = target->found != nullptr;
  if (mode == rename_mode::no_replace && there) return fail(errc::already_exists, operation::rename);
  if (mode == rename_mode::exchange && !there) return fail(errc::not_found, operation::rename);
  if (source->found->is_directory()) {
    if (is_within(target->parent, source->found)) return fail(errc::invalid, operation::rename);
  } else if (target->directory_wanted) {
    return fail(errc::not_directory, operation::rename);
  }
  if (there && target->found->is_directory() && is_within(source->parent, target->found)) {
    return fail(mode == rename_mode::exchange ? errc::invalid : errc::not_empty, operation::rename);
  }
  if (source->found == target->found) return result<void>();  // Two names of one file: both stay. Source: rename(2).
  if (mode == rename_mode::exchange) {
    exchange(*source, *target);
    return result<void>();
  }
  if (!there) return move(*source, *target);
  auto replaced = replace(*source, *target);
  if (!replaced) return unexpected(std::move(replaced).error());
  gone = std::move(*replaced);
  return result<void>();
}

result<void> filesystem::move(const resolved& from, const resolved& to) noexcept {
  if (to.parent->entries().parent() == nullptr) return fail(errc::not_found, operation::rename);
  if (to.name.find('\0') != std::string_view::npos) return fail(errc::invalid, operation::rename);
  return out_of_memory_is_error(operation::rename, [&]() -> result<void> {
    to.parent->entries().add(to.name, from.found->shared_from_this());
    (void)from.parent->entries().remove(from.name);
    const auto now = volume_->now();
    if (from.found->is_directory()) from.found->entries().set_parent(to.parent);
    counted(*from.parent, *to.parent, from.found->is_directory() ? 1 : 0, now);
    from.found->linked(0, now);
    return {};
  });
}

result<std::shared_ptr<node>> filesystem::replace(const resolved& from, const resolved& to) noexcept {
  const bool directory = from.found->is_directory();
  if (directory && !to.found->is_directory()) return fail(errc::not_directory, operation::rename);
  if (!directory && to.found->is_directory()) return fail(errc::is_directory, operation::rename);
  if (directory && !to.found->entries().empty()) return fail(errc::not_empty, operation::rename);
  const auto now = volume_->now();
  auto moved = from.parent->entries().remove(from.name);
  auto gone = to.parent->entries().replace(to.name, moved);
  if (directory) {
    moved->entries().set_parent(to.parent);
    gone->entries().set_parent(nullptr);
    gone->removed(now);
    to.parent->entries_changed(-1, now);
  } else {
    gone->linked(-1, now);
  }
  counted(*from.parent, *to.parent, directory ? 1 : 0, now);
  moved->linked(0, now);
  return gone;
}

void filesystem::exchange(const resolved& from, const resolved& to) noexcept {
  const auto now = volume_->now();
  auto first = from.found->shared_from_this();
  auto second = to.parent->entries().replace(to.name, first);
  (void)from.parent->entries().replace(from.name, second);
  if (first->is_directory()) first->entries().set_parent(to.parent);
  if (second->is_directory()) second->entries().set_parent(from.parent);
  counted(*from.parent, *to.parent, int{first->is_directory()} - int{second->is_directory()}, now);
  first->linked(0, now);
  second->linked(0, now);
}

}  // namespace randomio::memory
