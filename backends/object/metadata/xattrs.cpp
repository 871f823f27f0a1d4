#include <randomio/backends/object/metadata/xattrs.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include <randomio/backends/object/base64.hpp>
#include <randomio/backends/object/names.hpp>

namespace randomio::object::metadata {

namespace {

constexpr std::string_view header = "xattr";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// Source: RFC 3986 §2.1; what is not unreserved (§2.3) is encoded.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
    }
  }
  return out;
}

std::optional<unsigned> hex_value(char c) {
  if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  const auto digit = hex_digits.find(c);
  if (digit == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(digit);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      const auto high = hex_value(text[at + 1]), low = hex_value(text[at + 2]);
      if (high && low) {
        out += static_cast<char>(*high << 4 | *low);
        at += 2;
        continue;
      }
    }
    out += text[at];
  }
  return out;
}

}  // namespace

xattrs read_xattrs(const properties::texts& from) {
  xattrs all;
  const auto at = from.find(header);
  if (at == from.end()) return all;
  const auto parsed = nlohmann::json::parse(percent_decoded(at->second), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return all;
  for (const auto& [name, value] : parsed.items()) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr) continue;
    if (auto bytes = base64_decoded(*text)) all.emplace(name, std::move(*bytes));
  }
  return all;
}

result<void> write_xattrs(const xattrs& all, properties::texts& to) {
  if (all.empty()) {
    if (const auto at = to.find(header); at != to.end()) to.erase(at);
    return {};
  }
  auto object = nlohmann::json::object();
  for (const auto& [name, value] : all) {
    if (!is_utf8(name)) return fail(errc::bad_sequence, operation::xattr);
    object[name] = base64_encoded(value);
  }
  to.insert_or_assign(std::string(header), percent_encoded(object.dump()));
  return {};
}

}  // namespace randomio::object::metadata
