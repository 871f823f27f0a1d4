#include <randomio/backends/object/resolve.hpp>

#include <algorithm>
#include <utility>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

constexpr int links_max = 40;  // Source: path_resolution(7).

/// What is left of a path, with the targets of links put in front of it.
class remainder {
 public:
  explicit remainder(std::string path) : rest_(std::move(path)) {}

  /// The next component, taken off together with the slashes after it.
  std::string next() {
    const auto end = std::min(rest_.find('/'), rest_.size());
    auto name = rest_.substr(0, end);
    const auto after = std::min(rest_.find_first_not_of('/', end), rest_.size());
    ended_in_slash_ = after != end;
    rest_.erase(0, after);
    return name;
  }
  void enter(const std::string& target) {
    if (!rest_.empty()) {
      rest_ = target + '/' + rest_;
    } else {
      rest_ = ended_in_slash_ ? target + '/' : target;
    }
  }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  /// At the end: true when the path ended in a slash.
  [[nodiscard]] bool slash() const noexcept { return at_end() && ended_in_slash_; }

 private:
  std::string rest_;
  bool ended_in_slash_ = false;
};

}  // namespace

task<result<place>> resolve(volume& in, std::shared_ptr<node> at, std::string path, last_component last,
                            stop_token stop) {
  if (path.empty()) co_return place{.parent = {}, .name = {}, .found = std::move(at)};
  if (path.starts_with('/')) co_return fail(errc::cross_device, operation::lookup);
  remainder rest(std::move(path));
  auto here = std::move(at);
  for (int links = 0;;) {
    auto name = rest.next();
    if (!here->is_directory()) co_return fail(errc::not_directory, operation::lookup);
    if (name == "." || name == "..") {
      if (name == "..") {
        if (here->is_root()) co_return fail(errc::cross_device, operation::lookup);
        auto above = co_await in.parent(*here, stop);
        if (!above) co_return unexpected(std::move(above).error());
        here = std::move(*above);
      }
      if (rest.at_end()) {
        const bool slash = rest.slash();
        co_return place{.parent = {}, .name = {}, .found = std::move(here), .directory_wanted = slash};
      }
      continue;
    }
    if (name.size() > name_bytes_max) co_return fail(errc::name_too_long, operation::lookup);
    const bool is_last = rest.at_end(), slash = rest.slash();
    auto found = co_await in.child(*here, name, stop);
    if (!found) co_return unexpected(std::move(found).error());
    auto child = std::move(*found);
    if (child == nullptr) {
      if (!is_last) co_return fail(errc::not_found, operation::lookup);
      co_return place{.parent = std::move(here), .name = std::move(name), .found = {}, .directory_wanted = slash};
    }
    if (child->type == file_type::symlink && (!is_last || slash || last == last_component::follow)) {
      auto target = co_await in.target_of(*child, stop);
      if (!target) co_return unexpected(std::move(target).error());
      if (target->empty()) co_return fail(errc::not_found, operation::lookup);
      if (target->starts_with('/')) co_return fail(errc::cross_device, operation::lookup);
      if (++links > links_max) co_return fail(errc::loop, operation::lookup);
      rest.enter(*target);
      continue;
    }
    if (is_last) {
      if (slash && !child->is_directory()) co_return fail(errc::not_directory, operation::lookup);
      co_return place{
          .parent = std::move(here), .name = std::move(name), .found = std::move(child), .directory_wanted = slash};
    }
    here = std::move(child);
  }
}

}  // namespace randomio::object
