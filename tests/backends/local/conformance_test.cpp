#include "tests/conformance/conformance.hpp"

#include "tests/backends/local/fixture.hpp"

using randomio::local::test::pool_on_epoll_fixture;
using randomio::local::test::uring_fixture;

CONFORMANCE_SUITE("local over io_uring", uring_fixture)
CONFORMANCE_SUITE("local over a pool", pool_on_epoll_fixture)
