// What is signed, against the examples of the documentation, and signatures, against those of Azure's own client.
#include <array>
#include <catch2/catch.hpp>

#include <randomio/backends/azure/credentials/static_provider.hpp>
#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/sas.hpp>
#include <randomio/backends/azure/shared_key.hpp>

using namespace randomio;
using namespace std::string_literals;

namespace {

http::request request(http::method verb, std::string url) {
  http::request out;
  out.verb = verb;
  out.url = std::move(url);
  return out;
}

// The key that every Azurite has: public.
const azure::secret key{"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="};

}  // namespace

TEST_CASE("the string to sign of Get Container Metadata, as documented") {
  // Source: "Authorize with Shared Key", "Shared Key format for 2009-09-19 and later", in the form since 2015-02-21.
  auto what = request(http::method::get,
                      "https://myaccount.blob.core.windows.net/mycontainer?comp=metadata&restype=container&timeout=20");
  what.headers.add("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
  what.headers.add("x-ms-version", "2015-02-21");
  CHECK(azure::string_to_sign(what, "myaccount") ==
        "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
        "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20");
}

TEST_CASE("the documented examples of canonicalized resources") {
  const auto resource = [](std::string url) {
    const auto text = azure::string_to_sign(request(http::method::get, std::move(url)), "myaccount").value();
    return text.substr(text.find("\n/") + 1);
  };
  CHECK(
      resource("https://myaccount.blob.core.windows.net/"
               "mycontainer?restype=container&comp=list&include=snapshots&include=metadata&include=uncommittedblobs") ==
      "/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container");
  CHECK(resource("https://myaccount-secondary.blob.core.windows.net/mycontainer/myblob") ==
        "/myaccount/mycontainer/myblob");
  CHECK(resource("https://h/c/a%20b?Comp=x%2By") == "/myaccount/c/a%20b\ncomp:x+y");
  CHECK(resource("https://h") == "/myaccount/");
}

TEST_CASE("lengths, conditions and headers take their places") {
  auto what = request(http::method::put, "http://127.0.0.1:10000/dev/c/b");
  const std::string text = "hello world";
  const std::array<std::span<const std::byte>, 1> body{std::as_bytes(std::span(text))};
  what.body = body;
  what.headers.add("Range", "bytes=0-9");
  what.headers.add("If-Match", "\"0x1\"");
  what.headers.add("Content-Type", "text/plain");
  what.headers.add("x-ms-meta-B", "  two ");
  what.headers.add("x-ms-blob-type", "BlockBlob");
  CHECK(
      azure::string_to_sign(what, "dev") ==
      "PUT\n\n\n11\n\ntext/plain\n\n\n\"0x1\"\n\n\nbytes=0-9\nx-ms-blob-type:BlockBlob\nx-ms-meta-b:two\n/dev/dev/c/b");
}

TEST_CASE("a signature is that of Azure's own client") {
  auto what =
      request(http::method::get, "https://devstoreaccount1.blob.core.windows.net/c?restype=container&comp=list");
  const auto keys = azure::from_account_key("devstoreaccount1", key).value();
  REQUIRE(azure::authorise(what, keys, {.seconds = 1'700'000'000}));
  CHECK(what.headers.find("x-ms-date") == "Tue, 14 Nov 2023 22:13:20 GMT");
  CHECK(what.headers.find("Authorization") ==
        "SharedKey devstoreaccount1:IUDcVNlkH4DYfZBkhJRsGU4TXr6jm6/Y73/3JdocK0k=");
}

TEST_CASE("a minted signature is that of Azure's own client") {
  const auto keys = azure::from_account_key("devstoreaccount1", key).value();
  const azure::sas_grant what{.container = "c", .blob = "a b/ü", .expires = {.seconds = 1'700'000'000}};
  const auto query = azure::mint_sas(keys, what);
  CHECK(query.contains("&sig=HfHIDdo9o%2FgG4aRVVbq7ab0eVCPM%2FJailh4P4xhlGyk%3D"));
  CHECK(query.contains("se=2023-11-14T22%3A13%3A20Z"));
  CHECK(azure::sas_expiry(query) == timestamp{.seconds = 1'700'000'000});
}

TEST_CASE("tokens and signatures travel as they should") {
  auto what = request(http::method::get, "https://h/c/b?comp=tags");
  REQUIRE(azure::authorise(what, {.what = azure::credentials::kind::bearer, .value = azure::secret("t0k3n")}, {}));
  CHECK(what.headers.find("Authorization") == "Bearer t0k3n");
  what = request(http::method::get, "https://h/c/b?comp=tags");
  REQUIRE(azure::authorise(what, azure::from_sas(azure::secret(" ?sv=1&sig=a+b/c%3D\n")).value(), {}));
  CHECK(what.url == "https://h/c/b?comp=tags&sv=1&sig=a%2Bb%2Fc%3D");
  CHECK_FALSE(what.headers.find("Authorization"));
  CHECK(azure::from_sas(azure::secret("sv=1&sp=r")).error() == errc::invalid);
  CHECK(azure::from_account_key("a", azure::secret("not base64!")).error() == errc::invalid);
  CHECK_FALSE(azure::from_account_key("a", azure::secret("not base64!")).error().describe().contains("not base64!"));
}

TEST_CASE("times of signatures are read and written") {
  CHECK(azure::parse_utc("2024-02-29T12:30:01Z") == timestamp{.seconds = 1'709'209'801});
  CHECK(azure::parse_utc("2024-02-29T12:30:01.1234567Z") == timestamp{.seconds = 1'709'209'801});
  CHECK(azure::parse_utc("2024-02-29T12:30Z") == timestamp{.seconds = 1'709'209'800});
  CHECK(azure::parse_utc("2024-02-29") == timestamp{.seconds = 1'709'164'800});
  for (const auto* bad : {"", "2024", "2023-02-29", "2024-02-29T", "2024-02-29T25:00Z", "2024-02-29T12:30:01"}) {
    CHECK_FALSE(azure::parse_utc(bad));
  }
  CHECK(azure::utc_text({.seconds = 1'709'209'801}) == "2024-02-29T12:30:01Z");
}

TEST_CASE("digests are in base64") {
  const std::array<std::span<const std::byte>, 2> pieces{std::as_bytes(std::span("ab", 2)),
                                                         std::as_bytes(std::span("c", 1))};
  CHECK(azure::content_md5(pieces) == "kAFQmDzST7DWlj99KOF/cg==");  // RFC 1321, A.5.
}
