#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/object/metadata/xattrs.hpp>
#include <randomio/core/io/xattr_name.hpp>

namespace randomio::object {

namespace {

constexpr std::string_view own_names = "user.randomiofs.";

/// What a file says of itself, by the name behind the prefix.
std::optional<std::string> own_value(const node& n, std::string_view name, const options& how) {
  if (name == "backend") return how.name;
  if (name == "dirty") return n.is_local_truth() ? "1" : "0";
  const std::scoped_lock lock(n.mutex);
  if (name == "error" && !n.last_error.empty()) return n.last_error;
  if (!n.known.object) return std::nullopt;
  if (name == "etag") return n.known.object->current.tag;
  if (name == "version" && !n.known.object->version_id.empty()) return n.known.object->version_id;
  return std::nullopt;
}

result<std::size_t> hand_over(std::string_view value, std::span<std::byte> out) {
  if (out.empty()) return value.size();
  if (out.size() < value.size()) return fail(errc::range, operation::xattr);
  std::memcpy(out.data(), value.data(), value.size());
  return value.size();
}

}  // namespace

task<result<std::size_t>> filesystem::get_xattr(node& at, std::string_view path, std::string_view key,
                                                mutable_buffer out, stop_token stop) {
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::xattr, stop);
  if (!n) co_return unexpected(std::move(n).error());
  if (key.starts_with(own_names)) {
    const auto value = own_value(**n, key.substr(own_names.size()), volume_->how());
    if (!value) co_return fail(errc::no_attribute, operation::xattr);
    co_return hand_over(*value, out.bytes());
  }
  if (const auto refused = xattr_name_refusal(key)) co_return fail(*refused, operation::xattr);
  auto held = co_await volume_->held_by(**n, stop);
  if (!held) co_return unexpected(std::move(held).error());
  const auto all = metadata::read_xattrs(held->metadata);
  const auto value = all.find(key);
  if (value == all.end()) co_return fail(errc::no_attribute, operation::xattr);
  co_return hand_over(value->second, out.bytes());
}

task<result<void>> filesystem::set_xattr(node& at, std::string_view path, std::string_view key, const_buffer value,
                                         xattr_mode mode) {
  if (!abilities_.xattrs) co_return fail(errc::unsupported, operation::xattr);
  if (const auto refused = xattr_name_refusal(key)) co_return fail(*refused, operation::xattr);
  if (key.starts_with(own_names)) co_return fail(errc::not_permitted, operation::xattr);
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::xattr);
  if (!n) co_return unexpected(std::move(n).error());
  const auto bytes = value.bytes();
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto alone = co_await (*n)->gate.lock();
  const auto when = volume::now();
  co_return co_await volume_->change(*n, [&](metadata::posix& said, properties& with) -> result<void> {
    auto all = metadata::read_xattrs(with.metadata);
    const bool there = all.contains(key);
    if (mode == xattr_mode::create && there) return fail(errc::already_exists, operation::xattr);
    if (mode == xattr_mode::replace && !there) return fail(errc::no_attribute, operation::xattr);
    all.insert_or_assign(std::string(key), text);
    said.ctime = when;
    return metadata::write_xattrs(all, with.metadata);
  });
}

task<result<std::vector<std::string>>> filesystem::list_xattr(node& at, std::string_view path, stop_token stop) {
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::xattr, stop);
  if (!n) co_return unexpected(std::move(n).error());
  auto held = co_await volume_->held_by(**n, stop);
  if (!held) co_return unexpected(std::move(held).error());
  std::vector<std::string> names;
  for (const auto& [name, value] : metadata::read_xattrs(held->metadata)) names.push_back(name);
  co_return names;
}

task<result<void>> filesystem::remove_xattr(node& at, std::string_view path, std::string_view key) {
  if (!abilities_.xattrs) co_return fail(errc::unsupported, operation::xattr);
  if (const auto refused = xattr_name_refusal(key)) co_return fail(*refused, operation::xattr);
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::xattr);
  if (!n) co_return unexpected(std::move(n).error());
  const auto alone = co_await (*n)->gate.lock();
  const auto when = volume::now();
  co_return co_await volume_->change(*n, [&](metadata::posix& said, properties& with) -> result<void> {
    auto all = metadata::read_xattrs(with.metadata);
    const auto value = all.find(key);
    if (value == all.end()) return fail(errc::no_attribute, operation::xattr);
    all.erase(value);
    said.ctime = when;
    return metadata::write_xattrs(all, with.metadata);
  });
}

}  // namespace randomio::object
