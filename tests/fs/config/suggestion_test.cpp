#include "fs/config/suggestion.hpp"

#include <catch2/catch.hpp>

using randomiofs::config::closest;
using randomiofs::config::did_you_mean;

TEST_CASE("a mistyped word finds its neighbour") {
  const std::vector<std::string> known{"mount", "umount", "check"};
  CHECK(closest("mout", known) == "mount");
  CHECK(closest("unmount", known) == "umount");
  CHECK(closest("chekc", known) == "check");
  CHECK(closest("serve", known).empty());
  CHECK(closest("x", known).empty());
  CHECK(did_you_mean("mont", known) == "; did you mean 'mount'?");
  CHECK(did_you_mean("zzz", known).empty());
}
