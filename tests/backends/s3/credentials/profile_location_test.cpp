#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/profile_location.hpp>

#include "tests/backends/s3/credentials/world.hpp"

using namespace s3_test;

namespace {

struct located : world {
  s3::profile_location of(std::string_view profile = {}) {
    auto found = s3::profile_location::of(context().variables, profile);
    if (!found) FAIL(found.error().describe());
    return *std::move(found);
  }
};

}  // namespace

TEST_CASE_METHOD(located, "region and endpoint of the profile that somebody named") {
  file(".aws/config",
       "[default]\nregion = eu-west-1\n"
       "[profile dev]\nregion = us-east-2\nendpoint_url = https://store.example:9000\n");
  CHECK(of().region == "eu-west-1");
  CHECK(of().endpoint.empty());
  CHECK(of("dev").region == "us-east-2");
  CHECK(of("dev").endpoint == "https://store.example:9000");
  variables["AWS_DEFAULT_PROFILE"] = "dev";
  CHECK(of().region == "us-east-2");
  variables["AWS_PROFILE"] = "default";
  CHECK(of().region == "eu-west-1");
  CHECK(of("missing").region.empty());
}

TEST_CASE_METHOD(located, "the credentials file may say it too, and goes before") {
  file(".aws/config", "[default]\nregion = eu-west-1\n");
  file(".aws/credentials", "[default]\nregion = eu-west-2\nendpoint_url = https://e\n");
  CHECK(of().region == "eu-west-2");
  CHECK(of().endpoint == "https://e");
}

TEST_CASE_METHOD(located, "the endpoint of S3 in a section of services goes before that of all services") {
  file(".aws/config",
       "[profile dev]\nservices = local\nendpoint_url = https://all\n"
       "[services local]\ndynamodb =\n  endpoint_url = https://tables\n"
       "s3 =\n  signature_version = s3v4\n  endpoint_url = https://objects:9000 \n"
       "sts =\n  endpoint_url = https://tokens\n"
       "[profile other]\nservices = none\nendpoint_url = https://all\n[services none]\nec2 =\n  endpoint_url = "
       "https://x\n"
       "[profile lost]\nservices = nowhere\n");
  CHECK(of("dev").endpoint == "https://objects:9000");
  CHECK(of("dev").sts_endpoint == "https://tokens");
  CHECK(of("other").endpoint == "https://all");
  CHECK(of("other").sts_endpoint == "https://all");
  const auto lost = s3::profile_location::of(context().variables, "lost");
  REQUIRE_FALSE(lost);
  CHECK(lost.error() == errc::invalid);
  CHECK(lost.error().message().ends_with("there is no [services nowhere]"));
}

TEST_CASE_METHOD(located, "endpoints are ignored where that is said") {
  file(".aws/config", "[default]\nregion = r\nignore_configured_endpoint_urls = true\nendpoint_url = https://all\n");
  CHECK(of().ignores_endpoints);
  CHECK(of().endpoint.empty());
  CHECK(of().sts_endpoint.empty());
  CHECK(of().region == "r");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false";
  CHECK_FALSE(of().ignores_endpoints);
  CHECK(of().endpoint == "https://all");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True";
  CHECK(of("missing").ignores_endpoints);
}

TEST_CASE_METHOD(located, "without files nothing is said, and a broken one is an error") {
  CHECK(of().region.empty());
  CHECK_FALSE(of().ignores_endpoints);
  const auto path = file(".aws/config", "[default]\nregion\n");
  const auto broken = s3::profile_location::of(context().variables, {});
  REQUIRE_FALSE(broken);
  CHECK(broken.error().describe().contains("line 2"));
}
