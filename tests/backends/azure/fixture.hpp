#pragma once

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/azure/connection.hpp>
#include <randomio/backends/azure/options_from.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

namespace azure_test {

using namespace randomio;

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string pattern(std::size_t size, unsigned seed = 1) {
  std::string made(size, '\0');
  for (auto& c : made) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    c = static_cast<char>(seed >> 24U);
  }
  return made;
}

/// The options that the environment of with_azure.py says, below a prefix of their own.
inline azure::options service_options() {
  static std::atomic<unsigned> next = 0;
  if (std::getenv("AZURE_TEST_CONTAINER") == nullptr) FAIL("run the test with tests/support/servers/with_azure.py");
  std::map<std::string, std::string> values{{"container", std::getenv("AZURE_TEST_CONTAINER")},
                                            {"prefix", "live-" + std::to_string(next++)}};
  auto made = azure::options_from(values, http::process_variables());
  if (!made) FAIL(made.error().describe());
  return *std::move(made);
}

/// A store with its loop, and its methods awaited.
struct fixture {
  static blocking_pool& pool() {
    static blocking_pool one(1);
    return one;
  }
  static std::unique_ptr<azure::store> make_store(azure::options with) {
    auto made = azure::open_store(std::move(with), {}, pool());
    if (!made) FAIL(made.error().describe());
    return *std::move(made);
  }

  std::unique_ptr<loop> runs = [] {
    auto made = make_loop(loop::kind::epoll);
    if (!made) FAIL(made.error().describe());
    return std::move(*made);
  }();
  azure::options with = service_options();
  std::unique_ptr<azure::store> store = make_store(with);

  template <class A>
  auto wait(A&& a) {
    return sync_wait(*runs, std::forward<A>(a));
  }
  /// The same, of what must succeed.
  template <class A>
  auto get(A&& a) {
    auto out = sync_wait(*runs, std::forward<A>(a));
    if (!out) FAIL(out.error().describe());
    if constexpr (!std::is_void_v<typename decltype(out)::value_type>) return *std::move(out);
  }
  /// The code of what must fail.
  template <class A>
  errc failure(A&& a) {
    auto out = sync_wait(*runs, std::forward<A>(a));
    if (out) FAIL("succeeds, and should not");
    INFO(out.error().describe());
    return out.error().code();
  }

  result<object::published> try_put(std::string_view key, std::string_view content, const object::properties& of = {},
                                    const precondition& when = precondition::none()) {
    const std::array<std::span<const std::byte>, 1> pieces{bytes_of(content)};
    return wait(store->put(key, pieces, of, when));
  }
  version put(std::string_view key, std::string_view content, const object::properties& of = {}) {
    auto made = try_put(key, content, of);
    if (!made) FAIL(made.error().describe());
    return made->current;
  }
  std::string content(std::string_view key) {
    const auto about = get(store->head(key));
    std::string out(about.size, '\0');
    const auto read = get(store->get(key, 0, std::as_writable_bytes(std::span(out)), about.current));
    CHECK(read.count == out.size());
    return out;
  }
  object::part upload(const object::upload& to, std::uint32_t number, std::string_view text) {
    const std::array<std::span<const std::byte>, 1> pieces{bytes_of(text)};
    return get(store->upload_part(to, number, pieces));
  }
};

}  // namespace azure_test
