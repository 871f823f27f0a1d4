#include <randomio/backends/http/credentials/refusal.hpp>

#include <algorithm>

namespace randomio::http {
namespace {

constexpr std::string_view omitted = "[…]";

// Keys and tokens are base64 in one of its alphabets, or hexadecimal; no word of a language is this long.
constexpr std::size_t token_bytes_min = 20;

// Nobody's secret is shorter; replacing less would only mangle words.
constexpr std::size_t secret_bytes_min = 8;

constexpr bool in_token(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '=' || c == '-' || c == '_';
}

// One line without control characters, cut between characters. Source: RFC 3629 §3.
std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
  }
  if (out.size() > bytes_max) {
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
    out.resize(end);
    out += "…";
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

unexpected refuse(errc why, std::string_view message) {
  return unexpected(error(why).with_message(message));
}

error in_context(const error& from, std::string_view tried) {
  std::string message(tried);
  message.append(": ").append(from.message().empty() ? name(from.code()) : from.message());
  return error(from.code(), from.op(), from.vendor_code())
      .with_message(message)
      .with_key(from.key())
      .with_request_id(from.request_id());
}

std::string quotable(std::string_view text, std::span<const secret> secrets, std::size_t bytes_max) {
  std::string out(text);
  for (const auto& one : secrets) {
    const auto hidden = one.reveal();
    if (hidden.size() < secret_bytes_min) continue;
    for (auto at = out.find(hidden); at != std::string::npos; at = out.find(hidden, at + omitted.size())) {
      out.replace(at, hidden.size(), omitted);
    }
  }
  return one_line(out, bytes_max);
}

std::string quotable_without_tokens(std::string_view text, std::size_t bytes_max) {
  std::string out;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, in_token) - text.begin());
    const auto word = text.substr(0, end);
    out += word.size() < token_bytes_min ? word : omitted;
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return one_line(out, bytes_max);
}

}  // namespace randomio::http
