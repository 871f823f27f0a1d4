#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/backends/s3/options.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/support/object/live_store.hpp"

namespace live {

using namespace randomio;

/// The value of a variable that tests/support/servers/with_s3.py sets.
inline std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) FAIL(name << " is not set: run the test with tests/support/servers/with_s3.py");
  return value;
}

/// Where the service under test keeps what it is given, as the options of a store. One for each service.
s3::options service_options();
/// A store below a prefix of its own, on the service under test.
std::unique_ptr<object::store> make_store(s3::options with);
/// Whether the service is held to the rules of R2.
bool is_strict_r2();

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
inline std::string pattern(std::size_t size, unsigned seed = 1) {
  std::string made(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    made[i] = static_cast<char>(seed >> 24U);
  }
  return made;
}

/// A store with its loop, and its methods awaited.
struct fixture {
  std::unique_ptr<loop> runs = [] {
    auto made = make_loop(loop::kind::epoll);
    if (!made) FAIL(made.error().describe());
    return std::move(*made);
  }();
  std::unique_ptr<object::store> store = make_store();

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

  result<object::published> try_put(std::string_view key, std::string_view content, const object::properties& with = {},
                                    const precondition& when = precondition::none()) {
    const std::span<const std::byte> pieces[] = {bytes_of(content)};
    return wait(store->put(key, pieces, with, when));
  }
  version put(std::string_view key, std::string_view content, const object::properties& with = {}) {
    auto made = try_put(key, content, with);
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
  object::part upload(const object::upload& to, std::uint32_t number, std::string_view content) {
    const std::span<const std::byte> pieces[] = {bytes_of(content)};
    return get(store->upload_part(to, number, pieces));
  }
};

}  // namespace live
