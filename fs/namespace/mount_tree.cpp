#include "fs/namespace/mount_tree.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>

namespace randomiofs {

using randomio::errc;
using randomio::error;
using randomio::result;
using randomio::unexpected;

namespace {

// Inode numbers of local filesystems stay far below 2^48; what is above tells the backends apart.
constexpr int ino_bits = 48;
constexpr std::uint64_t synthetic_ino_base = std::uint64_t{0x7fff} << ino_bits;

unexpected bad_path(std::string_view path, std::string_view why) {
  return unexpected(error(errc::invalid, randomio::operation::configure).with_key(path).with_message(why));
}

void init_directory(mount_point& point, std::uint64_t ino) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
  const randomio::timestamp when{seconds.count(), static_cast<std::uint32_t>((now - seconds).count())};
  point.self.mount = &point;
  point.synthetic = {.type = randomio::file_type::directory,
                     .mode = 0555,
                     .uid = ::getuid(),
                     .gid = ::getgid(),
                     .ino = synthetic_ino_base + ino,
                     .nlink = 2,
                     .atime = when,
                     .mtime = when,
                     .ctime = when,
                     .btime = when};
}

}  // namespace

result<std::unique_ptr<mount_tree>> mount_tree::make(std::vector<mounted_backend> backends) {
  std::unique_ptr<mount_tree> tree(new mount_tree);
  tree->backends_ = std::move(backends);
  init_directory(tree->root_, ++tree->made_);
  for (std::uint64_t i = 0; auto& backend : tree->backends_) {
    backend.ino_base = i++ << ino_bits;
    if (auto added = tree->add(backend); !added) return unexpected(std::move(added).error());
  }
  return tree;
}

result<void> mount_tree::add(mounted_backend& backend) {
  if (!backend.path.starts_with('/')) return bad_path(backend.path, "a mount path must start with '/'");
  auto* point = &root_;
  for (std::string_view rest = std::string_view(backend.path).substr(1); !rest.empty();) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    if (segment.empty() || segment == "." || segment == "..") {
      return bad_path(backend.path, "a mount path has no empty, '.' or '..' segments");
    }
    auto& child = point->children[std::string(segment)];
    if (child == nullptr) {
      child = std::make_unique<mount_point>();
      child->name = segment;
      child->parent = point;
      init_directory(*child, ++made_);
      ++point->synthetic.nlink;
    }
    point = child.get();
  }
  if (point->self.store != nullptr) return bad_path(backend.path, "this mount path is used twice");
  for (const auto& other : backends_) {
    if (&other == &backend) break;
    if (other.name == backend.name) return bad_path(backend.path, "this backend is already mounted at " + other.path);
  }
  point->self.store = &backend;
  point->self.node = backend.fs.root();
  return {};
}

}  // namespace randomiofs
