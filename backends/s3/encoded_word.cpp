#include <randomio/backends/s3/encoded_word.hpp>

#include <algorithm>
#include <optional>
#include <span>

#include <randomio/backends/http/fields.hpp>
#include <randomio/backends/object/base64.hpp>

namespace randomio::s3 {
namespace {

constexpr std::string_view start = "=?UTF-8?B?", end = "?=";
constexpr std::size_t word_bytes_max = 75;  // RFC 2047 §2.
// What fits between them, in whole base64 quantums.
constexpr std::size_t chunk_bytes_max = (word_bytes_max - start.size() - end.size()) / 4 * 3;

bool is_printable(unsigned char c) noexcept {
  return c >= 0x20 && c < 0x7F;
}

bool can_go_as_it_is(std::string_view text) noexcept {
  if (text.empty()) return true;
  return std::ranges::all_of(text, is_printable) && text.front() != ' ' && text.back() != ' ' && !text.contains("=?");
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The "Q" encoding. Source: RFC 2047 §4.2.
std::optional<std::string> quoted_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] != '=') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return out;
}

std::string utf8_of_latin1(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xC0 | c >> 6);
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

/// Takes the text up to a question mark, and the mark.
std::optional<std::string_view> field_of(std::string_view& rest) {
  const auto mark = rest.find('?');
  if (mark == std::string_view::npos) return std::nullopt;
  const auto field = rest.substr(0, mark);
  rest.remove_prefix(mark + 1);
  return field;
}

/// The encoded word at the front of `rest`, decoded, and taken off; nothing, and `rest` as it was, for anything else.
std::optional<std::string> take_word(std::string_view& rest) {
  if (!rest.starts_with("=?")) return std::nullopt;
  auto left = rest.substr(2);
  auto charset = field_of(left);
  const auto encoding = field_of(left);
  const auto content = field_of(left);
  if (!charset || !encoding || !content || !left.starts_with('=')) return std::nullopt;
  *charset = charset->substr(0, charset->find('*'));  // RFC 2231 §5: a language may follow.
  std::optional<std::string> decoded;
  if (http::same_name(*encoding, "B")) decoded = object::base64_decoded(*content);
  if (http::same_name(*encoding, "Q")) decoded = quoted_decoded(*content);
  if (!decoded) return std::nullopt;
  if (http::same_name(*charset, "ISO-8859-1")) {
    decoded = utf8_of_latin1(*decoded);
  } else if (!http::same_name(*charset, "UTF-8") && !http::same_name(*charset, "US-ASCII")) {
    return std::nullopt;
  }
  rest = left.substr(1);
  return decoded;
}

}  // namespace

std::string field_value_of(std::string_view text) {
  if (can_go_as_it_is(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    auto count = std::min(chunk_bytes_max, text.size());
    // A character must not be split between words (§5). What is no UTF-8 has no such place, and is cut anywhere.
    const auto continues = [&](std::size_t at) { return at < text.size() && (text[at] & 0xC0) == 0x80; };
    for (auto back = 0; back < 3 && continues(count); ++back) --count;
    if (!out.empty()) out += ' ';
    out.append(start).append(object::base64_encoded(std::as_bytes(std::span(text.substr(0, count))))).append(end);
    text.remove_prefix(count);
  }
  return out;
}

std::string text_of_field_value(std::string_view value) {
  std::string out;
  bool after_word = false;
  while (!value.empty()) {
    if (auto word = take_word(value)) {
      out += *word;
      after_word = true;
      continue;
    }
    // Blanks between two words belong to neither (§6.2).
    const auto blanks = std::min(value.find_first_not_of(" \t"), value.size());
    if (after_word && blanks > 0) {
      auto beyond = value.substr(blanks);
      if (auto word = take_word(beyond)) {
        out += *word;
        value = beyond;
        continue;
      }
    }
    after_word = false;
    const auto plain = std::max<std::size_t>(blanks, 1);
    out += value.substr(0, plain);
    value.remove_prefix(plain);
  }
  return out;
}

}  // namespace randomio::s3
