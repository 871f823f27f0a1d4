#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace randomio::memory {

class node;

/// The names in a directory. Each gets a cookie when it is linked, larger than all before it, and keeps it
/// for life: a listing goes on after the last cookie it saw, whatever came and went meanwhile.
///
/// Threads: guarded by the filesystem's tree lock.
class directory {
 public:
  struct slot {
    std::uint64_t cookie;
    std::shared_ptr<randomio::memory::node> node;
  };
  using names = std::map<std::string, slot, std::less<>>;
  using cookies = std::map<std::uint64_t, names::const_iterator>;

  explicit directory(node* parent) noexcept : parent_(parent) {}

  [[nodiscard]] const std::shared_ptr<node>* find(std::string_view name) const;
  /// Requires: the name is free. Strong exception safety.
  void add(std::string_view name, std::shared_ptr<node> n);
  /// Requires: the name is there. Returns: the node that had it.
  std::shared_ptr<node> replace(std::string_view name, std::shared_ptr<node> n);
  std::shared_ptr<node> remove(std::string_view name);

  [[nodiscard]] bool empty() const noexcept { return names_.empty(); }
  [[nodiscard]] const names& by_name() const noexcept { return names_; }
  [[nodiscard]] const cookies& by_cookie() const noexcept { return cookies_; }

  /// The directory that names this one; the root's is itself, a removed directory has none.
  [[nodiscard]] node* parent() const noexcept { return parent_; }
  void set_parent(node* parent) noexcept { parent_ = parent; }

  /// Takes all names out, for tearing a tree down without recursion.
  [[nodiscard]] names take_all() noexcept;

 private:
  names names_;
  cookies cookies_;
  std::uint64_t next_cookie_ = 1;
  node* parent_;
};

}  // namespace randomio::memory
