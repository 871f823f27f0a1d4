#include <randomio/backends/http/percent.hpp>

namespace randomio::http {
namespace {

constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

constexpr int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void append_percent_encoded(std::string& to, std::string_view text, slash slashes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && slashes == slash::kept)) {
      to.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    to.push_back('%');
    to.push_back(digits[byte >> 4]);
    to.push_back(digits[byte & 15]);
  }
}

std::string percent_encode(std::string_view text, slash slashes) {
  std::string encoded;
  encoded.reserve(text.size() + text.size() / 4);
  append_percent_encoded(encoded, text, slashes);
  return encoded;
}

result<std::string> percent_decode(std::string_view text, plus pluses) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && pluses == plus::space) {
      decoded.push_back(' ');
    } else if (text[at] != '%') {
      decoded.push_back(text[at]);
    } else {
      const int high = text.size() - at > 2 ? digit(text[at + 1]) : -1;
      const int low = text.size() - at > 2 ? digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) {
        std::string message("'");
        message.append(text).append("': '%' is not followed by two hexadecimal digits");
        return unexpected(error(errc::invalid).with_message(message));
      }
      decoded.push_back(static_cast<char>(high << 4 | low));
      at += 2;
    }
  }
  return decoded;
}

}  // namespace randomio::http
