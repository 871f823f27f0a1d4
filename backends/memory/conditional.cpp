#include <string>
#include <utility>

#include <randomio/backends/memory/filesystem.hpp>

namespace randomio::memory {

namespace {

version version_of(node& n, std::uint64_t content) {
  return {std::to_string(n.ino()) + "." + std::to_string(content)};
}

/// Whether a change of `existing`, or of nothing, may take place.
result<void> check(node* existing, const precondition& when, operation op) {
  if (existing != nullptr && existing->is_directory()) return fail(errc::is_directory, op);
  switch (when.what()) {
    case precondition::kind::none: break;
    case precondition::kind::absent:
      if (existing != nullptr) return fail(errc::already_exists, op);
      break;
    case precondition::kind::matches:
      if (existing == nullptr || version_of(*existing, existing->content_version()) != when.expected()) {
        return fail(errc::precondition_failed, op);
      }
      break;
  }
  return {};
}

}  // namespace

ready_op<result<versioned_content>> filesystem::get(std::string_view key) noexcept {
  auto n = find(*root_, key);
  if (!n) return unexpected(std::move(n).error());
  if ((*n)->is_directory()) return fail(errc::is_directory, operation::get);
  return out_of_memory_is_error(operation::get, [&]() -> result<versioned_content> {
    auto all = (*n)->content();
    if (!all) return unexpected(std::move(all).error());
    return versioned_content{std::move(all->first), version_of(**n, all->second)};
  });
}

result<resolved> filesystem::make_parents(std::string_view key) noexcept {
  for (auto slash = key.find('/', 1); slash != std::string_view::npos; slash = key.find('/', slash + 1)) {
    auto above = resolve(*root_, *root_, key.substr(0, slash), last_component::follow);
    if (!above) return above;
    if (above->found != nullptr) continue;
    auto made = add(*above, {.type = randomio::file_type::directory}, {.mode = 0755, .owner = {}});
    if (!made) return unexpected(std::move(made).error());
  }
  auto where = resolve(*root_, *root_, key, last_component::as_it_is);
  if (where && (where->parent == nullptr || where->directory_wanted)) return fail(errc::invalid, operation::put);
  return where;
}

ready_op<result<version>> filesystem::put(std::string_view key, const_buffer content,
                                          const precondition& when) noexcept {
  return out_of_memory_is_error(operation::put, [&]() -> result<version> {
    std::shared_ptr<node> gone;  // Its bytes are given back after the lock.
    const exclusive_guard held(tree_);
    auto where = resolve(*root_, *root_, key, last_component::as_it_is);
    const bool missing_parents = !where && where.error() == errc::not_found;
    if (!where && !missing_parents) return unexpected(std::move(where).error());
    auto* const existing = where ? where->found : nullptr;
    if (auto may = check(existing, when, operation::put); !may) return unexpected(std::move(may).error());
    if (existing == nullptr) {
      where = make_parents(key);
      if (!where) return unexpected(std::move(where).error());
    }
    creation made{.mode = 0644, .owner = {}};
    if (existing != nullptr) {
      const auto before = existing->describe();
      made = {before.mode, ownership{before.uid, before.gid}};
    }
    // The bytes first, under no name: a put without space leaves what was there.
    auto whole = node::make(volume_, {}, made);
    if (!whole) return unexpected(std::move(whole).error());
    if (auto written = (*whole)->write(0, content); !written) return unexpected(std::move(written).error());
    auto current = version_of(**whole, (*whole)->content_version());
    const auto now = volume_->now();
    if (existing != nullptr) {
      gone = where->parent->entries().replace(where->name, std::move(*whole));
      gone->linked(-1, now);
    } else {
      where->parent->entries().add(where->name, std::move(*whole));
    }
    where->parent->entries_changed(0, now);
    return current;
  });
}

ready_op<result<void>> filesystem::remove_if(std::string_view key, const precondition& when) noexcept {
  return out_of_memory_is_error(operation::remove, [&]() -> result<void> {
    std::shared_ptr<node> gone;  // Its bytes are given back after the lock.
    const exclusive_guard held(tree_);
    auto where = resolve(*root_, *root_, key, last_component::as_it_is);
    if (!where) {
      if (where.error() == errc::not_found && when.what() == precondition::kind::matches) {
        return fail(errc::precondition_failed, operation::remove);
      }
      return unexpected(std::move(where).error());
    }
    if (auto may = check(where->found, when, operation::remove); !may) return may;
    if (where->found == nullptr) return fail(errc::not_found, operation::remove);
    if (where->parent == nullptr) return fail(errc::invalid, operation::remove);
    gone = unlink(*where);
    return {};
  });
}

}  // namespace randomio::memory
