// How often the program asks for memory during operations that must not: reads and overwrites, static and erased.

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/task.hpp>
#include <randomio/io.hpp>
#include <randomio/memory.hpp>

#include "tests/core/io/awaiting.hpp"
#include "tests/core/io/pumped_device.hpp"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete[](void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  std::free(p);
}

using namespace randomio;

namespace {

constexpr int rounds = 1000;

/// The allocations of a coroutine that repeats `operation`, its own frame left out.
template <class Operation>
long allocations_of(Operation operation) {
  long counted_inside = -1;
  const auto body = [](Operation& op, long& inside) -> started {
    const auto before = allocations.load();
    for (int i = 0; i < rounds; ++i) {
      const auto r = co_await op(i);
      if (!r) std::abort();
    }
    inside = allocations.load() - before;
  };
  body(operation, counted_inside);
  return counted_inside;
}

}  // namespace

TEST_CASE("the counter counts") {
  const auto before = allocations.load();
  const auto p = std::make_unique<int>(1);
  CHECK(allocations.load() - before == 1);
}

TEST_CASE("no allocation per read or overwrite on memory") {
  memory::filesystem fs;
  const auto root = fs.root();
  auto f = *fs.open(*root, "f", open_options().read().write().create()).await_resume();
  memory::device device;
  std::vector<std::byte> buffer(100'000);
  REQUIRE(f.write_at(0, buffer).await_resume());
  REQUIRE(device.write_at(0, buffer).await_resume());
  const auto at = [](int i) { return static_cast<std::uint64_t>(i * 7 % 1000); };

  SECTION("static file") {
    CHECK(allocations_of([&](int i) { return f.read_at(at(i), std::span(buffer).first(50'000)); }) == 0);
    CHECK(allocations_of([&](int i) { return f.write_at(at(i), std::span(buffer).first(50'000)); }) == 0);
  }
  SECTION("static device") {
    CHECK(allocations_of([&](int i) { return device.read_at(at(i), buffer); }) == 0);
    CHECK(allocations_of([&](int i) { return device.write_at(at(i), std::span(buffer).first(50'000)); }) == 0);
  }
  SECTION("erased device") {
    dyn_read reader(device);
    dyn_write writer(device);
    CHECK(allocations_of([&](int i) { return reader.read_at(at(i), buffer); }) == 0);
    CHECK(allocations_of([&](int i) { return writer.write_at(at(i), std::span(buffer).first(50'000)); }) == 0);
    CHECK(allocations_of([&](int i) { return read_exact_at(reader, at(i), std::span(buffer).first(100)); }) == 0);
  }
  SECTION("erased file: everything but open") {
    dyn_file erased(std::move(f));
    CHECK(allocations_of([&](int i) { return erased.read_at(at(i), buffer); }) == 0);
    CHECK(allocations_of([&](int i) { return erased.write_at(at(i), std::span(buffer).first(50'000)); }) == 0);
    CHECK(allocations_of([&](int) { return erased.stat(); }) == 0);
    CHECK(allocations_of([&](int) { return erased.sync(); }) == 0);
    CHECK(allocations_of([&](int) { return erased.seek(0, seek_target::hole); }) == 0);
    CHECK(allocations_of([&](int) { return erased.set_attributes({.mode = 0600}); }) == 0);
  }
  SECTION("lookups and attributes, static and erased") {
    CHECK(allocations_of([&](int) { return fs.lookup(*root, "f"); }) == 0);
    CHECK(allocations_of([&](int) { return fs.stat(*root, "f"); }) == 0);
    dyn_fs erased(std::shared_ptr<memory::filesystem>(&fs, [](auto*) {}));
    const auto top = erased.root();
    CHECK(allocations_of([&](int) { return erased.lookup(*top, "f"); }) == 0);
    CHECK(allocations_of([&](int) { return erased.set_attributes(*top, "f", {.mode = 0600}); }) == 0);
  }
}

TEST_CASE("no allocation by erasure when the operation suspends") {
  pumped_device device;
  dyn_read reader(device);
  std::vector<std::byte> buffer(100);
  long inside = -1;
  bool finished = false;
  const auto body = [&]() -> started {
    const auto before = allocations.load();
    for (int i = 0; i < 10; ++i) {
      const auto r = co_await reader.read_at(0, buffer);
      if (!r) std::abort();
    }
    inside = allocations.load() - before;
    finished = true;
  };
  body();
  while (!finished) device.pump();
  CHECK(inside == 10);  // One each by the device's own list, none by the trait layer.
}
