#include <randomio/backends/http/url.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::http {
namespace {

constexpr bool is_letter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ). Source: RFC 3986 §3.1.
bool is_scheme(std::string_view text) noexcept {
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// Unreserved characters, sub-delimiters, those in `more`, and percent-encoded bytes. Source: RFC 3986 §2, §3.3.
bool is_made_of(std::string_view text, std::string_view more) noexcept {
  constexpr std::string_view always = "-._~!$&'()*+,;=%";
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c) && !always.contains(c) && !more.contains(c)) return false;
  }
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    if (text.size() - at < 3 || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

// An address, and maybe the interface it belongs to. Source: RFC 6874 §2.
bool is_ipv6(std::string_view text) {
  const auto zone = text.find("%25");
  if (zone != text.npos && (zone + 3 == text.size() || !is_made_of(text.substr(zone + 3), ""))) return false;
  // A null character would end what inet_pton(3) reads.
  if (text.substr(0, zone).find_first_not_of("0123456789abcdefABCDEF:.") != text.npos) return false;
  std::array<unsigned char, 16> address;
  return ::inet_pton(AF_INET6, std::string(text.substr(0, zone)).c_str(), address.data()) == 1;
}

std::string without_password(std::string_view text) {
  const auto scheme = text.find("://");
  const auto begin = scheme == text.npos ? 0 : scheme + 3;
  const auto at = text.substr(0, text.find_first_of("/?#", begin)).rfind('@');
  if (at == text.npos || at < begin) return std::string(text);
  return std::string(text.substr(0, begin)).append("...").append(text.substr(at));
}

/// Takes a text apart from its left.
class parser {
 public:
  explicit parser(std::string_view text) noexcept : text_(text), rest_(text) {}

  result<url> parse() {
    const auto scheme = rest_.find("://");
    if (scheme == rest_.npos || !is_scheme(rest_.substr(0, scheme))) return wrong("expected SCHEME://HOST");
    made_.scheme = lower_case(rest_.substr(0, scheme));
    rest_.remove_prefix(scheme + 3);
    const auto end = std::min(rest_.find_first_of("/?#"), rest_.size());
    if (auto taken = take_authority(rest_.substr(0, end)); !taken) return unexpected(std::move(taken).error());
    rest_.remove_prefix(end);
    if (rest_.contains('#')) return wrong("has a fragment ('#')");

    const auto question = rest_.find('?');
    made_.path = rest_.substr(0, question);
    if (question != rest_.npos) made_.query = rest_.substr(question + 1);
    if (!is_made_of(made_.path, ":@/")) return wrong("the path has characters that must be percent-encoded");
    if (!is_made_of(made_.query, ":@/?")) return wrong("the query has characters that must be percent-encoded");
    return std::move(made_);
  }

 private:
  result<void> take_authority(std::string_view authority) {
    if (const auto at = authority.rfind('@'); at != authority.npos) {
      made_.userinfo = authority.substr(0, at);
      authority.remove_prefix(at + 1);
      if (!is_made_of(made_.userinfo, ":")) return wrong("user and password must be percent-encoded");
    }
    std::string_view port;
    if (authority.starts_with('[')) {
      const auto bracket = authority.find(']');
      if (bracket == authority.npos) return wrong("'[' without ']'");
      const auto host = authority.substr(1, bracket - 1);
      if (!is_ipv6(host)) return wrong("what is in brackets is not an IPv6 address");
      made_.host = lower_case(host);
      port = authority.substr(bracket + 1);
      if (!port.empty() && !port.starts_with(':')) return wrong("expected ':PORT' after ']'");
    } else {
      const auto colon = authority.find(':');
      made_.host = lower_case(authority.substr(0, colon));
      if (made_.host.empty()) return wrong("there is no host");
      if (!is_made_of(made_.host, "")) return wrong("the host has characters that no host has");
      if (colon != authority.npos) port = authority.substr(colon);
    }
    // A colon alone means the scheme's port. Source: RFC 3986 §3.2.3.
    return port.size() > 1 ? take_port(port.substr(1)) : result<void>();
  }

  result<void> take_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (code != std::errc() || end != digits.data() + digits.size() || port == 0) {
      return wrong("the port is not a number from 1 to 65535");
    }
    made_.port = port;
    return {};
  }

  [[nodiscard]] unexpected wrong(std::string_view what) const {
    std::string message("'");
    message.append(without_password(text_)).append("' is not a URL: ").append(what);
    return unexpected(error(errc::invalid).with_message(message));
  }

  std::string_view text_;
  std::string_view rest_;
  url made_;
};

// Source: RFC 9110 §4.2; RFC 1928.
std::uint16_t default_port(std::string_view scheme) noexcept {
  if (scheme == "https") return 443;
  if (scheme == "http") return 80;
  if (scheme.starts_with("socks")) return 1080;
  return 0;
}

}  // namespace

result<url> url::parse(std::string_view text) {
  return parser(text).parse();
}

std::uint16_t url::port_or_default() const noexcept {
  return port.value_or(default_port(scheme));
}

std::string url::authority() const {
  const bool is_address = host.contains(':');
  std::string made = is_address ? "[" + host + "]" : host;
  if (port && *port != default_port(scheme)) made.append(":").append(std::to_string(*port));
  return made;
}

std::string url::text() const {
  std::string made = scheme + "://";
  if (!userinfo.empty()) made.append(userinfo).append("@");
  made.append(authority()).append(path);
  if (!query.empty()) made.append("?").append(query);
  return made;
}

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return host == "localhost" || (inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six));
}

}  // namespace randomio::http
