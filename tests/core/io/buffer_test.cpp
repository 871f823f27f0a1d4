#include <array>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/io/buffer.hpp>

using namespace randomio;

namespace {

/// A buffer of somebody else's library.
struct foreign_buffer {
  std::byte* start = nullptr;
  std::size_t len = 0;
};

template <class B>
concept writes_from = std::constructible_from<const_buffer, B>;
template <class B>
concept reads_into = std::constructible_from<mutable_buffer, B>;

}  // namespace

template <>
struct randomio::buffer_traits<foreign_buffer> {
  static std::span<const std::byte> bytes(const foreign_buffer& b) { return {b.start, b.len}; }
  static std::span<std::byte> mutable_bytes(foreign_buffer& b) { return {b.start, b.len}; }
};

// What is bytes and what is not.
static_assert(io_buf<std::span<const std::byte>> && io_buf<std::vector<char>> && io_buf<std::string>);
static_assert(io_buf<std::string_view> && io_buf<std::array<unsigned char, 4>> && io_buf<foreign_buffer>);
static_assert(!io_buf<std::vector<int>> && !io_buf<std::deque<char>> && !io_buf<int>);
static_assert(io_buf_mut<std::vector<std::byte>> && io_buf_mut<std::string> && io_buf_mut<std::span<char>>);
static_assert(!io_buf_mut<std::string_view> && !io_buf_mut<std::span<const char>> && !io_buf_mut<const std::string>);
static_assert(io_buf_mut<foreign_buffer>);

// A named buffer or a view of one is borrowed; a temporary that owns its bytes is refused.
static_assert(writes_from<std::vector<char>&> && writes_from<const std::string&>);
static_assert(writes_from<std::span<const std::byte>> && writes_from<std::string_view>);
static_assert(!writes_from<std::vector<char>> && !writes_from<std::string> && !writes_from<std::array<char, 4>>);
static_assert(reads_into<std::vector<char>&> && reads_into<std::span<std::byte>>);
static_assert(!reads_into<std::vector<char>> && !reads_into<const std::vector<char>&> && !reads_into<std::string_view>);

TEST_CASE("buffer: views see the bytes of what they borrow") {
  std::string text = "abc";
  CHECK(const_buffer(text).size() == 3);
  CHECK(static_cast<const void*>(const_buffer(text).data()) == text.data());
  mutable_buffer out(text);
  out.bytes()[0] = std::byte{'X'};
  CHECK(text == "Xbc");
  CHECK(const_buffer().empty());
  CHECK(mutable_buffer().empty());
}

TEST_CASE("buffer: a third-party buffer joins in") {
  std::array<std::byte, 4> storage{};
  foreign_buffer foreign{storage.data(), storage.size()};
  CHECK(bytes_of(foreign).size() == 4);
  mutable_bytes_of(foreign)[1] = std::byte{7};
  CHECK(storage[1] == std::byte{7});
  CHECK(const_buffer(foreign).size() == 4);
}
