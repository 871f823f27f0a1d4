#include <randomio/backends/object/metadata/dialect.hpp>

#include <array>
#include <utility>

#include <randomio/backends/object/metadata/formats.hpp>
#include <randomio/backends/object/metadata/values.hpp>

namespace randomio::object::metadata {

namespace {

/// All of them, the one that is believed first in front.
constexpr std::array<const format*, 7> all_formats{&aws_format,    &underscore_format, &plain_format, &geesefs_format,
                                                   &s3sync_format, &google_format,     &azure_format};

const format* written_as(dialect as) noexcept {
  switch (as) {
    case dialect::aws: return &aws_format;
    case dialect::azure: return &underscore_format;
    case dialect::s3fs: return &s3fs_format;
    case dialect::rclone: return &rclone_format;
    case dialect::none: return nullptr;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string_view> value_of(const texts& from, std::string_view name) {
  const auto at = from.find(name);
  if (at == from.end()) return std::nullopt;
  return at->second;
}

void set(texts& to, std::string_view name, std::optional<std::string> value, extent_of_writing how) {
  if (!value) return;
  const auto at = to.find(name);
  if (at != to.end()) {
    at->second = std::move(*value);
  } else if (how == extent_of_writing::whole) {
    to.emplace(name, std::move(*value));
  }
}

std::optional<std::uint32_t> whole_mode(const posix& what) noexcept {
  if (!what.mode || !what.type) return std::nullopt;
  return type_bits(*what.type) | (*what.mode & 07777);
}

void take_mode(std::optional<std::uint64_t> st_mode, posix& into) {
  if (!st_mode) return;
  fill(into.type, type_of(*st_mode));
  fill(into.mode, std::optional(static_cast<std::uint32_t>(*st_mode & 07777)));
}

posix read(const properties::texts& from) {
  posix found;
  if (from.empty()) return found;
  for (const auto* one : all_formats) one->read(from, found);
  return found;
}

void write(const posix& what, dialect as, properties::texts& to) {
  for (const auto* one : all_formats) one->write(what, to, extent_of_writing::what_is_there);
  if (const auto* chosen = written_as(as)) chosen->write(what, to, extent_of_writing::whole);
}

std::uint64_t size_of(const properties::texts& all) noexcept {
  std::uint64_t bytes = 0;
  for (const auto& [name, value] : all) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace randomio::object::metadata
