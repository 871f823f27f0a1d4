#include <randomio/backends/s3/credentials/container.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <randomio/backends/http/url.hpp>
#include <randomio/backends/s3/credentials/fetch.hpp>
#include <randomio/backends/s3/credentials/json_credentials.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/text_file.hpp>

namespace randomio::s3 {
namespace {

constexpr std::string_view ecs_endpoint = "http://169.254.170.2";
constexpr std::chrono::seconds time_for_reply{5};
constexpr std::size_t token_bytes_max = std::size_t{64} << 10;

// Of ECS and EKS.
constexpr std::array<std::string_view, 3> known_hosts = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};

}  // namespace

bool is_container_endpoint(std::string_view text) {
  const auto url = http::url::parse(text);
  if (!url) return false;
  if (url->scheme == "https") return true;
  return url->scheme == "http" &&
         (http::is_loopback(url->host) || std::ranges::find(known_hosts, url->host) != known_hosts.end());
}

task<result<secret>> container_provider::authorization() const {
  std::string text;
  if (const auto file = in_.variable({"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"})) {
    auto read = co_await in_.pool.run([&] { return read_text_file(*file, token_bytes_max); });
    if (!read) co_return refuse(errc::unauthenticated, "the authorization token: " + read.error().describe());
    text = std::move(*read);
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  } else {
    text = in_.variable({"AWS_CONTAINER_AUTHORIZATION_TOKEN"}).value_or("");
  }
  const bool breaks = text.find_first_of("\r\n") != std::string::npos;
  auto token = secret::taken_from(text);
  if (breaks) co_return refuse(errc::invalid, "the authorization token has a line break in it");
  co_return token;
}

task<result<credentials>> container_provider::get() {
  std::string url;
  if (const auto relative = in_.variable({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"})) {
    url.append(ecs_endpoint).append(relative->starts_with('/') ? "" : "/").append(*relative);
  } else if (auto full = in_.variable({"AWS_CONTAINER_CREDENTIALS_FULL_URI"})) {
    url = std::move(*full);
    if (!is_container_endpoint(url)) {
      co_return refuse(errc::invalid,
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http to this machine or to ECS or EKS");
    }
  } else {
    co_return refuse(errc::not_found, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");
  }
  auto token = co_await authorization();
  if (!token) co_return unexpected(in_context(token.error(), describe()));
  http::request what;
  what.url = url;
  what.headers.add("Accept", "application/json");
  if (!token->empty()) what.headers.add("Authorization", token->reveal());
  auto& client = url.starts_with("https:") ? in_.services : in_.local;
  auto got = co_await fetch(client, std::move(what), time_for_reply);
  if (!got) co_return unexpected(in_context(got.error(), describe()));
  auto body = secret::taken_from(got->body);
  if (got->status != 200) {
    const auto why = got->status == 429   ? errc::throttled
                     : got->status >= 500 ? errc::unreachable
                                          : errc::unauthenticated;
    co_return unexpected(error(why, operation::none, got->status)
                             .with_message(describe() + ": the endpoint answered " + std::to_string(got->status)));
  }
  auto found = credentials_from_json(body.reveal());
  if (!found) co_return unexpected(in_context(found.error(), describe()));
  found->origin = describe();
  co_return found;
}

}  // namespace randomio::s3
