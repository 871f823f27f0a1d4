#include <randomio/backends/azure/shared_key.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <randomio/backends/azure/api_version.hpp>
#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/sas.hpp>
#include <randomio/backends/http/http_date.hpp>
#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/url.hpp>
#include <randomio/backends/object/base64.hpp>

namespace randomio::azure {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

// In this order. Content-Length, which follows Content-Language, is the body's, and empty for none.
constexpr std::array before_length{"Content-Encoding", "Content-Language"};
constexpr std::array after_length{"Content-MD5",   "Content-Type",        "Date", "If-Modified-Since", "If-Match",
                                  "If-None-Match", "If-Unmodified-Since", "Range"};

std::string_view verb_name(http::method verb) {
  switch (verb) {
    case http::method::get: return "GET";
    case http::method::head: return "HEAD";
    case http::method::put: return "PUT";
    case http::method::post: return "POST";
    case http::method::del: return "DELETE";
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

// "Constructing the canonicalized headers string".
void append_own_headers(std::string& to, const http::fields& headers) {
  pairs own;
  for (const auto& [name, value] : headers) {
    auto small = http::lower_case(name);
    if (small.starts_with("x-ms-")) own.emplace_back(std::move(small), trimmed(value));
  }
  std::ranges::sort(own);
  for (const auto& [name, value] : own) to.append(name).append(":").append(value).append("\n");
}

// "Constructing the canonicalized resource string": names decoded and in lower case, values decoded, several values of
// one name in one line.
result<void> append_query_lines(std::string& to, std::string_view query) {
  pairs all;
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    auto name = http::percent_decode(one.substr(0, equals));
    auto value = http::percent_decode(one.substr(std::min(equals + 1, one.size())));
    if (!name) return unexpected(std::move(name).error());
    if (!value) return unexpected(std::move(value).error());
    all.emplace_back(http::lower_case(*name), *std::move(value));
  }
  std::ranges::sort(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && all[i].first == all[i - 1].first) {
      to.append(",").append(all[i].second);
    } else {
      to.append("\n").append(all[i].first).append(":").append(all[i].second);
    }
  }
  return {};
}

}  // namespace

result<std::string> string_to_sign(const http::request& what, std::string_view account) {
  const auto at = http::url::parse(what.url);
  if (!at) return unexpected(at.error());
  std::string text(verb_name(what.verb));
  text += '\n';
  const auto line = [&](std::string_view name) { text.append(what.headers.find(name).value_or("")).append("\n"); };
  for (const auto* name : before_length) line(name);
  std::size_t length = 0;
  for (const auto piece : what.body) length += piece.size();
  if (length > 0) text += std::to_string(length);
  text += '\n';
  for (const auto* name : after_length) line(name);
  append_own_headers(text, what.headers);
  text.append("/").append(account).append(at->path.empty() ? "/" : at->path);
  if (auto done = append_query_lines(text, at->query); !done) return unexpected(std::move(done).error());
  return text;
}

result<void> sign(http::request& what, const credentials& with) {
  const auto text = string_to_sign(what, with.account);
  if (!text) return unexpected(text.error());
  const auto signature = object::base64_encoded(hmac_sha256(with.value.reveal(), *text));
  what.headers.set("Authorization", "SharedKey " + with.account + ":" + signature);
  return {};
}

result<void> authorise(http::request& what, const credentials& with, timestamp at) {
  what.headers.set("x-ms-version", api_version);
  what.headers.set("x-ms-date", http::http_date(at));
  switch (with.what) {
    case credentials::kind::anonymous: break;
    case credentials::kind::sas: append_query(what.url, with.value.reveal()); break;
    case credentials::kind::bearer:
      what.headers.set("Authorization", "Bearer " + std::string(with.value.reveal()));
      break;
    case credentials::kind::shared_key: return sign(what, with);
  }
  return {};
}

}  // namespace randomio::azure
