#include <catch2/catch.hpp>

#include <randomio/backends/s3/bucket.hpp>
#include <randomio/backends/s3/endpoint.hpp>
#include <randomio/backends/s3/listing_date.hpp>

using namespace randomio;

namespace {

std::string url(s3::endpoint::choice what, std::string_view key = "a/b c") {
  const auto made = s3::endpoint::of(what);
  return made ? made->object_url(key) : made.error().describe();
}

}  // namespace

TEST_CASE("at AWS the bucket is in the host name, unless no certificate would fit") {
  CHECK(url({.bucket = "media", .region = "eu-central-1"}) == "https://media.s3.eu-central-1.amazonaws.com/a/b%20c");
  CHECK(url({.bucket = "my.media", .region = "eu-central-1"}) ==
        "https://s3.eu-central-1.amazonaws.com/my.media/a/b%20c");
  CHECK(url({.bucket = "media", .style = s3::addressing::path}) == "https://s3.us-east-1.amazonaws.com/media/a/b%20c");
  CHECK(url({.bucket = "media", .region = "cn-north-1"}) == "https://media.s3.cn-north-1.amazonaws.com.cn/a/b%20c");
}

TEST_CASE("elsewhere it is in the path, below that of the endpoint") {
  for (const auto* custom : {"http://host:9000", "http://host:9000/", "http://host:9000//"}) {
    CHECK(url({.bucket = "media", .custom = custom}) == "http://host:9000/media/a/b%20c");
  }
  CHECK(url({.bucket = "media", .custom = "https://host/s3/"}) == "https://host/s3/media/a/b%20c");
  CHECK(url({.bucket = "media", .custom = "https://host:8443", .style = s3::addressing::virtual_host}) ==
        "https://media.host:8443/a/b%20c");
}

TEST_CASE("every byte of a key that is not unreserved is encoded") {
  CHECK(url({.bucket = "b", .custom = "http://h"}, "+%?#&=\"ü//../.~-_") ==
        "http://h/b/%2B%25%3F%23%26%3D%22%C3%BC//../.~-_");
}

TEST_CASE("the bucket itself has one URL") {
  CHECK(s3::endpoint::of({.bucket = "b", .custom = "http://h/"})->bucket_url() == "http://h/b");
  CHECK(s3::endpoint::of({.bucket = "b"})->bucket_url() == "https://b.s3.us-east-1.amazonaws.com/");
}

TEST_CASE("what is no bucket, region or URL is refused by name") {
  for (const auto* bucket : {"", ".", "..", "a/b", "a b", "a?b", "ü", "x--x-s3"}) {
    const auto made = s3::endpoint::of({.bucket = bucket});
    CAPTURE(bucket);
    REQUIRE_FALSE(made);
    CHECK(made.error() == errc::invalid);
    CHECK(made.error().key() == "bucket");
  }
  CHECK(s3::endpoint::of({.bucket = "b", .region = "evil.example/"}).error().key() == "region");
  for (const auto* url : {"host:9000", "nonsense", "ftp://h/", "https://h/?x"}) {
    CAPTURE(url);
    const auto made = s3::endpoint::of({.bucket = "b", .custom = url});
    REQUIRE_FALSE(made);
    CHECK(made.error().key() == "endpoint");
  }
  const auto with_password = s3::endpoint::of({.bucket = "b", .custom = "https://u:secret@h/"});
  REQUIRE_FALSE(with_password);
  CHECK_FALSE(with_password.error().describe().contains("secret"));
}

TEST_CASE("a prefix is a folder") {
  for (const auto* prefix : {"raw", "raw/", "/raw"}) {
    const auto in = s3::bucket::of({.bucket = "b", .prefix = prefix});
    CHECK(in->full_key("a") == "raw/a");
    CHECK(in->own_key("raw/a") == "a");
    CHECK_FALSE(in->own_key("rawhide"));
  }
}

TEST_CASE("a request follows its bucket to another region") {
  const auto here = s3::bucket::of({.bucket = "media"}), there = here->in_region("eu-west-1");
  auto what = here->to_object(http::method::get, "a", http::query().add("tagging"));
  there->retarget(what, *here);
  CHECK(what.url == "https://media.s3.eu-west-1.amazonaws.com/a?tagging=");
  what = here->to_bucket(http::method::get, http::query().add("list-type", "2"));
  there->retarget(what, *here);
  CHECK(what.url == "https://media.s3.eu-west-1.amazonaws.com/?list-type=2");
}

TEST_CASE("dates of listings are read, others are not") {
  CHECK(s3::listing_date("2009-10-12T17:50:30.000Z") == timestamp{.seconds = 1'255'369'830});
  CHECK(s3::listing_date("1970-01-01T00:00:00Z") == timestamp{});
  for (const auto* bad : {"", "2009-10-12", "2009-13-12T17:50:30Z", "2009-02-30T17:50:30Z", "2009-10-12T25:50:30Z",
                          "2009-10-12T17:50:30", "2009-10-12 17:50:30Z", "-009-10-12T17:50:30Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(s3::listing_date(bad));
  }
}
