#include <algorithm>
#include <utility>

#include "tests/support/object/fake_store.hpp"

// What the fake store holds: as a test plants it and looks at it, and as a request finds it.

namespace randomio::testing {

using object::part;
using object::properties;
using object::published;
using object::source;

namespace {

constexpr std::uint64_t checksum_base = 0x100000001b3U;
constexpr std::uint64_t hashed_tags_up_to = std::uint64_t{1} << 20;

std::string hex(std::uint64_t value) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(value >> unsigned(shift)) & 15U];
  return text;
}

}  // namespace

// ---- What a test does

void fake_store::plant(const std::string& key, rope bytes, properties with) {
  const std::scoped_lock lock(mutex_);
  auto tag = tag_of(bytes);
  publish(key, std::move(bytes), with, std::move(tag));
}

void fake_store::plant_parts(const std::string& key, rope bytes, std::uint64_t part_bytes) {
  const std::scoped_lock lock(mutex_);
  std::vector<part> parts;
  for (std::uint64_t at = 0; at < bytes.size(); at += part_bytes) {
    parts.push_back({.number = 0, .size = std::min(part_bytes, bytes.size() - at), .tag = fresh_tag()});
  }
  publish(key, std::move(bytes), {}, fresh_tag(), std::move(parts));
}

void fake_store::plant_editable(const std::string& key, rope bytes, object::editable may) {
  plant(key, std::move(bytes));
  const std::scoped_lock lock(mutex_);
  objects_.find(key)->second.front().about.bytes = may;
}

void fake_store::erase(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  objects_.erase(key);
}

std::optional<fake_store::stored> fake_store::peek(const std::string& key) const {
  const std::scoped_lock lock(mutex_);
  const auto* found = find(key);
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::string fake_store::text(const std::string& key) const {
  const auto found = peek(key);
  return found ? found->bytes.text() : std::string();
}

std::vector<std::string> fake_store::keys() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [key, all] : objects_) names.push_back(key);
  return names;
}

// ---- What a request does

const fake_store::stored* fake_store::find(std::string_view key) const {
  const auto found = objects_.find(key);
  return found != objects_.end() ? &found->second.front() : nullptr;
}

result<const fake_store::stored*> fake_store::find_source(const source& from, bool is_checked) const {
  const auto found = objects_.find(from.key);
  if (found == objects_.end()) {
    return unexpected(refused(errc::not_found, from.key, "NoSuchKey", 404, operation::copy));
  }
  const auto* chosen = &found->second.front();
  if (!from.version_id.empty() && set_.is_versioned) {
    const auto version =
        std::ranges::find(found->second, from.version_id, [](const stored& one) { return one.about.version_id; });
    if (version == found->second.end()) {
      return unexpected(refused(errc::not_found, from.key, "NoSuchVersion", 404, operation::copy));
    }
    chosen = &*version;
  }
  if (is_checked && !from.expected.tag.empty() && chosen->about.current != from.expected) {
    return unexpected(refused(errc::precondition_failed, from.key, "source changed", 412, operation::copy));
  }
  return chosen;
}

result<void> fake_store::check(std::string_view key, const precondition& when, bool is_honoured) const {
  if (!is_honoured) return {};
  const auto* found = find(key);
  if (when.what() == precondition::kind::absent && found != nullptr) {
    return unexpected(refused(errc::already_exists, key, "PreconditionFailed", 412));
  }
  if (when.what() == precondition::kind::matches && (found == nullptr || found->about.current != when.expected())) {
    return unexpected(refused(errc::precondition_failed, key, "PreconditionFailed", 412));
  }
  return {};
}

result<void> fake_store::check_name(std::string_view key, const properties& with) const {
  if (key.empty() || key.size() > set_.allowed.key_bytes_max) {
    return unexpected(refused(errc::name_too_long, key, "KeyTooLongError"));
  }
  std::uint64_t used = 0;
  for (const auto& [name, value] : with.metadata) used += name.size() + value.size();
  if (used > set_.allowed.metadata_bytes_max) {
    return unexpected(refused(errc::no_space, key, "MetadataTooLarge"));
  }
  return {};
}

published fake_store::publish(std::string_view key, rope bytes, const properties& with, std::string tag,
                              std::vector<part> parts) {
  stored made;
  made.parts = std::move(parts);
  if (set_.allowed.publication_ends_uploads) {
    for (auto& [id, one] : uploads_) {
      if (one.about.key == key) one.parts.clear();
    }
  }
  made.about.size = bytes.size();
  made.about.current.tag = std::move(tag);
  made.about.modified = {.seconds = 1'700'000'000 + static_cast<std::int64_t>(++serial_)};
  if (set_.is_versioned) made.about.version_id = "v" + std::to_string(serial_);
  made.about.held = with;
  made.about.tags = with.tags ? static_cast<std::uint32_t>(with.tags->size()) : 0;
  made.about.checksum = checksum(bytes);
  made.bytes = std::move(bytes);
  published outcome{
      .current = made.about.current, .version_id = made.about.version_id, .checksum = made.about.checksum};
  auto& all = objects_[std::string(key)];
  if (!set_.is_versioned) all.clear();
  all.insert(all.begin(), std::move(made));
  return outcome;
}

std::string fake_store::fresh_tag() {
  return "\"" + hex(++serial_ * 0x9e3779b97f4a7c15U) + "-1\"";
}

// A polynomial over the bytes: that of two texts, one after the other, follows from those of each.
std::string fake_store::checksum(const rope& bytes) const {
  if (!set_.has_checksums) return {};
  std::uint64_t sum = 0;
  for (const char c : bytes.text()) sum = sum * checksum_base + static_cast<unsigned char>(c) + 1;
  return std::to_string(sum);
}

std::optional<std::string> fake_store::checksum_of(std::span<const part> parts) const {
  std::uint64_t sum = 0;
  for (const auto& one : parts) {
    if (one.checksum.empty()) return std::nullopt;
    for (std::uint64_t i = 0; i < one.size; ++i) sum *= checksum_base;
    sum += std::stoull(one.checksum);
  }
  return std::to_string(sum);
}

std::string fake_store::tag_of(const rope& bytes) {
  if (!set_.content_tags || bytes.size() > hashed_tags_up_to) return fresh_tag();
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes.text()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return "\"" + hex(hash) + "\"";
}

error fake_store::refused(errc code, std::string_view key, std::string_view why, int status, operation op) {
  return error(code, op, status).with_key(key).with_message(why);
}

}  // namespace randomio::testing
