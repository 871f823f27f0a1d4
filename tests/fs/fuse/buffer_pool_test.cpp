#include "fs/fuse/buffer_pool.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

using randomiofs::fuse::buffer_pool;

TEST_CASE("leases are page-aligned, large enough, and reused") {
  buffer_pool pool;
  std::byte* first = nullptr;
  {
    auto lease = pool.take(buffer_pool::payload_bytes_max);
    REQUIRE(lease);
    first = lease.bytes().data();
    CHECK(reinterpret_cast<std::uintptr_t>(first) % buffer_pool::page_bytes == 0);
    CHECK(lease.bytes().size() >= buffer_pool::payload_bytes_max);
  }
  CHECK(pool.take(buffer_pool::payload_bytes_max).bytes().data() == first);
}

TEST_CASE("leases that are out at the same time do not overlap") {
  buffer_pool pool;
  std::vector<buffer_pool::lease> out;
  for (int i = 0; i < 50; ++i) {
    out.push_back(pool.take(i % 2 == 0 ? 100 : 100'000));
    for (auto& byte : out.back().bytes().first(100)) byte = static_cast<std::byte>(i);
  }
  for (int i = 0; i < 50; ++i) CHECK(out[static_cast<std::size_t>(i)].bytes()[99] == static_cast<std::byte>(i));
}
