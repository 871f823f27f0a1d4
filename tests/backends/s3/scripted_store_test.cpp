#include <catch2/catch.hpp>

#include <randomio/backends/s3/condition_probe.hpp>
#include <randomio/backends/s3/store.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/backends/s3/scripted_client.hpp"
#include "tests/core/runtime/each_loop.hpp"

using namespace s3_test;

// What no server here does: another region, a failure inside a success, conditions that are ignored.

namespace {

std::string error_body(std::string_view code, std::string_view more = {}) {
  return "<Error><Code>" + std::string(code) + "</Code><Message>m</Message>" + std::string(more) + "</Error>";
}

struct fixture {
  std::shared_ptr<scripted_client> service = std::make_shared<scripted_client>();
  std::vector<std::string> regions;
  std::unique_ptr<loop> runs = require_loop(loop::kind::epoll);
  std::unique_ptr<s3::store> store;

  fixture() { open({.bucket = "b"}); }
  void open(s3::options with) {
    auto made = s3::store::make(std::move(with), service, [this](std::string_view to) { regions.emplace_back(to); });
    if (!made) FAIL(made.error().describe());
    store = *std::move(made);
  }
  template <class A>
  auto wait(A&& a) {
    return sync_wait(*runs, std::forward<A>(a));
  }
};

http::fields about(std::string_view etag) {
  auto out = field("etag", etag);
  out.add("content-length", "1");
  return out;
}

}  // namespace

TEST_CASE_METHOD(fixture, "the bucket is followed to its region, once") {
  SECTION("by a field") {
    service->then(301, "", field("x-amz-bucket-region", "eu-west-1"));
  }
  SECTION("by the body") {
    service->then(400, error_body("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"));
  }
  service->then(200, "", about("\"v\""));
  REQUIRE(wait(store->head("k")));
  CHECK(service->seen[0].url == "https://b.s3.us-east-1.amazonaws.com/k");
  CHECK(service->seen[1].url == "https://b.s3.eu-west-1.amazonaws.com/k");
  CHECK(regions == std::vector<std::string>{"eu-west-1"});
  REQUIRE(wait(store->head("other")));
  CHECK(service->seen.size() == 3);
  CHECK(service->seen[2].url == "https://b.s3.eu-west-1.amazonaws.com/other");
}

TEST_CASE_METHOD(fixture, "a bucket that is nowhere does not send us around") {
  service->then(301, "", field("x-amz-bucket-region", "eu-west-1"));
  service->then(301, "", field("x-amz-bucket-region", "eu-west-2"));
  const auto told = wait(store->head("k"));
  REQUIRE_FALSE(told);
  CHECK(service->seen.size() == 2);
  CHECK(told.error().message().contains("eu-west-2"));
}

TEST_CASE_METHOD(fixture, "a conditional request that may have happened has an unknown outcome") {
  service->then(500, error_body("InternalError"));
  const object::properties with;
  CHECK(wait(store->put("k", {}, with, precondition::absent())).error() == errc::outcome_unknown);
  CHECK(wait(store->put("k", {}, with, precondition::none())).error() == errc::unreachable);
  CHECK(wait(store->remove("k", precondition::matches({"\"v\""}))).error() == errc::outcome_unknown);
  const std::vector<object::part> parts;
  CHECK(wait(store->complete({"k", "id"}, parts, precondition::none())).error() == errc::outcome_unknown);
}

TEST_CASE_METHOD(fixture, "a failure inside a success is a failure") {
  const std::vector<object::part> parts;
  service->then(200, "\n" + error_body("InternalError"));
  CHECK(wait(store->complete({"k", "id"}, parts, precondition::none())).error() == errc::outcome_unknown);
  service->then(200, error_body("PreconditionFailed"));
  static_cast<void>(wait(store->complete({"k", "id"}, parts, precondition::none())));
  CHECK(wait(store->complete({"k", "id"}, parts, precondition::absent())).error() == errc::already_exists);
  CHECK(wait(store->copy_part({"k", "id"}, 1, {"f"}, *range::make(0, 1))).error() == errc::precondition_failed);
}

TEST_CASE_METHOD(fixture, "a listing may be a failure inside a success, and may be asked for again") {
  service->then(200, error_body("SlowDown"));
  const auto told = wait(store->list({}));
  REQUIRE_FALSE(told);
  CHECK(told.error() == errc::throttled);
}

TEST_CASE_METHOD(fixture, "at AWS nobody probes") {
  const auto honoured = wait(store->honours());
  REQUIRE(honoured);
  CHECK((honoured->put && honoured->complete && honoured->copy && honoured->copy_source && honoured->remove));
  CHECK(service->seen.empty());
}

TEST_CASE_METHOD(fixture, "a service that takes every condition honours none") {
  open({.bucket = "b", .endpoint = "https://other.example"});
  service->then([](const asked& what) -> result<http::reply> {
    http::reply out;
    out.status = 200;
    out.headers = about("\"always the same\"");
    if (what.url.contains("uploads=")) {
      out.body = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
    } else if (what.verb == http::method::post) {
      out.body = "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>";
    } else if (what.headers.find("x-amz-copy-source") && what.url.contains("partNumber")) {
      out.body = "<CopyPartResult><ETag>\"e\"</ETag></CopyPartResult>";
    } else if (what.headers.find("x-amz-copy-source")) {
      out.body = "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>";
    }
    return out;
  });
  const auto honoured = wait(store->honours());
  REQUIRE(honoured);
  CHECK_FALSE((honoured->put || honoured->complete || honoured->copy || honoured->copy_source || honoured->remove));
  CHECK(service->seen.back().verb == http::method::del);
  const auto asked_so_far = service->seen.size();
  REQUIRE(wait(store->honours()));
  CHECK(service->seen.size() == asked_so_far);  // Once is enough.

  const object::properties with;
  CHECK(wait(store->put("k", {}, with, precondition::absent())).error() == errc::unsupported);
  CHECK(service->seen.size() == asked_so_far);  // What it would ignore is not sent.
  CHECK(wait(store->remove("k", precondition::matches({"\"other\""}))).error() == errc::precondition_failed);
  CHECK(service->seen.back().verb == http::method::head);

  open({.bucket = "b", .endpoint = "https://other.example", .unsafe_without_conditions = true});
  CHECK(wait(store->honours())->put);
  CHECK(wait(store->put("k", {}, with, precondition::absent())));
}

TEST_CASE_METHOD(fixture, "a service that lies about a failed condition is found out") {
  open({.bucket = "b", .endpoint = "https://other.example"});
  unsigned count = 0;
  service->then([&count](const asked& what) -> result<http::reply> {
    http::reply out;
    const auto match = what.headers.find("if-match");
    const bool fails = what.headers.find("if-none-match") || (match && match->starts_with("\"0000"));
    out.status = fails ? 412 : 200;
    // It says no, and does it all the same.
    if (what.verb == http::method::put) ++count;
    out.headers = about("\"" + std::to_string(count) + "\"");
    return out;
  });
  // Its other replies make no sense; what it says of puts is heard all the same.
  CHECK_FALSE(sync_wait(*runs, s3::condition_probe(*store).put()).value());
}

TEST_CASE_METHOD(fixture, "a read-only user is told that probing is not allowed") {
  open({.bucket = "b", .endpoint = "https://other.example"});
  service->then(403, error_body("AccessDenied"));
  CHECK(wait(store->honours()).error() == errc::permission_denied);
}

TEST_CASE_METHOD(fixture, "a service without batch delete deletes one by one") {
  service->then([](const asked& what) -> result<http::reply> {
    http::reply out;
    out.status = what.verb == http::method::del ? 204 : 501;
    if (what.verb != http::method::del) out.body = error_body("NotImplemented");
    return out;
  });
  const std::vector<std::string> keys{"a", "b", "with\x01 control"};
  const auto left = wait(store->remove_all(keys));
  REQUIRE(left);
  CHECK(left->empty());
  CHECK(service->seen.size() == 4);
}
