#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/static_provider.hpp>
#include <randomio/backends/s3/signing_client.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/backends/s3/credentials/sources.hpp"
#include "tests/backends/s3/scripted_client.hpp"
#include "tests/core/runtime/each_loop.hpp"

using namespace s3_test;
using namespace std::chrono_literals;

namespace {

std::string error_body(std::string_view code) {
  return "<?xml version=\"1.0\"?><Error><Code>" + std::string(code) + "</Code><Message>no</Message></Error>";
}

struct fixture {
  std::shared_ptr<controlled_source::state> source = std::make_shared<controlled_source::state>();
  std::unique_ptr<loop> runs = require_loop(loop::kind::epoll);
  s3::caching_provider keys{std::make_unique<controlled_source>(source), {.now = source->clock.clock()}};
  scripted_client service;
  std::vector<std::string> notices;
  s3::signing_client client{service,
                            keys,
                            {.signing = {.region = "eu-central-1"},
                             .now = source->clock.clock(),
                             .notice = [this](std::string_view line) { notices.emplace_back(line); }}};

  result<http::reply> send(http::method verb = http::method::get) {
    http::request what;
    what.verb = verb;
    what.url = "https://bucket.s3.eu-central-1.amazonaws.com/key";
    return sync_wait(*runs, client.send(what));
  }
  [[nodiscard]] std::string key_of(std::size_t request) const {
    const auto field = service.seen.at(request).headers.find("Authorization");
    if (!field) return "none";
    const auto from = field->find("Credential=") + 11;
    return std::string(field->substr(from, field->find('/', from) - from));
  }
  [[nodiscard]] std::string date_of(std::size_t request) const {
    return std::string(service.seen.at(request).headers.find("X-Amz-Date").value_or("none"));
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "each request is signed at its own time") {
  service.then(200, "hello");
  const auto got = send();
  REQUIRE(got);
  CHECK(got->body == "hello");
  CHECK(got->attempts == 1);
  *source->clock.seconds += 60;
  REQUIRE(send());
  CHECK(key_of(0) == "KEY1");
  CHECK(date_of(0) == "20231114T221320Z");
  CHECK(date_of(1) == "20231114T221420Z");
  CHECK(source->calls == 1);
  CHECK(service.seen[0].headers.find("X-Amz-Security-Token") == "token1");
}

TEST_CASE_METHOD(fixture, "expired credentials are replaced, and the request sent once more") {
  const auto* code = GENERATE("ExpiredToken", "InvalidToken", "InvalidAccessKeyId");
  service.then(400, error_body(code));
  service.then(200);
  const auto got = send();
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->attempts == 2);
  CHECK(key_of(0) == "KEY1");
  CHECK(key_of(1) == "KEY2");
}

TEST_CASE_METHOD(fixture, "credentials are replaced once a request, not again and again") {
  service.then(403, error_body("ExpiredToken"));
  const auto got = send();
  REQUIRE(got);
  CHECK(got->status == 403);
  CHECK(service.seen.size() == 2);
  CHECK(source->calls == 2);
}

TEST_CASE_METHOD(fixture, "a source without others gives the refusal back") {
  service.then(403, error_body("ExpiredToken"));
  SECTION("the same again") {
    source->same_again = true;
  }
  SECTION("a failure") {
    REQUIRE(sync_wait(*runs, keys.get()));
    source->failing = errc::unreachable;
  }
  const auto got = send();
  REQUIRE(got);
  CHECK(got->status == 403);
  CHECK(service.seen.size() == 1);
}

TEST_CASE_METHOD(fixture, "an expired token of a HEAD request, whose reply says nothing, is replaced") {
  service.then(400);
  service.then(200);
  const auto got = send(http::method::head);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(key_of(1) == "KEY2");
}

TEST_CASE_METHOD(fixture, "other refusals are the caller's") {
  const auto* code = GENERATE("AccessDenied", "SignatureDoesNotMatch", "NoSuchKey");
  service.then(403, error_body(code), field("Date", "Tue, 14 Nov 2023 23:13:20 GMT"));
  const auto got = send();
  REQUIRE(got);
  CHECK(got->status == 403);
  CHECK(service.seen.size() == 1);
  CHECK(notices.empty());
}

TEST_CASE_METHOD(fixture, "a wrong clock is corrected by the service's, and said once") {
  const auto verb = GENERATE(http::method::get, http::method::head);
  // The service is an hour ahead.
  const auto body = verb == http::method::head ? std::string() : error_body("RequestTimeTooSkewed");
  service.then(403, body, field("Date", "Tue, 14 Nov 2023 23:13:20 GMT"));
  service.then(200);
  const auto got = send(verb);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->attempts == 2);
  CHECK(date_of(1) == "20231114T231320Z");
  REQUIRE(send(verb));
  CHECK(date_of(2) == "20231114T231320Z");  // It stays corrected.
  REQUIRE(notices.size() == 1);
  CHECK(notices[0] ==
        "the clock of this machine is 3600 s behind the service's; requests are signed with the service's time");

  // NTP has set our clock right: the correction is now wrong, and taken back without a word.
  *source->clock.seconds += 3600;
  service.then(403, body, field("Date", "Tue, 14 Nov 2023 23:13:20 GMT"));
  service.then(200);
  service.then(200);
  REQUIRE(send(verb));
  CHECK(date_of(service.seen.size() - 1) == "20231115T001320Z");
  REQUIRE(send(verb));
  REQUIRE(send(verb));
  CHECK(date_of(service.seen.size() - 1) == "20231114T231320Z");
  CHECK(notices.size() == 1);
}

TEST_CASE_METHOD(fixture, "a refusal for the time that the service's clock does not explain is the caller's") {
  service.then(403, error_body("RequestTimeTooSkewed"), field("Date", "Tue, 14 Nov 2023 22:13:20 GMT"));
  REQUIRE(send()->status == 403);
  CHECK(service.seen.size() == 1);
}

TEST_CASE_METHOD(fixture, "a clock may be wrong and a token expired in one request") {
  service.then(403, error_body("RequestTimeTooSkewed"), field("Date", "Tue, 14 Nov 2023 20:13:20 GMT"));
  service.then(400, error_body("ExpiredToken"));
  service.then(200);
  const auto got = send();
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->attempts == 3);
  CHECK(key_of(2) == "KEY2");
  CHECK(date_of(2) == "20231114T201320Z");
}

TEST_CASE_METHOD(fixture, "without credentials nothing is sent") {
  source->failing = errc::unauthenticated;
  const auto got = send();
  REQUIRE_FALSE(got);
  CHECK(got.error() == errc::unauthenticated);
  CHECK(service.seen.empty());
}

TEST_CASE_METHOD(fixture, "another region is signed for from then on") {
  service.then(200);
  client.use_region("us-west-2");
  REQUIRE(send());
  CHECK(service.seen[0].headers.find("Authorization")->find("/us-west-2/s3/aws4_request") != std::string_view::npos);
}

TEST_CASE("anonymous requests pass unsigned") {
  const auto runs = require_loop(loop::kind::epoll);
  s3::caching_provider keys(std::make_unique<s3::static_provider>(s3::static_provider::anonymous()));
  scripted_client service;
  service.then(403, error_body("ExpiredToken"));
  s3::signing_client client(service, keys, {.signing = {.region = "us-east-1"}});
  http::request what;
  what.url = "https://public.s3.amazonaws.com/key";
  REQUIRE(sync_wait(*runs, client.send(what))->status == 403);
  REQUIRE(service.seen.size() == 1);
  CHECK(service.seen[0].headers.empty());
}

TEST_CASE_METHOD(fixture, "presigned URLs use the credentials of the moment") {
  const auto url = sync_wait(*runs, client.presign(http::method::get, "https://b.example/k", {}, 60s));
  REQUIRE(url);
  CHECK(url->find("X-Amz-Credential=KEY1%2F20231114") != std::string::npos);
  CHECK(url->find("X-Amz-Security-Token=token1") != std::string::npos);
}
