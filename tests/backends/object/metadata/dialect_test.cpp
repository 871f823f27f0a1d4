#include <catch2/catch.hpp>

#include <cstdio>

#include <randomio/backends/object/metadata/dialect.hpp>
#include <randomio/backends/object/metadata/values.hpp>

using namespace randomio;
using namespace randomio::object::metadata;
using texts = object::properties::texts;

namespace {

std::string octal_of(std::uint32_t mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%o", mode);
  return text;
}

bool same(const std::optional<timestamp>& t, std::int64_t seconds, std::uint32_t nanoseconds) {
  return t && *t == timestamp{seconds, nanoseconds};
}

}  // namespace

TEST_CASE("what each program writes is read") {
  SECTION("AWS: FSx for Lustre, DataSync, File Gateway") {
    const auto found = read({{"file-permissions", "0100664"},
                             {"file-owner", "500"},
                             {"file-group", "501"},
                             {"file-atime", "1595002920000000000ns"},
                             {"file-mtime", "1595002920123456789ns"}});
    CHECK(found.type == file_type::regular);
    CHECK(found.mode == 0664U);
    CHECK(found.uid == 500U);
    CHECK(found.gid == 501U);
    CHECK(same(found.atime, 1595002920, 0));
    CHECK(same(found.mtime, 1595002920, 123456789));
    CHECK(read({{"file-permissions", "0040755"}}).type == file_type::directory);
    CHECK(read({{"file-permissions", "0120777"}}).type == file_type::symlink);
    CHECK(read({{"file-permissions", "0644"}}).mode == 0644U);
    CHECK_FALSE(read({{"file-permissions", "0644"}}).type);
  }
  SECTION("the same with underscores, as Azure needs them") {
    const auto found = read({{"file_permissions", "0100600"}, {"file_owner", "7"}, {"file_mtime", "1500000000ns"}});
    CHECK(found.mode == 0600U);
    CHECK(found.uid == 7U);
    CHECK(same(found.mtime, 1, 500000000));
  }
  SECTION("s3fs") {
    const auto found = read({{"mode", "33188"},
                             {"uid", "1000"},
                             {"gid", "100"},
                             {"atime", "1595002920"},
                             {"ctime", "1595002921.000000005"},
                             {"mtime", "1595002922.500000000"}});
    CHECK(found.type == file_type::regular);
    CHECK(found.mode == 0644U);
    CHECK(found.uid == 1000U);
    CHECK(found.gid == 100U);
    CHECK(same(found.atime, 1595002920, 0));
    CHECK(same(found.ctime, 1595002921, 5));
    CHECK(same(found.mtime, 1595002922, 500000000));
    CHECK(read({{"mode", "41471"}}).type == file_type::symlink);
    CHECK(read({{"mode", "16877"}}).type == file_type::directory);
  }
  SECTION("rclone") {
    const auto found = read({{"mode", "100664"},
                             {"uid", "1000"},
                             {"gid", "100"},
                             {"mtime", "1595002920.123456789"},
                             {"atime", "2020-07-17T16:22:00.25Z"}});
    CHECK(found.type == file_type::regular);
    CHECK(found.mode == 0664U);
    CHECK(same(found.mtime, 1595002920, 123456789));
    CHECK(same(found.atime, 1595002920, 250000000));
    CHECK(same(read({{"mtime", "2020-07-17T18:22:00+02:00"}}).mtime, 1595002920, 0));
  }
  SECTION("geesefs") {
    const auto found = read({{"mtime", "1595002920"}, {"rdev", std::to_string(dev_of(7ULL << 32 | 200))}});
    CHECK(same(found.mtime, 1595002920, 0));
    CHECK(found.device == (7ULL << 32 | 200));
    const auto link = read({{"--symlink-target", "a/b"}});
    CHECK(link.type == file_type::symlink);
    CHECK(link.link_target == "a/b");
  }
  SECTION("s3sync, gsutil, gcsfuse, blobfuse") {
    CHECK(read({{"permissions", "33188"}, {"owner", "5"}, {"group", "6"}}).gid == 6U);
    const auto google = read({{"goog-reserved-posix-mode", "640"},
                              {"goog-reserved-posix-uid", "1"},
                              {"goog-reserved-posix-gid", "2"},
                              {"goog-reserved-file-mtime", "1595002920"}});
    CHECK(google.mode == 0640U);
    CHECK(google.uid == 1U);
    CHECK(same(google.mtime, 1595002920, 0));
    CHECK(same(read({{"gcsfuse_mtime", "2020-07-17T16:22:00.000000001Z"}}).mtime, 1595002920, 1));
    CHECK(read({{"goog-reserved-file-is-symlink", "true"}}).type == file_type::symlink);
    CHECK(read({{"gcsfuse_symlink_target", "x"}}).link_target == "x");
    CHECK(read({{"is_symlink", "true"}}).type == file_type::symlink);
    CHECK(read({{"hdi_isfolder", "true"}}).type == file_type::directory);
  }
  SECTION("nonsense says nothing") {
    const auto found = read({{"mode", "rw-r--r--"},
                             {"uid", "-1"},
                             {"gid", "root"},
                             {"mtime", "yesterday"},
                             {"file-mtime", "12"},
                             {"file-permissions", "999"},
                             {"rdev", ""},
                             {"atime", "1."}});
    CHECK_FALSE(found.type);
    CHECK_FALSE(found.mode);
    CHECK_FALSE(found.uid);
    CHECK_FALSE(found.gid);
    CHECK_FALSE(found.mtime);
    CHECK_FALSE(found.atime);
  }
}

TEST_CASE("one name, two number systems: every mode that s3fs or rclone writes") {
  for (std::uint32_t mode = 0; mode < 010000; ++mode) {
    for (const auto type : {file_type::regular, file_type::directory, file_type::fifo, file_type::socket,
                            file_type::char_device, file_type::block_device}) {
      const auto found = read({{"mode", std::to_string(type_bits(type) | mode)}});
      REQUIRE(found.type == type);
      REQUIRE(found.mode == mode);
    }
    const auto file = read({{"mode", octal_of(0100000 | mode)}});
    REQUIRE(file.type == file_type::regular);
    REQUIRE(file.mode == mode);
    const auto directory = read({{"mode", octal_of(0040000 | mode)}});
    const bool ambiguous = mode == 01471;  // 41471 is also how s3fs writes a symbolic link.
    REQUIRE((directory.type == file_type::directory) == !ambiguous);
  }
  CHECK(read({{"mode", "120777"}}).type == file_type::symlink);
}

TEST_CASE("every type and mode is read back, in every dialect") {
  for (const auto as : {dialect::aws, dialect::azure, dialect::s3fs, dialect::rclone}) {
    for (std::uint32_t mode = 0; mode < 010000; ++mode) {
      for (const auto type : {file_type::regular, file_type::directory, file_type::fifo, file_type::socket,
                              file_type::char_device, file_type::block_device}) {
        posix what;
        what.type = type;
        what.mode = mode;
        texts to;
        write(what, as, to);
        const auto found = read(to);
        REQUIRE(found.type == type);
        REQUIRE(found.mode == mode);
      }
    }
  }
}

TEST_CASE("what is written is read back, in every dialect") {
  const posix what{.type = file_type::regular,
                   .mode = 04751,
                   .uid = 1000,
                   .gid = 0,
                   .device = {},
                   .atime = timestamp{1, 2},
                   .mtime = timestamp{-5, 7},
                   .ctime = timestamp{3, 999999999},
                   .link_target = {}};
  for (const auto as : {dialect::aws, dialect::azure, dialect::s3fs, dialect::rclone}) {
    texts to{{"project", "kept"}};
    write(what, as, to);
    CHECK(to.at("project") == "kept");
    const auto found = read(to);
    CHECK(found.type == what.type);
    CHECK(found.mode == what.mode);
    CHECK(found.uid == what.uid);
    CHECK(found.gid == what.gid);
    CHECK((found.atime == what.atime));
    CHECK((found.mtime == what.mtime));
    if (as != dialect::rclone) CHECK((found.ctime == what.ctime));
  }
  texts nothing;
  write(what, dialect::none, nothing);
  CHECK(nothing.empty());

  posix device = what;
  device.type = file_type::block_device;
  device.device = std::uint64_t{300} << 32 | 70'000;
  for (const auto as : {dialect::aws, dialect::azure, dialect::s3fs}) {
    texts to;
    write(device, as, to);
    CHECK(read(to).type == file_type::block_device);
    CHECK(read(to).device == device.device);
  }
}

TEST_CASE("the exact headers") {
  const posix what{.type = file_type::regular,
                   .mode = 0664,
                   .uid = 500,
                   .gid = 501,
                   .device = {},
                   .atime = {},
                   .mtime = timestamp{1595002920, 0},
                   .ctime = {},
                   .link_target = {}};
  texts aws, s3fs, rclone;
  write(what, dialect::aws, aws);
  CHECK((aws == texts{{"file-permissions", "0100664"},
                      {"file-owner", "500"},
                      {"file-group", "501"},
                      {"file-mtime", "1595002920000000000ns"}}));
  write(what, dialect::s3fs, s3fs);
  CHECK((s3fs == texts{{"mode", "33204"}, {"uid", "500"}, {"gid", "501"}, {"mtime", "1595002920.000000000"}}));
  write(what, dialect::rclone, rclone);
  CHECK((rclone == texts{{"mode", "100664"}, {"uid", "500"}, {"gid", "501"}, {"mtime", "1595002920.000000000"}}));
}

TEST_CASE("no reader of any dialect is left with an old truth") {
  texts all{{"mode", "33188"}, {"mtime", "100"}, {"goog-reserved-posix-uid", "1"}, {"file_owner", "2"}, {"other", "x"}};
  const posix now{.type = file_type::regular,
                  .mode = 0600,
                  .uid = 9,
                  .gid = {},
                  .device = {},
                  .atime = {},
                  .mtime = timestamp{200, 5},
                  .ctime = {},
                  .link_target = {}};
  write(now, dialect::aws, all);
  CHECK(all.at("mode") == "33152");
  CHECK(all.at("mtime") == "200");
  CHECK(all.at("goog-reserved-posix-uid") == "9");
  CHECK(all.at("file_owner") == "9");
  CHECK(all.at("file-mtime") == "200000000005ns");
  CHECK(all.at("other") == "x");
  texts octal{{"mode", "100664"}, {"mtime", "2020-07-17T16:22:00Z"}};
  write(now, dialect::none, octal);
  CHECK(octal == texts{{"mode", "100600"}, {"mtime", "1970-01-01T00:03:20.000000005Z"}});
}

TEST_CASE("times and device numbers") {
  CHECK(seconds_text({1, 5}) == "1.000000005");
  CHECK(seconds_text({-2, 750'000'000}) == "-1.250000000");
  CHECK(seconds_text({-1, 500'000'000}) == "-0.500000000");
  CHECK(same(seconds("-1.25"), -2, 750'000'000));
  CHECK(same(seconds("1.5"), 1, 500'000'000));
  CHECK(same(nanoseconds("-1ns"), -1, 999'999'999));
  CHECK(nanoseconds_text({-1, 999'999'999}) == "-1ns");
  CHECK_FALSE(seconds(""));
  CHECK_FALSE(internet_date("2020-13-01T00:00:00Z"));
  CHECK_FALSE(internet_date("2020-02-30T00:00:00Z"));
  CHECK_FALSE(internet_date("2020-02-01T00:00:00"));
  CHECK(dev_of(std::uint64_t{8} << 32 | 1) == 0x801);
  CHECK(device_of(0x801) == (std::uint64_t{8} << 32 | 1));
}
