#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/core/io/error.hpp>

namespace randomio {

/// A key in a store: segments joined by `/`, none empty, none `.` or `..`, no control characters. The same
/// rules as the object_store crate, so keys written by one are found by the other. Converts to the raw
/// string that the filesystem operations take.
///
/// Source: docs.rs/object_store, struct Path.
class path {
 public:
  path() = default;  ///< The root: no segments.

  /// Takes the text as it is, less one leading and one trailing `/`; percent sequences stay as they are.
  /// Errors: invalid, for an empty segment, `.`, `..` or an ASCII control character.
  [[nodiscard]] static result<path> parse(std::string_view text);
  /// Splits at `/`, drops empty segments and percent-encodes what `parse` would refuse or a URL would alter.
  [[nodiscard]] static path from(std::string_view text);
  /// One segment each; a `/` within a part is encoded.
  [[nodiscard]] static path from_parts(std::initializer_list<std::string_view> parts);
  /// Percent-decodes, then parses. Errors: invalid, also for a malformed sequence.
  [[nodiscard]] static result<path> from_url_path(std::string_view encoded);

  [[nodiscard]] const std::string& str() const noexcept { return text_; }
  operator std::string_view() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  [[nodiscard]] std::vector<std::string_view> parts() const;
  [[nodiscard]] std::string_view filename() const noexcept;
  /// What follows the last `.` of the file name; empty when there is none.
  [[nodiscard]] std::string_view extension() const noexcept;
  [[nodiscard]] path parent() const;
  /// This path with one more segment, encoded as by `from`.
  [[nodiscard]] path child(std::string_view segment) const;
  /// What is left when `prefix` is taken off, segment by segment: `a/b` is no prefix of `a/bc`.
  [[nodiscard]] std::optional<path> strip_prefix(const path& prefix) const;

  friend bool operator==(const path&, const path&) = default;
  friend auto operator<=>(const path&, const path&) = default;

 private:
  static bool valid_segment(std::string_view segment) noexcept;
  static void append_encoded(std::string& to, std::string_view segment);
  static std::optional<unsigned> hex_digit(char c) noexcept;
  explicit path(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

inline bool path::valid_segment(std::string_view segment) noexcept {
  if (segment.empty() || segment == "." || segment == "..") return false;
  for (const unsigned char c : segment) {
    if (c < 0x20 || c == 0x7f) return false;
  }
  return true;
}

inline result<path> path::parse(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.empty()) return path();
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    if (!valid_segment(text.substr(at, end - at))) {
      return unexpected(error(errc::invalid)
                            .with_key(text)
                            .with_message("a path segment is empty, '.', '..' or holds a control character"));
    }
    at = end + 1;
  }
  return path(std::string(text));
}

inline void path::append_encoded(std::string& to, std::string_view segment) {
  constexpr std::string_view reserved = "/\\{^}%`]\">[~<#|*?";
  constexpr std::string_view digits = "0123456789ABCDEF";
  const bool dots = segment == "." || segment == "..";
  for (const char c : segment) {
    const auto byte = static_cast<unsigned char>(c);
    const bool encode = byte < 0x20 || byte >= 0x7f || dots || reserved.find(c) != std::string_view::npos;
    if (!encode) {
      to += c;
      continue;
    }
    to += '%';
    to += digits[byte >> 4];
    to += digits[byte & 15];
  }
}

inline path path::from(std::string_view text) {
  std::string joined;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    if (end > at) {
      if (!joined.empty()) joined += '/';
      append_encoded(joined, text.substr(at, end - at));
    }
    at = end + 1;
  }
  return path(std::move(joined));
}

inline path path::from_parts(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const auto part : parts) {
    if (part.empty()) continue;
    if (!joined.empty()) joined += '/';
    append_encoded(joined, part);
  }
  return path(std::move(joined));
}

inline std::optional<unsigned> path::hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

inline result<path> path::from_url_path(std::string_view encoded) {
  std::string decoded;
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    if (encoded[at] != '%') {
      decoded += encoded[at];
      continue;
    }
    const auto high = at + 2 < encoded.size() ? hex_digit(encoded[at + 1]) : std::nullopt;
    const auto low = at + 2 < encoded.size() ? hex_digit(encoded[at + 2]) : std::nullopt;
    if (!high || !low) {
      return unexpected(error(errc::invalid).with_key(encoded).with_message("a '%' is not followed by two hex digits"));
    }
    decoded += static_cast<char>(*high << 4 | *low);
    at += 2;
  }
  return parse(decoded);
}

inline std::vector<std::string_view> path::parts() const {
  std::vector<std::string_view> all;
  const std::string_view text = text_;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

inline std::string_view path::filename() const noexcept {
  const std::string_view text = text_;
  const auto slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

inline std::string_view path::extension() const noexcept {
  const auto last = filename();
  const auto dot = last.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : last.substr(dot + 1);
}

inline path path::parent() const {
  const auto slash = text_.rfind('/');
  return slash == std::string::npos ? path() : path(text_.substr(0, slash));
}

inline path path::child(std::string_view segment) const {
  std::string joined = text_;
  if (!joined.empty() && !segment.empty()) joined += '/';
  append_encoded(joined, segment);
  return path(std::move(joined));
}

inline std::optional<path> path::strip_prefix(const path& prefix) const {
  if (prefix.empty()) return *this;
  if (!text_.starts_with(prefix.text_)) return std::nullopt;
  if (text_.size() == prefix.text_.size()) return path();
  if (text_[prefix.text_.size()] != '/') return std::nullopt;
  return path(text_.substr(prefix.text_.size() + 1));
}

}  // namespace randomio
