#include "fs/fuse/errno_map.hpp"

#include <catch2/catch.hpp>
#include <cerrno>

using randomio::errc;
using randomiofs::fuse::errno_of;

TEST_CASE("failures become the errno that POSIX programs expect") {
  CHECK(errno_of(errc::not_found) == ENOENT);
  CHECK(errno_of(errc::already_exists) == EEXIST);
  CHECK(errno_of(errc::precondition_failed) == ESTALE);
  CHECK(errno_of(errc::no_space) == ENOSPC);
  CHECK(errno_of(errc::unsupported) == EOPNOTSUPP);
  CHECK(errno_of(errc::no_attribute) == ENODATA);
  CHECK(errno_of(errc::cross_device) == EXDEV);
  CHECK(errno_of(errc::unreachable) == EIO);
}

TEST_CASE("every failure has an errno that is not success") {
  for (int code = 1; code <= static_cast<int>(errc::io_failure); ++code) {
    CHECK(errno_of(static_cast<errc>(code)) > 0);
  }
}
