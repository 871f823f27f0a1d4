#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

/// How many bytes follow the first one of a character, and its smallest second byte; 4 for what starts none.
struct character {
  unsigned following = 4;
  unsigned char second_min = 0x80, second_max = 0xbf;
};

character starting_with(unsigned char first) noexcept {
  if (first < 0x80) return {0, 0, 0};
  if (first < 0xc2) return {};
  if (first < 0xe0) return {1, 0x80, 0xbf};
  if (first == 0xe0) return {2, 0xa0, 0xbf};
  if (first == 0xed) return {2, 0x80, 0x9f};
  if (first < 0xf0) return {2, 0x80, 0xbf};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first < 0xf4) return {3, 0x80, 0xbf};
  if (first == 0xf4) return {3, 0x80, 0x8f};
  return {};
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto one = starting_with(static_cast<unsigned char>(text[at]));
    if (one.following == 4 || text.size() - at <= one.following) return false;
    for (unsigned i = 1; i <= one.following; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if (byte < (i == 1 ? one.second_min : 0x80) || byte > (i == 1 ? one.second_max : 0xbf)) return false;
    }
    at += one.following + 1;
  }
  return true;
}

bool is_nameable(std::string_view segment) noexcept {
  return !segment.empty() && segment != "." && segment != ".." && segment.size() <= name_bytes_max &&
         segment.find('\0') == std::string_view::npos && segment.find('/') == std::string_view::npos;
}

std::string key_below(std::string_view directory, std::string_view name) {
  std::string key;
  key.reserve(directory.size() + 1 + name.size());
  if (!directory.empty()) key.append(directory) += '/';
  key += name;
  return key;
}

std::string marker_of(std::string_view directory) {
  std::string key(directory);
  if (!key.empty()) key += '/';
  return key;
}

std::string_view parent_of(std::string_view key) noexcept {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
}

std::string_view last_segment(std::string_view key) noexcept {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

bool is_within(std::string_view key, std::string_view directory) noexcept {
  if (directory.empty() || key == directory) return true;
  return key.size() > directory.size() && key.starts_with(directory) && key[directory.size()] == '/';
}

bool is_hidden(std::string_view key) noexcept {
  return key.starts_with(hidden_prefix) || key == hidden_prefix.substr(0, hidden_prefix.size() - 1);
}

result<void> check_key(std::string_view key, const limits& allowed) noexcept {
  if (!is_utf8(key)) return fail(errc::bad_sequence);
  if (key.size() > allowed.key_bytes_max) return fail(errc::name_too_long);
  if (is_hidden(key)) return fail(errc::not_permitted);
  return {};
}

// FNV-1a, then a mixer, so that keys that differ in their last byte alone differ everywhere.
// Source: draft-eastlake-fnv; Vigna, "splitmix64".
std::uint64_t number_of(std::string_view key, std::uint64_t again) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325 ^ again * 0x9e3779b97f4a7c15;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
  hash ^= hash >> 31;
  return hash < 3 ? hash + 3 : hash;  // 0 is no number, and 1 is the root.
}

}  // namespace randomio::object
