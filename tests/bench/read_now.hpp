#pragma once

#include <cstdint>
#include <span>

#include <randomio/core/io/random_io.hpp>

namespace bench {

/// Reads from any device whose operations never suspend, as `co_await` does: the three calls of its awaiter.
template <randomio::async_random_read D>
  requires randomio::immediate_awaitable<decltype(std::declval<D&>().read_at(0, std::span<std::byte>()))>
randomio::result<std::size_t> read_now(D& device, std::uint64_t offset, std::span<std::byte> out) {
  auto&& operation = randomio::get_awaiter(device.read_at(offset, out));
  if (!operation.await_ready()) __builtin_trap();
  return operation.await_resume();
}

}  // namespace bench
