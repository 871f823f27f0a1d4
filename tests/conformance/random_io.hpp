#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "tests/conformance/fixture.hpp"

namespace conformance {

/// async_random_read and async_random_write, on an empty device that grows.
template <class Fixture, class D>
void check_random_io(Fixture& fixture, D& device) {
  static_assert(async_random_read<D> && async_random_write<D>);
  const auto read = [&](std::uint64_t offset, std::size_t len) {
    std::vector<std::byte> out(len + 16, std::byte{0xa5});
    auto count = await(fixture, [&]() -> decltype(auto) { return device.read_at(offset, std::span(out).first(len)); });
    CHECK(std::all_of(out.end() - 16, out.end(), [](std::byte b) { return b == std::byte{0xa5}; }));
    return text_of(std::span(out).first(ok(std::move(count))));
  };
  const auto write = [&](std::uint64_t offset, std::string_view data) {
    return await(fixture, [&]() -> decltype(auto) { return device.write_at(offset, bytes_of(data)); });
  };
  const auto read_exact = [&](std::uint64_t offset, std::span<std::byte> out) {
    return await(fixture, [&]() { return read_exact_at(device, offset, out); });
  };

  SECTION("an empty device reads nothing") {
    CHECK(read(0, 10).empty());
    CHECK(read(4096, 10).empty());
    CHECK(read(0, 0).empty());
  }
  SECTION("what was written is read back") {
    ok(write(0, "hello world"));
    CHECK(read(0, 11) == "hello world");
    CHECK(read(6, 5) == "world");
    CHECK(read(6, 100) == "world");
    CHECK(read(11, 10).empty());
    CHECK(read(5000, 10).empty());
  }
  SECTION("a write replaces its own range and nothing else") {
    ok(write(0, "0123456789"));
    ok(write(3, "abc"));
    CHECK(read(0, 20) == "012abc6789");
    ok(write(8, "XYZ"));
    CHECK(read(0, 20) == "012abc67XYZ");
  }
  SECTION("an empty write changes nothing, wherever it is") {
    ok(write(0, "x"));
    ok(write(0, ""));
    ok(write(1, ""));
    ok(write(100'000, ""));
    CHECK(read(0, 10) == "x");
    CHECK(read(1, 10).empty());
  }
  SECTION("a gap reads as zeros") {
    ok(write(100'000, "end"));
    CHECK(read(0, 100'003) == std::string(100'000, '\0') + "end");
    CHECK(read(99'999, 2) == std::string("\0e", 2));
  }
  SECTION("large and unaligned transfers are whole") {
    std::string large(3 * 1024 * 1024 + 17, ' ');
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 2'654'435'761U >> 13);
    ok(write(4093, large));
    CHECK((read(4093, large.size()) == large));
    CHECK((read(4093 + 65'536 - 7, 70'000) == large.substr(65'536 - 7, 70'000)));
    CHECK(read(0, 4093) == std::string(4093, '\0'));
  }
  SECTION("offsets past 4 GiB") {
    constexpr std::uint64_t far = 5ULL << 30;
    ok(write(far, "far"));
    CHECK(read(far, 10) == "far");
    CHECK(read(far - 2, 5) == std::string("\0\0far", 5));
    CHECK(read(1ULL << 32, 3) == std::string(3, '\0'));
  }
  SECTION("what would end past every file fails and changes nothing") {
    ok(write(0, "kept"));
    constexpr auto last = std::numeric_limits<std::uint64_t>::max();
    CHECK_FALSE(write(last, "x").has_value());
    CHECK_FALSE(write(last - 1, "xyz").has_value());
    CHECK_FALSE(write(std::uint64_t{1} << 63, "x").has_value());
    CHECK(read(0, 10) == "kept");
  }
  SECTION("read_exact_at fills, or ends in end_of_file") {
    ok(write(0, "abcdef"));
    std::vector<std::byte> out(4);
    ok(read_exact(1, out));
    CHECK(text_of(out) == "bcde");
    CHECK(failure(read_exact(3, out)) == is(errc::end_of_file));
    CHECK(failure(read_exact(100, out)) == is(errc::end_of_file));
    ok(read_exact(6, {}));
  }
  SECTION("owned buffers come back") {
    auto written = await(fixture, [&]() { return write_at_owned(device, 2, std::string("owned")); });
    ok(std::move(written.outcome));
    CHECK(written.buffer == "owned");
    auto got = await(fixture, [&]() { return read_at_owned(device, 0, std::string(20, '?')); });
    CHECK(ok(got.outcome) == 7);
    CHECK(got.buffer == std::string("\0\0owned", 7) + std::string(13, '?'));
  }
  SECTION("flush and sync succeed, before and after writes") {
    ok(await(fixture, [&]() -> decltype(auto) { return device.flush(); }));
    ok(write(0, "x"));
    ok(await(fixture, [&]() -> decltype(auto) { return device.flush(); }));
    ok(await(fixture, [&]() -> decltype(auto) { return device.sync(); }));
    CHECK(read(0, 2) == "x");
  }
}

/// A position over a device: `cursor` as sequential writer and as seekable, and its erased twin.
template <class Fixture, class D>
void check_cursor(Fixture& fixture, D& device) {
  cursor at(device);
  const auto put = [&](std::string_view data) {
    return await(fixture, [&]() { return at.write_all(bytes_of(data)); });
  };
  const auto take = [&](std::size_t len) {
    std::vector<std::byte> out(len);
    auto count = ok(await(fixture, [&]() { return at.read(std::span(out)); }));
    return text_of(std::span(out).first(count));
  };
  static_assert(seekable<cursor<D>>);

  SECTION("writes follow each other, reads too") {
    ok(put("one "));
    ok(put("two "));
    ok(put("three"));
    CHECK(at.position() == 13);
    at.seek_to(0);
    CHECK(take(7) == "one two");
    CHECK(take(100) == " three");
    CHECK(take(10).empty());
    CHECK(at.position() == 13);
  }
  SECTION("seeking back overwrites, seeking on leaves a gap") {
    ok(put("abcdef"));
    at.seek_to(2);
    ok(put("XY"));
    at.seek_to(8);
    ok(put("!"));
    at.seek_to(0);
    CHECK(take(20) == std::string("abXYef\0\0!", 9));
  }
  SECTION("through dyn_seek the position is the same") {
    dyn_seek erased(at);
    erased.seek_to(42);
    CHECK(at.position() == 42);
    CHECK(erased.position() == 42);
    CHECK(erased.template target<cursor<D>>() == &at);
  }
  if constexpr (file<D>) {
    static_assert(sequential_writer<cursor<D>>);
    SECTION("flush and close keep what was written") {
      ok(put("kept"));
      ok(await(fixture, [&]() -> decltype(auto) { return at.flush(); }));
      ok(await(fixture, [&]() -> decltype(auto) { return at.close(); }));
      at.seek_to(0);
      CHECK(take(10) == "kept");
    }
    SECTION("abort leaves what was there before") {
      ok(put("before"));
      cursor more(device, 6);
      const std::string_view lost = " and lost";
      ok(await(fixture, [&]() { return more.write_all(bytes_of(lost)); }));
      ok(await(fixture, [&]() { return more.abort(); }));
      CHECK(more.position() == 6);
      at.seek_to(0);
      CHECK(take(100) == "before");
    }
  }
}

}  // namespace conformance
