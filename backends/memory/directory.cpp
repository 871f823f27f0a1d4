#include <randomio/backends/memory/directory.hpp>

#include <cstdlib>
#include <utility>

namespace randomio::memory {

namespace {

/// An assertion that stays in release builds: the tree lock was not held, or the caller did not look first.
void require(bool holds) noexcept {
  if (!holds) std::abort();
}

}  // namespace

const std::shared_ptr<node>* directory::find(std::string_view name) const {
  const auto at = names_.find(name);
  return at == names_.end() ? nullptr : &at->second.node;
}

void directory::add(std::string_view name, std::shared_ptr<node> n) {
  // The cookie first: if the name cannot be added, a cookie that leads nowhere is taken back.
  const auto cookie = cookies_.emplace_hint(cookies_.end(), next_cookie_, names_.end());
#ifdef __cpp_exceptions
  try {
    cookie->second = names_.emplace(std::string(name), slot{next_cookie_, std::move(n)}).first;
  } catch (...) {
    cookies_.erase(cookie);
    throw;
  }
#else
  cookie->second = names_.emplace(std::string(name), slot{next_cookie_, std::move(n)}).first;
#endif
  ++next_cookie_;
}

std::shared_ptr<node> directory::replace(std::string_view name, std::shared_ptr<node> n) {
  const auto at = names_.find(name);
  require(at != names_.end());
  return std::exchange(at->second.node, std::move(n));
}

std::shared_ptr<node> directory::remove(std::string_view name) {
  const auto at = names_.find(name);
  require(at != names_.end());
  auto gone = std::move(at->second.node);
  cookies_.erase(at->second.cookie);
  names_.erase(at);
  return gone;
}

directory::names directory::take_all() noexcept {
  cookies_.clear();
  return std::exchange(names_, {});
}

}  // namespace randomio::memory
