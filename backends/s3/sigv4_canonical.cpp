#include <randomio/backends/s3/sigv4_canonical.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

namespace randomio::s3 {
namespace {

// RFC 3986 §2.3. Not isalnum(3), which asks the locale.
constexpr bool unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

constexpr std::optional<unsigned> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Without spaces around it, and with one where there were several.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// RFC 3986 §5.2.4, and empty segments go, too.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  std::string_view last;
  for (auto rest = path; !rest.empty();) {
    const auto end = std::min(rest.find('/'), rest.size());
    last = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (last == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!last.empty() && last != ".") {
      kept.push_back(last);
    }
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  const bool directory = path.ends_with('/') || last == "." || last == "..";
  return out.empty() || directory ? out + '/' : out;
}

// What proxies and HTTP clients may add, drop or rewrite.
bool may_change(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 9> names = {
      "accept-encoding", "authorization",     "connection", "expect",         "te",
      "trailer",         "transfer-encoding", "user-agent", "x-amzn-trace-id"};
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

result<url_parts> url_parts::of(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) {
    return unexpected(error(errc::invalid).with_message("expected an absolute URL"));
  }
  url_parts out;
  out.scheme = url.substr(0, colon);
  auto rest = url.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  out.host = rest.substr(0, end);
  if (const auto user = out.host.find('@'); user != std::string_view::npos) out.host.remove_prefix(user + 1);
  if (out.host.empty()) return unexpected(error(errc::invalid).with_message("expected a host in the URL"));
  const auto own_port = http::same_name(out.scheme, "https") ? std::string_view(":443") : std::string_view(":80");
  if (out.host.ends_with(own_port)) out.host.remove_suffix(own_port.size());
  rest.remove_prefix(end);
  const auto question = std::min(rest.find('?'), rest.size());
  out.path = rest.substr(0, question);
  out.query = rest.substr(std::min(question + 1, rest.size()));
  return out;
}

std::string uri_encoded(std::string_view text, bool keep_slash) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    if (unreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::string uri_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high << 4 | *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string canonical_path(std::string_view path, path_rule rule) {
  if (path.empty()) return "/";
  if (rule == path_rule::normalized) return uri_encoded(without_dots(path), true);
  return uri_encoded(uri_decoded(path), true);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto rest = query; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    all.emplace_back(uri_encoded(uri_decoded(one.substr(0, equals)), false),
                     uri_encoded(uri_decoded(one.substr(std::min(equals + 1, one.size()))), false));
  }
  std::ranges::sort(all);
  std::string out;
  for (const auto& [key, value] : all) {
    if (!out.empty()) out += '&';
    out.append(key).append("=").append(value);
  }
  return out;
}

canonical_headers canonical_headers::of(const http::fields& all, std::string_view host) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : all) {
    auto key = lower(name);
    if (may_change(key)) continue;
    const auto [at, first] = sorted.try_emplace(std::move(key), trimmed(value));
    if (!first) at->second.append(",").append(trimmed(value));
  }
  sorted.try_emplace("host", host);
  canonical_headers out;
  for (const auto& [name, value] : sorted) {
    out.lines.append(name).append(":").append(value).append("\n");
    if (!out.signed_names.empty()) out.signed_names += ';';
    out.signed_names += name;
  }
  return out;
}

std::string_view name(http::method verb) noexcept {
  switch (verb) {
    case http::method::get: return "GET";
    case http::method::head: return "HEAD";
    case http::method::put: return "PUT";
    case http::method::post: return "POST";
    case http::method::del: return "DELETE";
  }
  return "";
}

std::string canonical_request(http::method verb, std::string_view path, std::string_view query,
                              const canonical_headers& headers, std::string_view payload_hash) {
  std::string out;
  out.append(name(verb)).append("\n").append(path).append("\n").append(query).append("\n");
  out.append(headers.lines).append("\n").append(headers.signed_names).append("\n").append(payload_hash);
  return out;
}

}  // namespace randomio::s3
