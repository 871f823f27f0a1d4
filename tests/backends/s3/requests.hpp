#pragma once

#include <catch2/catch.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/s3/requests/get_object.hpp>

/// What tests of requests share: a bucket, and how a request and a reply look.
namespace s3_requests {

using namespace randomio;

inline const version v1{"\"v1\""};
inline constexpr auto host = "https://b.s3.us-east-1.amazonaws.com";

inline s3::bucket bucket_with(s3::options with = {}) {
  with.bucket = "b";
  with.region = "us-east-1";
  auto made = s3::bucket::of(std::move(with));
  if (!made) FAIL(made.error().describe());
  return *std::move(made);
}
inline const s3::bucket& plain() {
  static const auto in = bucket_with({.prefix = "p/"});
  return in;
}

/// All of a request but its body: `VERB URL`, then its fields.
inline std::vector<std::string> lines(const http::request& what) {
  constexpr std::string_view verbs[] = {"GET", "HEAD", "PUT", "POST", "DELETE"};
  std::vector<std::string> out{std::string(verbs[static_cast<int>(what.verb)]) + " " + what.url};
  for (const auto& [name, value] : what.headers) out.push_back(name + ": " + value);
  return out;
}
using expected = std::vector<std::string>;

inline http::reply reply(std::string body, http::fields headers = {}, int status = 200) {
  http::reply out;
  out.status = status;
  out.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::move(body);
  out.headers = std::move(headers);
  return out;
}
inline http::fields fields(std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
  http::fields out;
  for (const auto& [name, value] : all) out.add(name, value);
  return out;
}
inline const s3::asked asked{operation::put, "k"};

struct one_piece {
  explicit one_piece(std::string_view text) : piece{std::as_bytes(std::span(text))} {}
  std::span<const std::byte> piece[1];
};

}  // namespace s3_requests
