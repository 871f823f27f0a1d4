#include <algorithm>
#include <string_view>
#include <utility>

#include <randomio/backends/memory/node.hpp>
#include <randomio/core/io/xattr_name.hpp>

namespace randomio::memory {

namespace {

constexpr std::size_t xattr_value_max = 65'536;  // XATTR_SIZE_MAX

}  // namespace

std::uint64_t node::xattr_bytes() const noexcept {
  std::uint64_t all = 0;
  for (const auto& [key, value] : *xattrs_) all += key.size() + value.size();
  return all;
}

result<std::size_t> node::get_xattr(std::string_view key, std::span<std::byte> out) noexcept {
  if (const auto refused = xattr_name_refusal(key)) return fail(*refused, operation::xattr);
  const shared_guard held(mutex_);
  if (xattrs_ == nullptr) return fail(errc::no_attribute, operation::xattr);
  const auto found = xattrs_->find(key);
  if (found == xattrs_->end()) return fail(errc::no_attribute, operation::xattr);
  const auto& value = found->second;
  if (out.empty()) return value.size();
  if (out.size() < value.size()) return fail(errc::range, operation::xattr);
  std::ranges::copy(value, out.begin());
  return value.size();
}

result<void> node::set_xattr(std::string_view key, std::span<const std::byte> value, xattr_mode mode) noexcept {
  if (const auto refused = xattr_name_refusal(key)) return fail(*refused, operation::xattr);
  if (value.size() > xattr_value_max) return fail(errc::too_large, operation::xattr);
  const exclusive_guard held(mutex_);
  return out_of_memory_is_error(operation::xattr, [&]() -> result<void> {
    if (xattrs_ == nullptr) {
      if (mode == xattr_mode::replace) return fail(errc::no_attribute, operation::xattr);
      xattrs_ = std::make_unique<xattrs>();
    }
    auto found = xattrs_->find(key);
    const bool there = found != xattrs_->end();
    if (there && mode == xattr_mode::create) return fail(errc::already_exists, operation::xattr);
    if (!there && mode == xattr_mode::replace) return fail(errc::no_attribute, operation::xattr);
    std::vector<std::byte> copy(value.begin(), value.end());
    const auto before = there ? key.size() + found->second.size() : 0;
    const auto after = key.size() + value.size();
    if (after > before && !volume_->take_bytes(after - before)) return fail(errc::no_space, operation::xattr);
    if (!there) found = xattrs_->emplace(std::string(key), std::vector<std::byte>()).first;
    found->second.swap(copy);
    if (before > after) volume_->give_bytes(before - after);
    attributes_.ctime = volume_->now();
    return {};
  });
}

result<std::vector<std::string>> node::list_xattr() noexcept {
  const shared_guard held(mutex_);
  return out_of_memory_is_error(operation::xattr, [&]() -> result<std::vector<std::string>> {
    std::vector<std::string> keys;
    if (xattrs_ == nullptr) return keys;
    for (const auto& attribute : *xattrs_) keys.push_back(attribute.first);
    return keys;
  });
}

result<void> node::remove_xattr(std::string_view key) noexcept {
  if (const auto refused = xattr_name_refusal(key)) return fail(*refused, operation::xattr);
  const exclusive_guard held(mutex_);
  if (xattrs_ == nullptr) return fail(errc::no_attribute, operation::xattr);
  const auto found = xattrs_->find(key);
  if (found == xattrs_->end()) return fail(errc::no_attribute, operation::xattr);
  volume_->give_bytes(found->first.size() + found->second.size());
  xattrs_->erase(found);
  attributes_.ctime = volume_->now();
  return {};
}

}  // namespace randomio::memory
