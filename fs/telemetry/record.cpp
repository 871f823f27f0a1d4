#include "fs/telemetry/record.hpp"

#include <array>

namespace randomiofs::log {
namespace {

constexpr char separator = '\0';  // No text of ours holds one: file names and settings are C strings.

void append_text(std::string& to, std::string_view text) {
  for (const char c : text) {
    if (c != separator) to += c;
  }
}

bool needs_quotes(std::string_view value) noexcept {
  if (value.empty()) return true;
  for (const unsigned char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
  }
  return false;
}

void append_escaped(std::string& to, std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      to += {'\\', c};
    } else if (c == '\n') {
      to += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      to += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      to += c;
    }
  }
}

std::string_view next_part(std::string_view& rest) {
  const auto part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

}  // namespace

std::string field::text() const {
  if (const auto* text = std::get_if<std::string_view>(&value_)) return std::string(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value_)) return std::to_string(*number);
  return std::to_string(std::get<std::uint64_t>(value_));
}

std::string pack(std::string_view message, std::initializer_list<field> fields) {
  std::string packed;
  append_text(packed, message);
  for (const auto& each : fields) {
    packed += separator;
    append_text(packed, each.key());
    packed += separator;
    append_text(packed, each.text());
  }
  packed += separator;
  return packed;
}

record record::unpack(std::string_view packed) {
  record out{.message = next_part(packed), .fields = {}};
  while (!packed.empty()) {
    const auto key = next_part(packed);
    out.fields.emplace_back(key, next_part(packed));
  }
  return out;
}

std::string record::line() const {
  std::string out;
  append_escaped(out, message);
  for (const auto& [key, value] : fields) {
    out.append(" ").append(key).append("=");
    if (!needs_quotes(value)) {
      out += value;
      continue;
    }
    out += '"';
    append_escaped(out, value);
    out += '"';
  }
  return out;
}

}  // namespace randomiofs::log
