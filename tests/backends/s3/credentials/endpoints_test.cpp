// Providers that ask an endpoint on this machine or link: container and instance metadata.

#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/container.hpp>

#include "tests/backends/s3/credentials/world.hpp"

using namespace s3_test;
using namespace std::chrono_literals;

namespace {

struct container_world : world {
  result<s3::credentials> ask() { return get(std::make_unique<s3::container_provider>(context())); }
};

struct metadata_world : world {
  s3::instance_metadata_provider::options with;
  std::unique_ptr<s3::instance_metadata_provider> made;
  result<s3::credentials> ask() {
    if (!made) made = std::make_unique<s3::instance_metadata_provider>(context(), with);
    return get(*made);
  }
};

}  // namespace

TEST_CASE_METHOD(container_world, "an ECS task asks the address that all tasks have") {
  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1?id=2";
  local.then(200, json_answer("ECS"));
  const auto got = ask();
  REQUIRE(got);
  CHECK(got->access_key_id == "ECS");
  CHECK(got->session_token == s3::secret{"T-ECS"});
  CHECK(got->expires);
  REQUIRE(local.seen.size() == 1);
  CHECK(local.seen[0].url == "http://169.254.170.2/v2/credentials/1?id=2");
  CHECK_FALSE(local.seen[0].headers.find("Authorization"));
}

TEST_CASE_METHOD(container_world, "an EKS pod sends the token that is in the file at that moment") {
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "from the variable";
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file("token", "one\n");
  local.then(200, json_answer("EKS"));
  CHECK(said(ask()) == "EKS");
  CHECK(local.seen[0].headers.find("Authorization") == "one");
  file("token", "two");
  CHECK(said(ask()) == "EKS");
  CHECK(local.seen[1].headers.find("Authorization") == "two");
  variables.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  CHECK(said(ask()) == "EKS");
  CHECK(local.seen[2].headers.find("Authorization") == "from the variable");
}

TEST_CASE_METHOD(container_world, "a container's failures") {
  CHECK(ask().error() == errc::not_found);
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
  CHECK(ask().error() == errc::unreachable);
  local.then(403, "SECRET");
  CHECK(ask().error() == errc::unauthenticated);
  CHECK(said(ask()) == "container credentials: the endpoint answered 403");
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nX-Other: b";
  CHECK(ask().error() == errc::invalid);
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/nowhere";
  CHECK(ask().error() == errc::unauthenticated);
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://example.com/";
  CHECK(ask().error() == errc::invalid);
}

TEST_CASE("a container's token goes to no other host over http") {
  for (const auto* good :
       {"https://example.com/x", "http://127.0.0.1:80/x", "http://127.9.9.9/", "http://localhost:1/", "http://[::1]/x",
        "http://169.254.170.2/", "http://169.254.170.23/", "http://[fd00:ec2::23]/"}) {
    INFO(good);
    CHECK(s3::is_container_endpoint(good));
  }
  for (const auto* bad :
       {"http://example.com/", "http://169.254.169.254/", "http://127.0.0.1.example.com/", "/relative",
        "ftp://127.0.0.1/", "http://user@example.com@127.0.0.1.evil/", "http://[::2]/"}) {
    INFO(bad);
    CHECK_FALSE(s3::is_container_endpoint(bad));
  }
}

TEST_CASE_METHOD(metadata_world, "an instance's role, by a token that is used until it expires") {
  local.then(200, "TOKEN");
  local.then(200, "my role\nother");
  local.then(200, json_answer("IMDS1"));
  local.then(200, "my role");
  local.then(200, json_answer("IMDS2"));
  CHECK(said(ask()) == "IMDS1");
  CHECK(said(ask()) == "IMDS2");
  REQUIRE(local.seen.size() == 5);
  CHECK(local.seen[0].verb == http::method::put);
  CHECK(local.seen[0].url == "http://169.254.169.254/latest/api/token");
  CHECK(local.seen[0].headers.find("X-aws-ec2-metadata-token-ttl-seconds") == "21600");
  CHECK(local.seen[1].url == "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
  CHECK(local.seen[1].headers.find("X-aws-ec2-metadata-token") == "TOKEN");
  CHECK(local.seen[2].url == "http://169.254.169.254/latest/meta-data/iam/security-credentials/my%20role");
  *clock.seconds += 21600;
  local.then(200, "TOKEN2");
  local.then(200, "role");
  local.then(200, json_answer("IMDS3"));
  local.seen.clear();
  // The script's last answer stays first in line; it is no token, and what follows is not lost.
  static_cast<void>(ask());
  CHECK(local.seen[0].verb == http::method::put);
}

TEST_CASE_METHOD(metadata_world, "a token that the service has forgotten is replaced") {
  local.then(200, "OLD");
  local.then(401);
  local.then(200, "NEW");
  local.then(200, "role");
  local.then(200, json_answer("IMDS"));
  CHECK(said(ask()) == "IMDS");
  CHECK(local.seen[3].headers.find("X-aws-ec2-metadata-token") == "NEW");
}

TEST_CASE_METHOD(metadata_world, "the variables say where instance metadata is, and whether it is asked") {
  local.then(500);
  SECTION("disabled") {
    variables["AWS_EC2_METADATA_DISABLED"] = "TRUE";
    CHECK(ask().error() == errc::not_found);
    CHECK(local.seen.empty());
  }
  SECTION("another endpoint") {
    variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1338/";
    CHECK_FALSE(ask());
    CHECK(local.seen[0].url == "http://127.0.0.1:1338/latest/api/token");
  }
  SECTION("as object_store has it") {
    variables["AWS_METADATA_ENDPOINT"] = "http://127.0.0.1:1339";
    CHECK_FALSE(ask());
    CHECK(local.seen[0].url == "http://127.0.0.1:1339/latest/api/token");
  }
  SECTION("over IPv6") {
    variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
    CHECK_FALSE(ask());
    CHECK(local.seen[0].url == "http://[fd00:ec2::254]/latest/api/token");
  }
  SECTION("in the configuration") {
    with.endpoint = "http://127.0.0.1:1340";
    CHECK_FALSE(ask());
    CHECK(local.seen[0].url == "http://127.0.0.1:1340/latest/api/token");
  }
  SECTION("several attempts") {
    variables["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] = "3";
    CHECK(ask().error() == errc::unreachable);
    CHECK(local.seen.size() == 3);
  }
}

TEST_CASE_METHOD(metadata_world, "version 1 is used only on request") {
  local.then(403);
  SECTION("not otherwise") {
    CHECK(ask().error() == errc::unauthenticated);
    CHECK(local.seen.size() == 1);
  }
  SECTION("on request") {
    variables["AWS_IMDSV1_FALLBACK"] = "true";
    local.then(200, "role");
    local.then(403);
    local.then(200, json_answer("V1"));
    CHECK(said(ask()) == "V1");
    CHECK_FALSE(local.seen[1].headers.find("X-aws-ec2-metadata-token"));
  }
}

TEST_CASE_METHOD(metadata_world, "an instance without a role, and one whose role is broken") {
  local.then(200, "TOKEN");
  SECTION("none") {
    local.then(404);
    CHECK(ask().error() == errc::not_found);
  }
  SECTION("broken") {
    local.then(200, "role");
    local.then(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"})");
    CHECK(ask().error() == errc::unauthenticated);
    CHECK(said(ask()).find("EC2 cannot assume the role") != std::string::npos);
  }
}

TEST_CASE_METHOD(metadata_world, "where there is no instance metadata, that takes a second and no more") {
  local.delay = 30s;
  const auto begin = std::chrono::steady_clock::now();
  const auto got = ask();
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(got.error() == errc::timed_out);
  CHECK(said(got) == "instance metadata: no answer from http://169.254.169.254: timed_out");
  CHECK(took >= 1s);
  CHECK(took < 5s);
}
