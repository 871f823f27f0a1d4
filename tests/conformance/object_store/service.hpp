#pragma once

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/object/store.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

/// What every `object::store` must do, on a real service. A program runs all of it by linking `object_store_suite` and
/// saying which service it is about: it defines `service_under_test`.
namespace object_store_suite {

using namespace randomio;

/// What one service does otherwise than another. All else holds for each of them.
struct service {
  std::unique_ptr<object::store> (*open)() = nullptr;  ///< A store below a prefix of its own.
  version of_nothing = {};                             ///< As the service writes versions, and no object has it.
  bool removes_conditionally = true;
  bool removes_what_is_not_there = true;  ///< Without an error.
  bool keeps_tags = true;
  bool takes_empty_segments = true;      ///< Of keys: `a//b`, `a/`.
  bool joins_beside_children = true;     ///< Parts become `a` where `a/b` is.
  std::string unknown_part = {};         ///< The tag of a part that nobody uploaded.
  errc on_unknown_part = errc::invalid;  ///< What a completion that names it fails with.
};

[[nodiscard]] const service& service_under_test();

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
[[nodiscard]] inline std::span<std::byte> bytes_in(std::string& text) {
  return std::as_writable_bytes(std::span(text));
}
[[nodiscard]] std::string pattern(std::size_t size, unsigned seed = 1);

inline constexpr std::size_t MiB = std::size_t{1} << 20;

/// A store with its loop, and its methods awaited.
struct fixture {
  explicit fixture(std::unique_ptr<object::store> opened = service_under_test().open()) : store(std::move(opened)) {}

  std::unique_ptr<loop> runs = [] {
    auto made = make_loop(loop::kind::epoll);
    if (!made) FAIL(made.error().describe());
    return std::move(*made);
  }();
  std::unique_ptr<object::store> store;

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
                                    const precondition& when = precondition::none());
  version put(std::string_view key, std::string_view content, const object::properties& of = {});
  std::string content(std::string_view key);
  object::part upload(const object::upload& to, std::uint32_t number, std::string_view content);
};

}  // namespace object_store_suite
