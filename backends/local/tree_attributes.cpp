#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "attribute_edit.hpp"
#include "descriptor_io.hpp"
#include "descriptor_link.hpp"
#include "local_error.hpp"
#include "target.hpp"
#include "tree.hpp"

namespace randomio::local {

result<attributes> tree::stat(node& at, std::string_view path) {
  const auto where = target::find(*this, at, path, operation::stat);
  if (!where) return unexpected(where.error());
  const auto status = file_status::of(where->fd(), operation::stat);
  if (!status) return unexpected(status.error());
  return status->describe(root_->id().device);
}

result<attributes> tree::set_attributes(node& at, std::string_view path, const attribute_change& change) {
  const auto where = target::find(*this, at, path, operation::set_attributes);
  if (!where) return unexpected(where.error());
  return edit_attributes(where->fd(), descriptor_kind::location, change, root_->id().device);
}

namespace {

/// Access lists (system.posix_acl_*) are refused rather than stored: nothing above would enforce them.
bool is_served(std::string_view key) noexcept {
  return key.starts_with("user.") || key.starts_with("trusted.") || key.starts_with("security.");
}

/// One attribute of one file, ready for the *xattr(2) calls.
class attribute_name {
 public:
  static result<attribute_name> find(tree& in, node& at, std::string_view path, std::string_view key) {
    if (!is_served(key)) return fail_with(EOPNOTSUPP, operation::xattr);
    if (key.size() >= sizeof key_ || key.find('\0') != std::string_view::npos) {
      return fail_with(ERANGE, operation::xattr);
    }
    auto where = target::find(in, at, path, operation::xattr);
    if (!where) return unexpected(std::move(where).error());
    result<attribute_name> name;
    name->where_ = std::move(*where);
    std::memcpy(name->key_, key.data(), key.size());
    name->key_[key.size()] = '\0';
    return name;
  }
  [[nodiscard]] int fd() const noexcept { return where_.fd(); }
  [[nodiscard]] const char* key() const noexcept { return key_; }

 private:
  target where_;
  char key_[256] = {};  // XATTR_NAME_MAX and the zero.
};

}  // namespace

result<std::size_t> tree::get_xattr(node& at, std::string_view path, std::string_view key, std::span<std::byte> out) {
  const auto name = attribute_name::find(*this, at, path, key);
  if (!name) return unexpected(name.error());
  const descriptor_link file(name->fd());
  const ssize_t n = ::getxattr(file.c_str(), name->key(), out.data(), out.size());
  if (n < 0) return fail_errno(operation::xattr);
  return static_cast<std::size_t>(n);
}

result<void> tree::set_xattr(node& at, std::string_view path, std::string_view key, std::span<const std::byte> value,
                             xattr_mode mode) {
  const auto name = attribute_name::find(*this, at, path, key);
  if (!name) return unexpected(name.error());
  const int flags = mode == xattr_mode::create ? XATTR_CREATE : mode == xattr_mode::replace ? XATTR_REPLACE : 0;
  const descriptor_link file(name->fd());
  if (::setxattr(file.c_str(), name->key(), value.data(), value.size(), flags) != 0) {
    return fail_errno(operation::xattr);
  }
  return {};
}

result<void> tree::remove_xattr(node& at, std::string_view path, std::string_view key) {
  const auto name = attribute_name::find(*this, at, path, key);
  if (!name) return unexpected(name.error());
  const descriptor_link file(name->fd());
  if (::removexattr(file.c_str(), name->key()) != 0) return fail_errno(operation::xattr);
  return {};
}

result<std::vector<std::string>> tree::list_xattr(node& at, std::string_view path) {
  const auto where = target::find(*this, at, path, operation::xattr);
  if (!where) return unexpected(where.error());
  const descriptor_link file(where->fd());
  std::string names;
  ssize_t n = 0;
  do {  // The list may grow between asking for its size and reading it.
    n = ::listxattr(file.c_str(), nullptr, 0);
    if (n < 0) break;
    names.resize(static_cast<std::size_t>(n));
    n = ::listxattr(file.c_str(), names.data(), names.size());
  } while (n < 0 && errno == ERANGE);
  if (n < 0) return fail_errno(operation::xattr);
  std::vector<std::string> served;
  for (std::size_t start = 0; start < static_cast<std::size_t>(n);) {
    const std::string_view name(names.c_str() + start);
    if (is_served(name)) served.emplace_back(name);
    start += name.size() + 1;
  }
  return served;
}

result<void> tree::sync(node& at) {
  // Nothing of the others can be synced: opening a device or a fifo has effects of its own.
  if (at.type() != file_type::regular && at.type() != file_type::directory) return {};
  const descriptor_link file(at.fd());
  constexpr int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  descriptor fd(::open(file.c_str(), O_RDONLY | flags));
  if (!fd && errno == EACCES && at.type() == file_type::regular)
    fd = descriptor(::open(file.c_str(), O_WRONLY | flags));
  if (!fd) return fail_errno(operation::sync);
  return sync_descriptor(fd.get(), false);
}

result<space_usage> tree::usage(node& at) {
  struct statvfs space{};
  if (::fstatvfs(at.fd(), &space) != 0) return fail_errno(operation::stat);
  space_usage usage;
  usage.block_size = space.f_frsize;
  usage.blocks = space.f_blocks;
  usage.blocks_free = space.f_bfree;
  usage.blocks_available = space.f_bavail;
  usage.files = space.f_files;
  usage.files_free = space.f_ffree;
  usage.name_max = static_cast<std::uint32_t>(space.f_namemax);
  return usage;
}

}  // namespace randomio::local
