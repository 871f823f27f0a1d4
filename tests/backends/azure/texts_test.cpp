// What is read from replies and written into requests, without a server.
#include <array>
#include <catch2/catch.hpp>
#include <set>

#include <randomio/backends/azure/azure_error.hpp>
#include <randomio/backends/azure/block_id.hpp>
#include <randomio/backends/azure/container.hpp>
#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/requests/batch.hpp>
#include <randomio/backends/azure/requests/blocks.hpp>
#include <randomio/backends/azure/requests/listing.hpp>
#include <randomio/backends/object/base64.hpp>

using namespace randomio;
using kind = precondition::kind;

TEST_CASE("block ids share random bytes within an upload, and length with all") {
  std::set<std::string> uploads;
  for (int i = 0; i < 1000; ++i) uploads.insert(azure::block_ids::fresh(16).text());
  CHECK(uploads.size() == 1000);
  for (const std::size_t bytes : {16U, 24U, 64U}) {
    const auto ids = azure::block_ids::fresh(bytes);
    CHECK(ids.text().size() >= 24);  // 96 bits in hexadecimal.
    const auto again = azure::block_ids::of(ids.text());
    REQUIRE(again);
    std::set<std::string> all;
    for (const auto number : {1, 2, 256, 50'000}) {
      for (const auto block : {0, 1, 65'535}) {
        const auto id = ids.at(static_cast<std::uint16_t>(number), static_cast<std::uint16_t>(block));
        all.insert(id);
        CHECK(object::base64_decoded(id)->size() == bytes);
        CHECK(again->at(static_cast<std::uint16_t>(number), static_cast<std::uint16_t>(block)) == id);
        CHECK(azure::block_ids::holding(id)->text() == ids.text());
      }
    }
    CHECK(all.size() == 12);
  }
  for (const auto* bad : {"", "00", "xx", "0123456789abcdef0123456g", "0123456789abcdef012345678"}) {
    CHECK_FALSE(azure::block_ids::of(bad));
  }
  CHECK_FALSE(azure::block_ids::holding("c2hvcnQ="));
}

TEST_CASE("codes of the service decide, then statuses") {
  using azure::code_of;
  CHECK(code_of(404, "BlobNotFound", kind::none) == errc::not_found);
  CHECK(code_of(404, "BlobNotFound", kind::matches) == errc::precondition_failed);
  CHECK(code_of(404, "ContainerNotFound", kind::matches) == errc::no_such_address);
  CHECK(code_of(409, "BlobAlreadyExists", kind::absent) == errc::already_exists);
  CHECK(code_of(412, "ConditionNotMet", kind::matches) == errc::precondition_failed);
  CHECK(code_of(412, "ConditionNotMet", kind::absent) == errc::already_exists);
  CHECK(code_of(412, "SourceConditionNotMet", kind::absent) == errc::precondition_failed);
  CHECK(code_of(400, "InvalidBlockList", kind::matches) == errc::busy);
  CHECK(code_of(503, "ServerBusy", kind::none) == errc::throttled);
  CHECK(code_of(500, "OperationTimedOut", kind::none) == errc::timed_out);
  CHECK(code_of(412, "LeaseIdMissing", kind::matches) == errc::busy);
  CHECK(code_of(409, "InvalidBlobType", kind::none) == errc::unsupported);
  CHECK(code_of(403, "AuthenticationFailed", kind::none) == errc::unauthenticated);
  CHECK(code_of(403, "AuthorizationPermissionMismatch", kind::none) == errc::permission_denied);
  CHECK(code_of(409, "SomethingNew", kind::none) == errc::busy);
  CHECK(code_of(418, "", kind::none) == errc::invalid);
}

TEST_CASE("an error has the service's words and request id, and no signature") {
  http::reply reply;
  reply.status = 403;
  reply.headers.add("x-ms-request-id", "id-1");
  reply.body =
      "<?xml version=\"1.0\"?><Error><Code>AuthenticationFailed</Code><Message>The MAC signature found in the HTTP "
      "request 'ctzMq410TV3wS7upTBcunJTDLEJwMAZuFPfr0mrrA08=' is wrong.\nRequestId:id-1\nTime:now</Message></Error>";
  const auto made = azure::error_of(reply, {.op = operation::get, .key = "k"});
  CHECK(made.code() == errc::unauthenticated);
  CHECK(made.request_id() == "id-1");
  CHECK(made.key() == "k");
  CHECK(made.vendor_code() == 403);
  CHECK(made.message().starts_with("AuthenticationFailed: The MAC signature"));
  CHECK_FALSE(made.describe().contains("ctzMq410"));
}

TEST_CASE("a name of metadata travels once, however it was spelt") {
  http::request what;
  const object::properties::texts metadata{{"file-mtime", "new"}, {"file_mtime", "old"}, {"other_name", "kept"}};
  REQUIRE(azure::add_metadata(what, metadata));
  std::vector<std::pair<std::string, std::string>> sent;
  for (const auto& [name, value] : what.headers) sent.emplace_back(name, value);
  CHECK(sent == std::vector<std::pair<std::string, std::string>>{{"x-ms-meta-file_mtime", "new"},
                                                                 {"x-ms-meta-other_name", "kept"}});
  CHECK(azure::add_metadata(what, {{"9lives", "x"}}).error() == errc::invalid);
}

TEST_CASE("block lists are written and read") {
  const std::array<azure::listed_block, 2> blocks{
      {{.id = "AA==", .committed = true}, {.id = "BB&=", .committed = false}}};
  CHECK(azure::block_list_text(blocks) ==
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Committed>AA==</Committed>"
        "<Uncommitted>BB&amp;=</Uncommitted></BlockList>");
  const auto read = azure::parse_block_list(
      "<?xml version=\"1.0\" "
      "encoding=\"utf-8\"?><BlockList><CommittedBlocks><Block><Name>AA==</Name><Size>4194304</Size>"
      "</Block></CommittedBlocks><UncommittedBlocks><Block><Name>BB==</Name><Size>7</Size></Block></UncommittedBlocks>"
      "</BlockList>");
  REQUIRE(read);
  CHECK(read->committed.at(0).size == 4'194'304);
  CHECK(read->uncommitted.at(0).id == "BB==");
  CHECK(
      azure::parse_block_list("<BlockList><CommittedBlocks><Block><Name>A</Name></Block></CommittedBlocks></BlockList>")
          .error() == errc::corrupt);
  CHECK(azure::parse_block_list("<Other/>").error() == errc::corrupt);
}

TEST_CASE("listings are read, with names that XML cannot hold") {
  const auto read = azure::parse_listing(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>"
      "<Blob><Name Encoded=\"true\">a%01b%20c</Name><Properties><Content-Length>5</Content-Length><Etag>0x8D</Etag>"
      "<Last-Modified>Sun, 06 Nov 1994 08:49:37 GMT</Last-Modified></Properties><Metadata><hdi_isFolder>true"
      "</hdi_isFolder></Metadata></Blob><BlobPrefix><Name> dir/</Name></BlobPrefix></Blobs>"
      "<NextMarker>2!more</NextMarker></EnumerationResults>");
  REQUIRE(read);
  REQUIRE(read->found.size() == 2);
  CHECK(read->found[0].name ==
        "a\x01"
        "b c");
  CHECK(read->found[0].size == 5);
  CHECK(read->found[0].modified.seconds == 784'111'777);
  CHECK(read->found[0].metadata.at("hdi_isfolder") == "true");
  CHECK(read->found[1].is_prefix);
  CHECK(read->found[1].name == " dir/");
  CHECK(read->marker == "2!more");
  CHECK(azure::version_of("0x8D").tag == "\"0x8D\"");
}

TEST_CASE("a batch's replies are told apart by their numbers") {
  const std::string body =
      "--x\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nHTTP/1.1 404 Not found.\r\n"
      "x-ms-error-code: BlobNotFound\r\n\r\n<Error/>\r\n--x\r\nContent-ID: 0\r\n\r\nHTTP/1.1 202 Accepted\r\n"
      "x-ms-request-id: r\r\n\r\n--x--\r\n";
  const auto read = azure::parse_batch("multipart/mixed; boundary=x", body, 2);
  REQUIRE(read);
  CHECK((*read)[0].status == 202);
  CHECK((*read)[1].status == 404);
  CHECK((*read)[1].headers.find("x-ms-error-code") == "BlobNotFound");
  CHECK((*read)[1].body == "<Error/>");
  CHECK(azure::parse_batch("multipart/mixed; boundary=x", body, 3).error() == errc::corrupt);
  CHECK(azure::parse_batch("multipart/mixed; boundary=x", body, 1).error() == errc::corrupt);
  CHECK(azure::parse_batch("text/plain", body, 2).error() == errc::corrupt);
  CHECK(azure::parse_batch("multipart/mixed; boundary=x", "--x\r\n\r\nHTTP/1.1 2", 1).error() == errc::corrupt);
}

TEST_CASE("where a container is") {
  const auto at = azure::container::of({.account = "acc0unt", .container = "c-1", .prefix = "p/"});
  REQUIRE(at);
  CHECK(at->blob_url("p/a b/ü?#") == "https://acc0unt.blob.core.windows.net/c-1/p/a%20b/%C3%BC%3F%23");
  CHECK(at->is_azure());
  CHECK(at->full_key("x/y") == "p/x/y");
  CHECK(at->full_key("x\\y").error() == errc::bad_sequence);
  CHECK(at->own_key("p/x") == "x");
  CHECK_FALSE(at->own_key("q/x"));
  CHECK(azure::container::of({.account = "account", .container = "Bad"}).error().key() == "container");
  CHECK(azure::container::of({.account = "no", .container = "good"}).error().key() == "account");
  CHECK(azure::container::of({.container = "good", .endpoint = "http://h"}).error().key() == "endpoint");
  CHECK_FALSE(
      azure::container::of({.container = "good", .endpoint = "https://core.windows.net.evil.example"})->is_azure());
}
