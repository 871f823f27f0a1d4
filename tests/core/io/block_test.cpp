#include <rapidcheck.h>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/io/block.hpp>

using randomio::block;

static_assert(block<std::array<char, 3>>::make(10, {'a', 'b', 'c'})->range().end() == 13);

TEST_CASE("block: every block that can be built has the length of its data") {
  CHECK(rc::check("range and data agree", [](std::uint64_t offset, const std::string& data) {
    const auto made = block<std::string>::make(offset, data);
    RC_ASSERT(made.has_value() == (data.size() <= std::numeric_limits<std::uint64_t>::max() - offset));
    if (!made) return;
    RC_ASSERT(made->offset() == offset);
    RC_ASSERT(made->range().len() == data.size());
    RC_ASSERT(made->bytes().size() == data.size());
    RC_ASSERT(made->data() == data);
  }));
}

TEST_CASE("block: an offset at the very end holds nothing") {
  constexpr auto last = std::numeric_limits<std::uint64_t>::max();
  CHECK(block<std::string>::make(last, "").has_value());
  CHECK_FALSE(block<std::string>::make(last, "x").has_value());
  CHECK(block<std::string>::make(last - 1, "x").has_value());
}

TEST_CASE("block: gives its data back") {
  auto made = block<std::vector<char>>::make(5, std::vector<char>{'a', 'b'});
  const auto* where = made->data().data();
  const auto data = std::move(*made).into_data();
  CHECK(data.data() == where);
  CHECK((block<std::string>::make(1, "a") == block<std::string>::make(1, "a")));
  CHECK_FALSE((block<std::string>::make(1, "a") == block<std::string>::make(2, "a")));
}
