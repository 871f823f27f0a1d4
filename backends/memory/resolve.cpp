#include <randomio/backends/memory/resolve.hpp>

#include <algorithm>
#include <array>

namespace randomio::memory {

namespace {

constexpr std::size_t name_bytes_max = 255;
constexpr std::size_t links_max = 40;  // Source: path_resolution(7).

/// What is left of the path: its own rest and, above it, the rests of the links being followed.
class remainder {
 public:
  explicit remainder(std::string_view path) noexcept { rest_[0] = path; }

  /// Goes on with a link's target first. Returns: false when that were too many links.
  bool enter(std::string_view target) noexcept {
    if (followed_ == links_max) return false;
    directory_wanted_ = directory_wanted_ || (at_end() && slash_);
    ++followed_;
    rest_[depth_++] = target;
    return true;
  }
  /// The next component; empty at the end.
  std::string_view next() noexcept {
    if (at_end()) return {};
    auto& rest = rest_[depth_ - 1];
    const auto name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(name.size());
    slash_ = false;
    for (; depth_ > 0; --depth_) {
      auto& above = rest_[depth_ - 1];
      const auto slashes = std::min(above.find_first_not_of('/'), above.size());
      slash_ = slash_ || slashes != 0;
      above.remove_prefix(slashes);
      if (!above.empty()) break;
    }
    return name;
  }
  [[nodiscard]] bool at_end() const noexcept { return depth_ == 0; }
  /// At the end: true when a slash followed the last component, or a link that led to it.
  [[nodiscard]] bool ended_in_slash() const noexcept { return slash_ || directory_wanted_; }

 private:
  std::array<std::string_view, links_max + 1> rest_;
  std::size_t depth_ = 1;
  std::size_t followed_ = 0;
  bool slash_ = false;
  bool directory_wanted_ = false;
};

}  // namespace

result<resolved> resolve(node& root, node& at, std::string_view path, last_component last) noexcept {
  if (path.empty()) return resolved{nullptr, {}, &at, false};
  if (path.starts_with('/')) return fail(errc::cross_device, operation::lookup);
  remainder rest(path);
  node* here = &at;
  for (;;) {
    const auto name = rest.next();
    if (name.empty()) return resolved{nullptr, {}, here, rest.ended_in_slash()};
    if (!here->is_directory()) return fail(errc::not_directory, operation::lookup);
    if (name == ".") continue;
    if (name == "..") {
      if (here == &root) return fail(errc::cross_device, operation::lookup);
      here = here->entries().parent();
      if (here == nullptr) return fail(errc::not_found, operation::lookup);
      continue;
    }
    if (name.size() > name_bytes_max) return fail(errc::name_too_long, operation::lookup);
    const auto* const child = here->entries().find(name);
    const bool is_last = rest.at_end();
    const bool slash = is_last && rest.ended_in_slash();
    if (child == nullptr) {
      if (!is_last) return fail(errc::not_found, operation::lookup);
      return resolved{here, name, nullptr, slash};
    }
    node& found = **child;
    if (found.type() == file_type::symlink && (!is_last || slash || last == last_component::follow)) {
      if (found.target().starts_with('/')) return fail(errc::cross_device, operation::lookup);
      if (!rest.enter(found.target())) return fail(errc::loop, operation::lookup);
      continue;
    }
    if (is_last) {
      if (slash && !found.is_directory()) return fail(errc::not_directory, operation::lookup);
      return resolved{here, name, &found, slash};
    }
    here = &found;
  }
}

}  // namespace randomio::memory
