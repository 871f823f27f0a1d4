#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/object/fixture.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

task<void> edit(object::content& what, char name, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    const auto text = std::string(1, name) + std::to_string(100 + i) + "\n";
    const auto added = co_await what.append(bytes_of(text));
    detail::require(added.has_value(), "an append fails");
    if (i % 3 == 0) {
      const auto done = co_await what.commit();
      detail::require(done.has_value(), "a commit fails");
    }
    if (i % 4 == 0) {
      std::string text_read(200, '?');
      const auto read = co_await what.read(0, std::as_writable_bytes(std::span(text_read)));
      detail::require(read.has_value(), "a read fails");
      detail::require(text_read.compare(0, 6, "start\n") == 0, "a read sees something else");
    }
  }
  const auto done = co_await what.commit();
  detail::require(done.has_value(), "the last commit fails");
}

}  // namespace

TEST_CASE("loops on several threads edit one content") {
  fake_store::settings with;
  with.allowed.part_bytes_min = 16;
  with.allowed.part_bytes_max = 4096;
  with.allowed.parts_max = 200;
  fake_store store(with);
  store.plant("log", rope("start\n" + std::string(60, '#') + "\n"));
  machine here(store, 4096);
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 32;
  auto opened = here.open("log");
  store.set_faults({.delays = 300});
  constexpr int rounds = 40;
  std::vector<std::thread> threads;
  for (const char name : {'a', 'b', 'c'}) {
    threads.emplace_back([&, name] {
      auto runs = std::move(*make_loop(loop::kind::epoll));
      sync_wait(*runs, edit(*opened, name, rounds));
    });
  }
  for (auto& one : threads) one.join();
  const auto text = store.text("log");
  CHECK(text.size() == 67 + 3 * rounds * 5);
  for (const char name : {'a', 'b', 'c'}) {
    std::size_t at = 0;
    for (int i = 0; i < rounds; ++i) {
      const auto line = "\n" + std::string(1, name) + std::to_string(100 + i) + "\n";
      at = text.find(line, at);
      REQUIRE(at != std::string::npos);
    }
  }
  CHECK(here.memory.used() == 0);
  CHECK(store.uploads_open() == 0);
}

TEST_CASE("commits that are asked for together are one") {
  fake_store::settings with;
  fake_store store(with);
  machine here(store);
  auto made = here.create("a");
  append(*made, "x");
  store.set_faults({.delays = 1000});
  auto runs = std::move(*make_loop(loop::kind::epoll));
  struct many {
    static task<void> one(object::content& what) {
      const auto done = co_await what.commit();
      detail::require(done.has_value(), "a commit fails");
    }
    static task<void> all(object::content& what) {
      task_scope scope;
      for (int i = 0; i < 10; ++i) scope.spawn(one(what));
      co_await scope.join();
    }
  };
  sync_wait(*runs, many::all(*made));
  CHECK(store.used().count(request::put) == 1);
}
