#include <randomio/backends/registry/uri.hpp>

#include <cctype>
#include <optional>

#include <randomio/backends/registry/registry.hpp>

namespace randomio {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;  // No path or value holds a NUL.
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

std::string_view take_until(std::string_view& rest, std::string_view ends) {
  const auto head = rest.substr(0, rest.find_first_of(ends));
  rest.remove_prefix(head.size());
  return head;
}

unexpected refuse(std::string_view text, std::string_view why) {
  return unexpected(error(errc::invalid, operation::configure).with_key(text).with_message(why));
}

}  // namespace

result<uri> uri::parse(std::string_view text) {
  if (!registry::looks_like_uri(text)) return refuse(text, "expected a URI: SCHEME:…");
  uri out;
  std::string_view rest = text;
  for (const unsigned char c : take_until(rest, ":")) out.scheme += static_cast<char>(std::tolower(c));
  rest.remove_prefix(1);
  std::string_view authority;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    authority = take_until(rest, "/?#");
  }
  const auto path = take_until(rest, "?#");
  if (rest.starts_with('#'))
    return refuse(text, "a '#' in a URI starts a fragment, which means nothing here; write %23");

  auto decoded_authority = percent_decoded(authority);
  auto decoded_path = percent_decoded(path);
  if (!decoded_authority || !decoded_path) return refuse(text, "a '%' is not followed by two hex digits; write %25");
  out.authority = *std::move(decoded_authority);
  out.path = *std::move(decoded_path);

  if (rest.starts_with('?')) rest.remove_prefix(1);
  while (!rest.empty()) {
    auto pair = take_until(rest, "&");
    if (!rest.empty()) rest.remove_prefix(1);
    auto value = pair;
    auto key = percent_decoded(take_until(value, "="));
    if (!value.empty()) value.remove_prefix(1);
    auto decoded = percent_decoded(value);
    if (!key || !decoded) return refuse(text, "a '%' is not followed by two hex digits; write %25");
    if (key->empty()) return refuse(text, "expected KEY=VALUE after '?'");
    if (!out.query.emplace(*key, *decoded).second) return refuse(text, "key '" + *key + "' is given twice");
  }
  return out;
}

}  // namespace randomio
