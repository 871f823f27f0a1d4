#include "target.hpp"

#include <fcntl.h>

namespace randomio::local {

result<target> target::find(tree& in, node& at, std::string_view path, operation op) {
  target found;
  if (path.empty()) {
    found.fd_ = at.fd();
    return found;
  }
  const path_text text(path);
  if (!text) return text.failure(op);
  auto fd = in.open_beneath(at, text.c_str(), O_PATH | O_NOFOLLOW, 0, op);
  if (!fd) return unexpected(std::move(fd).error());
  return target(std::move(*fd));
}

result<place> place::find(tree& in, node& at, std::string_view path, operation op) {
  const auto last_byte = path.find_last_not_of('/');
  const auto slash = last_byte == std::string_view::npos ? path.size() : path.rfind('/', last_byte);
  const bool alone = slash == std::string_view::npos || slash >= path.size();
  const auto name = alone ? path : path.substr(slash + 1);
  // A path of slashes only is the machine's root, which the resolution below refuses.
  const auto parent = last_byte == std::string_view::npos ? path
                      : alone                             ? std::string_view{}
                                                          : path.substr(0, slash + 1);
  const path_text text(name);
  if (!text) return text.failure(op);
  result<place> found;
  if (!parent.empty()) {
    const path_text parent_text(parent);
    if (!parent_text) return parent_text.failure(op);
    auto directory = in.open_beneath(at, parent_text.c_str(), O_PATH | O_DIRECTORY, 0, op);
    if (!directory) return unexpected(std::move(directory).error());
    found->directory_ = target(std::move(*directory));
  } else {
    auto directory = target::find(in, at, {}, op);
    if (!directory) return unexpected(std::move(directory).error());
    found->directory_ = std::move(*directory);
  }
  std::memcpy(found->name_, text.c_str(), name.size() + 1);
  return found;
}

}  // namespace randomio::local
