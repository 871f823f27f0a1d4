#include <randomio/backends/s3/sigv4_canonical.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/http/percent.hpp>

namespace randomio::s3 {
namespace {

// What is no encoding stands for itself, as servers take it.
std::string decoded(std::string_view text) {
  return http::percent_decode(text).value_or(std::string(text));
}
std::string encoded_anew(std::string_view text, http::slash slashes) {
  return http::percent_encode(decoded(text), slashes);
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

std::string canonical_path(std::string_view path, path_rule rule) {
  if (path.empty()) return "/";
  if (rule == path_rule::normalized) return http::percent_encode(without_dots(path), http::slash::kept);
  return encoded_anew(path, http::slash::kept);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto rest = query; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    all.emplace_back(encoded_anew(one.substr(0, equals), http::slash::encoded),
                     encoded_anew(one.substr(std::min(equals + 1, one.size())), http::slash::encoded));
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
    auto key = http::lower_case(name);
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
