#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/error.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace model {

/// A file of the reference: plain containers, no cleverness, so that reading it shows what is expected.
struct file {
  randomio::file_type type = randomio::file_type::regular;
  std::string content;  ///< Also a symbolic link's target.
  std::map<std::string, std::shared_ptr<file>> children;
  std::map<std::string, std::string> xattrs;
  std::uint32_t mode = 0;
  std::uint64_t links = 1;  ///< Names; for a directory, whether it is still in the tree.
};

using path = std::vector<std::string>;

/// What POSIX says a tree of files does, on containers. Every operation gives a code, or nothing on success.
class reference_tree {
 public:
  using outcome = randomio::result<void>;
  template <class T>
  using result = randomio::result<T>;

  reference_tree() {
    root_->type = randomio::file_type::directory;
    root_->mode = 0755;
  }

  [[nodiscard]] std::shared_ptr<file> root() const { return root_; }

  result<std::shared_ptr<file>> find(const path& p) const {
    auto at = root_;
    for (const auto& name : p) {
      if (at->type != randomio::file_type::directory) return randomio::fail(randomio::errc::not_directory);
      const auto child = at->children.find(name);
      if (child == at->children.end()) return randomio::fail(randomio::errc::not_found);
      at = child->second;
    }
    return at;
  }

  outcome make(const path& p, randomio::file_type type, std::uint32_t mode, std::string content = {}) {
    auto parent = directory_of(p);
    if (!parent) return randomio::unexpected(parent.error());
    if ((*parent)->children.contains(p.back())) return randomio::fail(randomio::errc::already_exists);
    auto made = std::make_shared<file>();
    made->type = type;
    made->mode = mode;
    made->content = std::move(content);
    (*parent)->children[p.back()] = std::move(made);
    return {};
  }

  outcome link(const path& from, const path& to) {
    auto existing = find(from);
    if (!existing) return randomio::unexpected(existing.error());
    auto parent = directory_of(to);
    if (!parent) return randomio::unexpected(parent.error());
    if ((*parent)->children.contains(to.back())) return randomio::fail(randomio::errc::already_exists);
    if ((*existing)->type == randomio::file_type::directory) return randomio::fail(randomio::errc::not_permitted);
    ++(*existing)->links;
    (*parent)->children[to.back()] = *existing;
    return {};
  }

  outcome remove(const path& p) {
    auto parent = directory_of(p);
    if (!parent) return randomio::unexpected(parent.error());
    const auto child = (*parent)->children.find(p.back());
    if (child == (*parent)->children.end()) return randomio::fail(randomio::errc::not_found);
    if (child->second->type == randomio::file_type::directory) return randomio::fail(randomio::errc::is_directory);
    --child->second->links;
    (*parent)->children.erase(child);
    return {};
  }

  outcome remove_directory(const path& p) {
    auto parent = directory_of(p);
    if (!parent) return randomio::unexpected(parent.error());
    const auto child = (*parent)->children.find(p.back());
    if (child == (*parent)->children.end()) return randomio::fail(randomio::errc::not_found);
    if (child->second->type != randomio::file_type::directory) return randomio::fail(randomio::errc::not_directory);
    if (!child->second->children.empty()) return randomio::fail(randomio::errc::not_empty);
    child->second->links = 0;
    (*parent)->children.erase(child);
    return {};
  }

  outcome rename(const path& from, const path& to, randomio::rename_mode mode) {
    using randomio::errc;
    using randomio::fail;
    auto source_parent = directory_of(from);
    if (!source_parent) return randomio::unexpected(source_parent.error());
    auto target_parent = directory_of(to);
    if (!target_parent) return randomio::unexpected(target_parent.error());
    auto& source_names = (*source_parent)->children;
    auto& target_names = (*target_parent)->children;
    const auto source = source_names.find(from.back());
    if (source == source_names.end()) return fail(errc::not_found);
    const auto target = target_names.find(to.back());
    const bool target_exists = target != target_names.end();

    if (mode == randomio::rename_mode::no_replace && target_exists) return fail(errc::already_exists);
    if (mode == randomio::rename_mode::exchange && !target_exists) return fail(errc::not_found);
    const auto moved = source->second;
    if (moved->type == randomio::file_type::directory && contains(*moved, **target_parent)) return fail(errc::invalid);
    if (target_exists) {
      const auto replaced = target->second;
      const bool covers_source =
          replaced->type == randomio::file_type::directory && contains(*replaced, **source_parent);
      if (mode == randomio::rename_mode::exchange) {
        if (covers_source) return fail(errc::invalid);
        std::swap(source->second, target->second);
        return {};
      }
      if (covers_source) return fail(errc::not_empty);
      if (replaced == moved) return {};
      const bool moves_directory = moved->type == randomio::file_type::directory;
      const bool replaces_directory = replaced->type == randomio::file_type::directory;
      if (moves_directory && !replaces_directory) return fail(errc::not_directory);
      if (!moves_directory && replaces_directory) return fail(errc::is_directory);
      if (!replaced->children.empty()) return fail(errc::not_empty);
      replaced->links = replaces_directory ? 0 : replaced->links - 1;
    }
    source_names.erase(source);
    target_names[to.back()] = moved;
    return {};
  }

  static void write(file& f, std::uint64_t offset, std::string_view data) {
    if (data.empty()) return;
    if (f.content.size() < offset + data.size()) f.content.resize(offset + data.size());
    f.content.replace(offset, data.size(), data);
  }

  /// Zeros, inside the file only.
  static void punch(file& f, std::uint64_t offset, std::uint64_t len) {
    for (auto at = offset; at < std::min<std::uint64_t>(offset + len, f.content.size()); ++at) f.content[at] = 0;
  }

  [[nodiscard]] static std::uint64_t nlink(const file& f) {
    if (f.type != randomio::file_type::directory) return f.links;
    std::uint64_t count = 2;
    for (const auto& [name, child] : f.children) count += child->type == randomio::file_type::directory;
    return count;
  }

 private:
  result<std::shared_ptr<file>> directory_of(const path& p) const {
    auto parent = find(path(p.begin(), p.end() - 1));
    if (parent && (*parent)->type != randomio::file_type::directory) {
      return randomio::fail(randomio::errc::not_directory);
    }
    return parent;
  }
  /// True when `inner` is `outer` or below it.
  static bool contains(const file& outer, const file& inner) {
    if (&outer == &inner) return true;
    for (const auto& [name, child] : outer.children) {
      if (child->type == randomio::file_type::directory && contains(*child, inner)) return true;
    }
    return false;
  }

  std::shared_ptr<file> root_ = std::make_shared<file>();
};

}  // namespace model
