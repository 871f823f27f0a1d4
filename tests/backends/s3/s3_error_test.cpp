#include <catch2/catch.hpp>

#include <randomio/backends/s3/s3_error.hpp>

using namespace randomio;
using kind = precondition::kind;

namespace {

http::reply failed(int status, std::string_view code, std::string_view more = {}) {
  http::reply out;
  out.status = status;
  out.headers.add("x-amz-request-id", "REQ1");
  if (!code.empty()) {
    out.body = "<?xml version=\"1.0\"?>\n<Error><Code>" + std::string(code) +
               "</Code><Message>said &lt;so&gt;</Message>" + std::string(more) + "</Error>";
  }
  return out;
}

errc code(int status, std::string_view service_code = {}, kind condition = kind::none) {
  return s3::error_of(failed(status, service_code), {operation::put, "key", condition}).code();
}

}  // namespace

TEST_CASE("an error says what, where, why and by which request") {
  const auto told = s3::error_of(failed(403, "AccessDenied"), {operation::get, "dir/key"});
  CHECK(told.describe() == "get: permission_denied: dir/key: AccessDenied: said <so> (code 403, request REQ1)");
}

TEST_CASE("the service's code decides, and the status where there is none") {
  CHECK(code(404, "NoSuchKey") == errc::not_found);
  CHECK(code(404) == errc::not_found);
  CHECK(code(404, "NoSuchBucket") == errc::no_such_address);
  CHECK(code(403, "SignatureDoesNotMatch") == errc::unauthenticated);
  CHECK(code(400, "ExpiredToken") == errc::unauthenticated);
  CHECK(code(403) == errc::permission_denied);
  CHECK(code(400, "KeyTooLongError") == errc::name_too_long);
  CHECK(code(400, "EntityTooLarge") == errc::too_large);
  CHECK(code(400, "BadDigest") == errc::corrupt);
  CHECK(code(400, "MetadataTooLarge") == errc::no_space);
  CHECK(code(400, "InvalidPart") == errc::invalid);
  CHECK(code(416) == errc::range);
  CHECK(code(429) == errc::throttled);
  CHECK(code(503, "SlowDown") == errc::throttled);
  CHECK(code(500, "InternalError") == errc::unreachable);
  CHECK(code(501, "NotImplemented") == errc::unsupported);
  CHECK(code(418, "Teapot") == errc::invalid);
}

TEST_CASE("a condition that failed is told from one that could not be judged") {
  CHECK(code(412, "PreconditionFailed", kind::matches) == errc::precondition_failed);
  CHECK(code(412, "PreconditionFailed", kind::absent) == errc::already_exists);
  CHECK(code(412, {}, kind::none) == errc::precondition_failed);
  CHECK(code(404, "NoSuchKey", kind::matches) == errc::precondition_failed);
  CHECK(code(404, "NoSuchUpload", kind::matches) == errc::not_found);
  CHECK(code(409, "ConditionalRequestConflict", kind::matches) == errc::busy);
  CHECK(code(409, "ConditionalRequestConflict", kind::absent) == errc::busy);
}

TEST_CASE("a refusal may ask for another attempt, whatever its status") {
  for (const auto* asks : {"RequestTimeout", "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded"}) {
    CHECK(s3::asks_to_try_again(failed(400, asks)));
  }
  for (const auto* means_it : {"", "AccessDenied", "InvalidRequest", "ExpiredToken", "NoSuchKey"}) {
    CHECK_FALSE(s3::asks_to_try_again(failed(400, means_it)));
  }
  CHECK_FALSE(s3::asks_to_try_again(failed(500, "InternalError")));  // This one may have been carried out.
}

TEST_CASE("a success with an error in it is a failure") {
  http::reply reply;
  reply.status = 200;
  for (const auto* body : {"<Error><Code>InternalError</Code></Error>",
                           "  \n <?xml version=\"1.0\"?>\n  <Error><Code>SlowDown</Code></Error>",
                           "<?xml version=\"1.0\"?>   <Error ><Code>InternalError</Code></Error>"}) {
    reply.body = body;
    CHECK(s3::failed_inside(reply));
    CHECK(s3::failed_inside_for_now(reply));
  }
  reply.body = "<Error><Code>PreconditionFailed</Code></Error>";
  CHECK(s3::failed_inside(reply));
  CHECK_FALSE(s3::failed_inside_for_now(reply));
  for (const auto* body :
       {"", "<", "<?xml", "<?xml ?>", "<CopyObjectResult><Error></Error></CopyObjectResult>", "<Errors/>", "Error"}) {
    reply.body = body;
    CHECK_FALSE(s3::failed_inside(reply));
  }
}

TEST_CASE("a reply that is no XML, or hostile, is an error like any other") {
  auto reply = failed(500, "");
  reply.body = "<html>Bad gateway";
  CHECK(s3::error_of(reply, {}).code() == errc::unreachable);
  reply.body = "<!DOCTYPE x [<!ENTITY a \"AAAA\"><!ENTITY b \"&a;&a;\">]><Error><Code>&b;</Code></Error>";
  CHECK(s3::service_error::of(reply).code == "&b;");  // Nothing is expanded.
}
