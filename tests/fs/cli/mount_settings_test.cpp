#include "fs/cli/mount_settings.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace randomiofs;
using namespace std::chrono_literals;
using cli::mount_settings;

TEST_CASE("options go to whom they are for") {
  const auto given =
      mount_settings::from({"ro,uid=5,gid=6,umask=027,attr_ttl=2s,allow_other,nosuid,noatime",
                            "threads=3,log=debug,loop=epoll,log_file=/l,config=/c,nonempty,size=1GiB,a.b=c"});
  REQUIRE(given);
  CHECK(given->read_only == true);
  CHECK(given->uid == 5);
  CHECK(given->gid == 6);
  CHECK(given->umask == 027);
  CHECK(given->attr_ttl == 2s);
  CHECK(given->allow_other == true);
  CHECK(given->kernel == std::vector<std::string>{"nosuid", "noatime"});
  CHECK(given->threads == 3);
  CHECK(given->log == log::level::debug);
  CHECK(given->loop == config::loop_choice::epoll);
  CHECK(given->log_file == "/l");
  CHECK(given->config == "/c");
  CHECK(given->nonempty);
  REQUIRE(given->backend.size() == 2);
  CHECK(given->backend[0].text() == "size=1GiB");
  CHECK(given->backend[1].text() == "a.b=c");
}

TEST_CASE("what is for mount(8) and systemd is left to them") {
  const auto given =
      mount_settings::from({"defaults,_netdev,nofail,noauto,auto,user,users,comment=x,x-systemd.automount,"
                            "x-gvfs-show,X-mount.mkdir=0755,relatime"});
  REQUIRE(given);
  CHECK(given->kernel.empty());
  CHECK(given->backend.empty());
  CHECK(!given->read_only);
}

TEST_CASE("the last one wins") {
  CHECK(mount_settings::from({"ro,rw"})->read_only == false);
  CHECK(mount_settings::from({"rw", "ro"})->read_only == true);
  CHECK(mount_settings::from({"uid=1,uid=2"})->uid == 2);
}

TEST_CASE("a value of the wrong kind is named") {
  const auto bad = mount_settings::from({"uid=4294967295"});
  REQUIRE(!bad);
  CHECK(bad.error().code == cli::exit_code::usage);
  CHECK(bad.error().line == "option 'uid': expected a numeric id, got \"4294967295\"");
  for (const auto* option : {"uid", "uid=", "gid=-1", "umask=8", "umask=1000", "attr_ttl", "threads=1025",
                             "log=", "config=", "loop=x", "remount"}) {
    INFO(option);
    CHECK(!mount_settings::from({option}));
  }
}
