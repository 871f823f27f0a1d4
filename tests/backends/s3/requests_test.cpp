#include <randomio/backends/s3/requests/complete_multipart_upload.hpp>
#include <randomio/backends/s3/requests/copy_object.hpp>
#include <randomio/backends/s3/requests/create_multipart_upload.hpp>
#include <randomio/backends/s3/requests/delete_objects.hpp>
#include <randomio/backends/s3/requests/get_object.hpp>
#include <randomio/backends/s3/requests/get_object_tagging.hpp>
#include <randomio/backends/s3/requests/head_object.hpp>
#include <randomio/backends/s3/requests/list_multipart_uploads.hpp>
#include <randomio/backends/s3/requests/list_objects.hpp>
#include <randomio/backends/s3/requests/list_parts.hpp>
#include <randomio/backends/s3/requests/put_object.hpp>
#include <randomio/backends/s3/requests/upload_part.hpp>
#include <randomio/backends/s3/requests/upload_part_copy.hpp>

#include "tests/backends/s3/requests.hpp"

using namespace randomio;
using namespace s3_requests;

TEST_CASE("get asks for a range of a version") {
  std::array<std::byte, 100> out;
  const auto what = s3::get_object(plain(), "p/k", 50, out, v1);
  CHECK(lines(what) == expected{std::string("GET ") + host + "/p/k", "accept-encoding: identity", "if-match: \"v1\"",
                                "x-amz-checksum-mode: ENABLED", "range: bytes=50-149"});
  CHECK(what.into.data() == out.data());
  CHECK(s3::get_object(plain(), "p/k", ~std::uint64_t{0} - 9, out, {}).headers.find("range") ==
        "bytes=18446744073709551606-18446744073709551614");
}

TEST_CASE("a whole object is asked for without a range, so that its checksum comes along") {
  std::array<std::byte, 100> out;
  const auto what = s3::get_whole_object(plain(), "p/k", out, v1);
  CHECK(lines(what) == expected{std::string("GET ") + host + "/p/k", "accept-encoding: identity", "if-match: \"v1\"",
                                "x-amz-checksum-mode: ENABLED"});
  CHECK(what.into.data() == out.data());
}

TEST_CASE("a reply to get is what was asked for, or an error") {
  std::string bytes = "123456789";
  const auto out = std::as_bytes(std::span(bytes));
  auto came = reply(
      "", fields({{"ETag", "\"v1\""}, {"Content-Range", "bytes 0-8/9"}, {"x-amz-checksum-crc64nvme", "rosUhgp5mIg="}}),
      206);
  came.received = 9;
  const auto got = s3::got_object(came, plain(), "k", 0, out);
  REQUIRE(got);
  CHECK(got->count == 9);
  CHECK(got->object.size == 9);

  SECTION("with a wrong checksum") {
    bytes[4] = 'x';
    CHECK(s3::got_object(came, plain(), "k", 0, out).error() == errc::corrupt);
    SECTION("of parts, which cannot be compared") {
      came.headers.add("x-amz-checksum-type", "COMPOSITE");
      CHECK(s3::got_object(came, plain(), "k", 0, out));
    }
  }
  SECTION("about another range") {
    came.headers.set("content-range", "bytes 1-9/10");
    CHECK(s3::got_object(came, plain(), "k", 0, out).error() == errc::corrupt);
  }
  SECTION("shorter than the object") {
    came.headers.set("content-range", "bytes 0-8/100");
    const std::string large(50, 'x');
    CHECK(s3::got_object(came, plain(), "k", 0, std::as_bytes(std::span(large))).error() == errc::corrupt);
  }
  SECTION("of the whole, from a server without ranges") {
    came.status = 200;
    came.headers.remove("content-range");
    came.headers.add("content-length", "9");
    CHECK(s3::got_object(came, plain(), "k", 0, out));
    CHECK(s3::got_object(came, plain(), "k", 3, out).error() == errc::corrupt);
  }
  SECTION("without an ETag") {
    came.headers.remove("etag");
    CHECK(s3::got_object(came, plain(), "k", 0, out).error() == errc::corrupt);
  }
}

TEST_CASE("head tells the checksum of an object when it is one of all its bytes") {
  const auto checksum_with = [](std::string_view type) {
    const auto told = s3::headed_object(reply("", fields({{"Content-Length", "7"},
                                                          {"ETag", "\"v1\""},
                                                          {"x-amz-checksum-crc64nvme", "AAAAAAAAAAA="},
                                                          {"x-amz-checksum-type", type}})),
                                        plain(), "k");
    REQUIRE(told);
    return told->checksum;
  };
  CHECK(checksum_with("FULL_OBJECT") == "AAAAAAAAAAA=");
  CHECK(checksum_with("COMPOSITE").empty());
}

TEST_CASE("head tells what an object is") {
  CHECK(lines(s3::head_object(plain(), "p/k", v1, "id=1")) ==
        expected{std::string("HEAD ") + host + "/p/k?versionId=id%3D1", "accept-encoding: identity", "if-match: \"v1\"",
                 "x-amz-checksum-mode: ENABLED"});
  const auto told = s3::headed_object(reply("", fields({{"Content-Length", "7"},
                                                        {"ETag", "\"v1\""},
                                                        {"Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT"},
                                                        {"x-amz-version-id", "V"},
                                                        {"x-amz-tagging-count", "2"},
                                                        {"Content-Type", "text/plain"},
                                                        {"Content-Encoding", "aws-chunked, gzip"},
                                                        {"X-Amz-Meta-Mtime", "5"},
                                                        {"x-amz-meta-name", "=?UTF-8?B?w7w=?="},
                                                        {"x-amz-storage-class", "STANDARD_IA"},
                                                        {"x-amz-server-side-encryption", "AES256"},
                                                        {"Server", "x"}})),
                                      plain(), "k");
  REQUIRE(told);
  CHECK(told->size == 7);
  CHECK(told->current == v1);
  CHECK(told->checksum.empty());
  CHECK(told->version_id == "V");
  CHECK(told->modified.seconds == 1'445'412'480);
  CHECK(told->tags == 2);
  using texts = object::properties::texts;
  CHECK(told->held.content == texts{{"content-encoding", "gzip"}, {"content-type", "text/plain"}});
  CHECK(told->held.metadata == texts{{"mtime", "5"}, {"name", "ü"}});
  CHECK(told->held.storage_class == "STANDARD_IA");
  CHECK(told->held.service == texts{{"x-amz-server-side-encryption", "AES256"}});
  CHECK_FALSE(told->held.tags);
}

TEST_CASE("put sends properties, a checksum and a condition") {
  const one_piece body("123456789");
  object::properties with;
  with.content = {{"content-type", "text/plain"}};
  with.metadata = {{"name", "ü"}};
  with.tags = object::properties::texts{{"a b", "c"}, {"d", ""}};
  const auto what = s3::put_object(plain(), "p/k", body.piece, with, precondition::absent());
  REQUIRE(what);
  CHECK(lines(*what) == expected{std::string("PUT ") + host + "/p/k", "content-type: text/plain",
                                 "x-amz-meta-name: =?UTF-8?B?w7w=?=", "x-amz-tagging: a%20b=c&d=",
                                 "x-amz-checksum-crc64nvme: rosUhgp5mIg=", "if-none-match: *"});
  CHECK(what->again == http::repeatable::if_refused);
  const auto again = s3::put_object(plain(), "p/k", body.piece, {}, precondition::none());
  CHECK(again->again == http::repeatable::always);
  const auto replaced = s3::put_object(plain(), "p/k", body.piece, {}, precondition::matches(v1));
  CHECK(replaced->headers.find("if-match") == "\"v1\"");
}

TEST_CASE("the bucket's defaults hold where the object has nothing of its own") {
  s3::options with;
  with.storage_class = "STANDARD_IA";
  with.requester_pays = true;
  with.checksum = s3::checksum_algorithm::none;
  with.sse = {.what = s3::encryption::kind::kms, .kms_key_id = "key", .bucket_key = true};
  const auto in = bucket_with(with);
  CHECK(lines(*s3::put_object(in, "k", {}, {}, precondition::none())) ==
        expected{std::string("PUT ") + host + "/k", "x-amz-request-payer: requester",
                 "x-amz-storage-class: STANDARD_IA", "x-amz-server-side-encryption: aws:kms",
                 "x-amz-server-side-encryption-aws-kms-key-id: key",
                 "x-amz-server-side-encryption-bucket-key-enabled: true"});
  object::properties own;
  own.storage_class = "GLACIER_IR";
  own.service = {{"x-amz-server-side-encryption", "AES256"}};
  CHECK(lines(*s3::put_object(in, "k", {}, own, precondition::none())) ==
        expected{std::string("PUT ") + host + "/k", "x-amz-request-payer: requester", "x-amz-storage-class: GLACIER_IR",
                 "x-amz-server-side-encryption: AES256"});
}

TEST_CASE("a customer key travels with whatever touches bytes") {
  s3::options with;
  with.checksum = s3::checksum_algorithm::none;
  std::string key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  with.sse = {.what = s3::encryption::kind::customer, .customer_key = http::secret(key)};
  const auto in = bucket_with(with);
  const auto has = [&](const http::request& what, std::string prefix = "x-amz-server-side-encryption-customer-") {
    return what.headers.find(prefix + "algorithm") == "AES256" && what.headers.find(prefix + "key") == key &&
           what.headers.find(prefix + "key-md5") == "KYvwGXoFFJ42a2u2GDWhwQ==";
  };
  std::array<std::byte, 1> out;
  const object::source from{"k", v1};
  const auto source_prefix = "x-amz-copy-source-server-side-encryption-customer-";
  CHECK(has(s3::get_object(in, "k", 0, out, {})));
  CHECK(has(s3::head_object(in, "k")));
  CHECK(has(*s3::put_object(in, "k", {}, {}, precondition::none())));
  CHECK(has(*s3::create_multipart_upload(in, "k", {})));
  CHECK(has(s3::upload_part(in, "k", "id", 1, {})));
  const auto part = s3::upload_part_copy(in, {"k", "id"}, 1, from, *range::make(0, 1));
  CHECK(has(part));
  CHECK(has(part, source_prefix));
  const auto when = precondition::none();
  const object::properties none;
  const auto copy = s3::copy_object(in, {.from = from, .to = "t", .with = none, .when = when});
  CHECK(has(*copy));
  CHECK(has(*copy, source_prefix));
}

TEST_CASE("a service may be silent for as long as it copies") {
  constexpr std::uint64_t gib = std::uint64_t{1} << 30;
  const auto when = precondition::none();
  const object::properties none;
  const object::source from{.key = "p/f", .size = 2 * gib};
  CHECK(s3::upload_part_copy(plain(), {"p/k", "id"}, 1, from, *range::make(0, gib)).work_time.count() == 64);
  CHECK(s3::copy_object(plain(), {.from = from, .to = "p/t", .with = none, .when = when})->work_time.count() == 128);
  const std::vector<object::part> parts{{.number = 1, .size = gib}, {.number = 2, .size = gib}};
  CHECK(s3::complete_multipart_upload(plain(), "p/k", "id", parts, {}, when).work_time.count() == 128);
  CHECK(s3::upload_part(plain(), "p/k", "id", 1, {}).work_time.count() == 0);
}

TEST_CASE("copy tells what to keep") {
  const object::source from{"p/f r", v1, "V1"};
  const auto when = precondition::matches({"\"v2\""});
  object::properties with;
  with.storage_class = "STANDARD_IA";
  with.metadata = {{"a", "b"}};
  CHECK(lines(*s3::copy_object(plain(), {.from = from, .to = "p/t", .with = with, .when = when})) ==
        expected{std::string("PUT ") + host + "/p/t", "x-amz-copy-source: /b/p/f%20r?versionId=V1",
                 "x-amz-copy-source-if-match: \"v1\"", "x-amz-storage-class: STANDARD_IA",
                 "x-amz-metadata-directive: COPY", "x-amz-checksum-algorithm: CRC64NVME", "if-match: \"v2\""});
  with.tags.emplace();
  CHECK(lines(*s3::copy_object(plain(), {.from = from, .to = "p/t", .with = with, .replaces = true, .when = when})) ==
        expected{std::string("PUT ") + host + "/p/t", "x-amz-copy-source: /b/p/f%20r?versionId=V1",
                 "x-amz-copy-source-if-match: \"v1\"", "x-amz-meta-a: b", "x-amz-storage-class: STANDARD_IA",
                 "x-amz-metadata-directive: REPLACE", "x-amz-tagging-directive: REPLACE",
                 "x-amz-checksum-algorithm: CRC64NVME", "if-match: \"v2\""});
  const auto elsewhere = bucket_with({.copy_condition_prefix = "cf-copy-destination-"});
  CHECK(s3::copy_object(elsewhere, {.from = from, .to = "t", .with = with, .when = when})
            ->headers.find("cf-copy-destination-if-match") == "\"v2\"");
  const auto done = s3::copied_object(
      reply("<CopyObjectResult><ETag>&quot;v3&quot;</ETag></CopyObjectResult>", fields({{"x-amz-version-id", "V3"}})),
      asked);
  REQUIRE(done);
  CHECK(done->current.tag == "\"v3\"");
  CHECK(done->version_id == "V3");
  CHECK(s3::copied_object(reply("<CopyObjectResult/>"), asked).error() == errc::corrupt);
  CHECK(s3::copied_object(reply("<Other/>"), asked).error() == errc::corrupt);
}

TEST_CASE("a listing is asked for and read, encoded") {
  CHECK(
      lines(s3::list_objects(plain(), {.prefix = "a b/", .delimited = true, .start_after = "a b/+", .keys_max = 7})) ==
      expected{
          std::string("GET ") + host +
          "/?list-type=2&delimiter=%2F&encoding-type=url&max-keys=7&prefix=p%2Fa%20b%2F&start-after=p%2Fa%20b%2F%2B"});
  CHECK(s3::list_objects(plain(), {}).failed_inside == s3::failed_inside_for_now);
  const auto page = s3::listed_objects(
      reply("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>"
            "<Contents><Key>p/</Key><Size>0</Size></Contents>"
            "<Contents><Key>p/z+%2B%25%0A</Key><Size>12</Size><ETag>&quot;v1&quot;</ETag>"
            "<LastModified>2009-10-12T17:50:30.000Z</LastModified></Contents>"
            "<CommonPrefixes><Prefix>p/m%2F</Prefix></CommonPrefixes><CommonPrefixes><Prefix>p/n/</Prefix></"
            "CommonPrefixes>"
            "<IsTruncated>true</IsTruncated><NextContinuationToken>next==</NextContinuationToken></ListBucketResult>"),
      plain());
  REQUIRE(page);
  REQUIRE(page->found.size() == 3);
  CHECK(page->found[0].key == "m/");
  CHECK(page->found[0].is_prefix);
  CHECK(page->found[2].key == "z +%\n");
  CHECK(page->found[2].size == 12);
  CHECK(page->found[2].current == v1);
  CHECK(page->found[2].modified.seconds == 1'255'369'830);
  CHECK(page->continuation == "next==");

  for (const auto* bad : {"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
                          "<ListBucketResult><Contents><Key>p/a</Key><Size>-1</Size></Contents></ListBucketResult>",
                          "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>p/%</Key><Size>1</Size></"
                          "Contents></ListBucketResult>",
                          "<ListBucketResult>", "<Other/>", ""}) {
    CAPTURE(bad);
    CHECK(s3::listed_objects(reply(bad), plain()).error() == errc::corrupt);
  }
}

TEST_CASE("keys to delete are named in XML") {
  const std::vector<std::string> keys{"p/a&b<c>\"", "p/\r\n"};
  CHECK(s3::delete_objects_body(keys) ==
        "<Delete><Object><Key>p/a&amp;b&lt;c&gt;&quot;</Key></Object><Object><Key>p/&#13;\n</Key></Object>"
        "<Quiet>true</Quiet></Delete>");
  const one_piece body("x");
  CHECK(lines(s3::delete_objects(plain(), body.piece)) ==
        expected{std::string("POST ") + host + "/?delete=", "content-type: application/xml",
                 "content-md5: ndTkYSaMgDT1yFZOFVxnpg=="});
  const auto failed = s3::deleted_objects(
      reply("<DeleteResult><Error><Key>p/a</Key><Code>AccessDenied</Code><Message>no</Message></Error>"
            "<Error><Key>p/b</Key><Code>NoSuchKey</Code></Error></DeleteResult>"),
      plain());
  REQUIRE(failed);
  REQUIRE(failed->size() == 1);
  CHECK(failed->front().describe() == "remove: permission_denied: a: AccessDenied: no");
}

TEST_CASE("tags are read") {
  const auto tags = s3::got_object_tagging(reply("<Tagging><TagSet><Tag><Key>a</Key><Value> b "
                                                 "</Value></Tag><Tag><Key>c</Key><Value/></Tag></TagSet></Tagging>"),
                                           asked);
  CHECK(tags == object::properties::texts{{"a", " b "}, {"c", ""}});
}

TEST_CASE("replies that are too much are refused") {
  std::string many = "<ListBucketResult>";
  for (int i = 0; i < 250'000; ++i) many += "<a/>";
  many += "</ListBucketResult>";
  CHECK(s3::listed_objects(reply(many), plain()).error() == errc::corrupt);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  CHECK(s3::listed_objects(reply(deep), plain()).error() == errc::corrupt);
}
