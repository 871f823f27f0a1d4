// Machines that edit the same objects in a real service: what the fake store's model cannot know is whether the service
// keeps its promises too. RC_PARAMS="max_success=100" runs longer.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include <randomio/core/runtime/loop.hpp>

#include "tests/backends/object/machines.hpp"
#include "tests/support/object/live_store.hpp"
#include "tests/support/object/serial_store.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

constexpr unsigned mebibyte = 1U << 20;
constexpr machine_sizes sizes{.memory = 64 * mebibyte,
                              .part = 5 * mebibyte,
                              .chunk = mebibyte / 16,
                              .record_max = mebibyte / 2,
                              .streamed_record = 3 * mebibyte / 2,
                              .small_part = mebibyte / 16};

std::string text_of(loop& on, object::store& in, const char* key) {
  const auto about = sync_wait(on, in.head(key));
  if (!about) return {};
  std::string text(about->size, '?');
  const auto read = sync_wait(on, in.get(key, 0, std::as_writable_bytes(std::span(text)), about->current));
  RC_ASSERT(read.has_value());
  return text;
}

void check(std::size_t first_bytes, const std::vector<std::vector<step>>& steps) {
  const auto runs = std::move(*make_loop(loop::kind::epoll));
  const auto store = live::make_store();
  const std::string start(first_bytes, '#');
  if (first_bytes > 0) {
    const auto bytes = std::as_bytes(std::span(start));
    const object::properties with;
    RC_ASSERT(sync_wait(*runs, store->put("log", object::pieces(&bytes, 1), with, precondition::none())).has_value());
  }
  std::vector<std::unique_ptr<one_machine>> machines;
  serial_store one_by_one(*store);
  for (unsigned i = 0; i < steps.size(); ++i) machines.push_back(std::make_unique<one_machine>(one_by_one, i, sizes));
  sync_wait(*runs, run_all(machines, steps));
  check_objects(machines, start, text_of(*runs, *store, "log"), text_of(*runs, *store, "doc"));
  const auto left = sync_wait(*runs, store->uploads(""));
  RC_ASSERT(left.has_value());
  RC_ASSERT(left->empty());
}

}  // namespace

TEST_CASE("machines that edit the same objects of a service lose nothing that was acknowledged") {
  CHECK(rc::check([] {
    const auto first_bytes = *rc::gen::element<std::size_t>(0, 1000, 6 * mebibyte);
    const auto steps = rc::gen::resize(8, rc::gen::container<std::vector<step>>(rc::gen::construct<step>(
                                              rc::gen::inRange(0U, 9U), rc::gen::inRange(0U, 60U))));
    check(first_bytes, *rc::gen::container<std::vector<std::vector<step>>>(3, steps));
  }));
}
