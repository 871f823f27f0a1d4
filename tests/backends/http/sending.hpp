#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/http/curl_client.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/support/http/test_server.hpp"

namespace sending {

using namespace randomio;

inline std::unique_ptr<loop> require_loop(loop::kind kind) {
  auto made = make_loop(kind);
  if (!made) FAIL(made.error().describe());
  return std::move(*made);
}
inline std::unique_ptr<loop> each_loop() {
  return require_loop(GENERATE(loop::kind::uring, loop::kind::epoll));
}

inline http::curl_options plain() {
  http::curl_options options;
  options.allow_http = true;
  return options;
}

inline http::request get(std::string url) {
  http::request made;
  made.url = std::move(url);
  return made;
}

/// What the server's patterns are made of.
inline std::string pattern(std::size_t size) {
  std::string made(size, '\0');
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>(i % 251);
  return made;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace sending
