#include <array>
#include <ctime>

#include <randomio/backends/azure/credentials/static_provider.hpp>
#include <randomio/backends/azure/requests/leases.hpp>
#include <randomio/backends/azure/sas.hpp>

#include "tests/backends/azure/fixture.hpp"

using namespace azure_test;

namespace {

const precondition none = precondition::none();
const precondition absent = precondition::absent();

}  // namespace

TEST_CASE_METHOD(blob_fixture, "append blobs append at their end, and are not rewritten") {
  const auto& at = blobs.requests();
  const auto blob = *blobs.blob("log");
  const object::properties plain;
  get(azure::put_append_blob(at, blob, plain, {.when = absent}));
  const std::array<std::span<const std::byte>, 1> line{bytes_of(std::string_view("line\n"))};
  CHECK(get(azure::append_block(at, blob, line, azure::anywhere, {.when = none})).offset == 0);
  CHECK(content("log") == "line\n");
  CHECK(get(azure::append_block(at, blob, line, 5, {.when = none})).offset == 5);
  CHECK(failure(azure::append_block(at, blob, line, 5, {.when = none})) == errc::precondition_failed);
  CHECK(content("log") == "line\nline\n");
  const auto held = get(store->head("log")).held;
  CHECK(held.service.at("x-ms-blob-type") == "AppendBlob");
  CHECK(try_put("log", "x", held).error() == errc::unsupported);
  CHECK(failure(store->begin_upload("log", held)) == errc::unsupported);
}

TEST_CASE_METHOD(blob_fixture, "a lease keeps others from writing") {
  const auto& at = blobs.requests();
  put("leased", "one");
  const auto blob = *blobs.blob("leased");
  const auto id = get(azure::acquire_lease(at, blob, std::chrono::seconds(15)));
  CHECK(id.size() == 36);
  CHECK(failure(azure::acquire_lease(at, blob, std::chrono::seconds(15))) == errc::busy);
  CHECK(try_put("leased", "two").error() == errc::busy);
  const std::array<std::span<const std::byte>, 1> text{bytes_of(std::string_view("three"))};
  get(azure::put_blob(at, blob, text, {}, {.when = none, .lease_id = id}));
  get(azure::renew_lease(at, blob, id));
  const auto other = get(azure::change_lease(at, blob, id, "1f812371-a41d-49e6-b123-f4b542e851c5"));
  CHECK(failure(azure::renew_lease(at, blob, id)) == errc::busy);
  get(azure::release_lease(at, blob, other));
  put("leased", "four");
  static_cast<void>(get(azure::acquire_lease(at, blob, std::nullopt)));
  CHECK(get(azure::break_lease(at, blob, std::chrono::seconds(0))).count() == 0);
  put("leased", "five");
}

TEST_CASE_METHOD(blob_fixture, "copies in one request, for small blobs") {
  const auto made = put("a", "text");
  const auto& at = blobs.requests();
  const azure::copy_source from{.url = at.where().blob_url(blobs.blob("a")->full), .expected = made};
  get(azure::copy_blob_from_url(at, *blobs.blob("b"), from, nullptr, {.when = absent}));
  CHECK(content("b") == "text");
}

TEST_CASE_METHOD(blob_fixture, "a shared access signature that we mint is as good as the key for its blob") {
  put("shared", "text");
  const auto& of = blobs.requests().where().with();
  const auto key = azure::from_account_key(of.account, of.authorised_by.account_key);
  REQUIRE(key);
  const auto full = blobs.blob("shared")->full;
  auto limited = with;
  limited.authorised_by = {};
  limited.authorised_by.sas = azure::secret(azure::mint_sas(
      *key,
      {.container = of.container, .blob = full, .expires = {.seconds = ::time(nullptr) + 600}, .https_only = false}));
  const auto reader = make_store(limited);
  std::string out(4, '\0');
  CHECK(get(reader->get("shared", 0, bytes_in(out))).count == 4);
  CHECK(out == "text");
  CHECK(failure(reader->remove("shared", none)) == errc::permission_denied);
  CHECK(failure(reader->head("another")) != errc::not_found);
  SECTION("and no longer, once it has expired") {
    limited.authorised_by.sas = azure::secret(azure::mint_sas(
        *key,
        {.container = of.container, .blob = full, .expires = {.seconds = ::time(nullptr) - 600}, .https_only = false}));
    const auto late = wait(make_store(limited)->head("shared"));
    REQUIRE_FALSE(late);
    CHECK_FALSE(late.error().describe().contains("sig="));
  }
}
