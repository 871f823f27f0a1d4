#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/sts.hpp>

#include "tests/backends/s3/credentials/world.hpp"

using namespace s3_test;

namespace {

struct chain_world : world {
  s3::chain_options with;
  std::unique_ptr<s3::provider> made;
  result<s3::credentials> ask() {
    if (!made) made = s3::make_chain(context(), with);
    return get(*made);
  }
  void instance() {
    local.then(200, "TOKEN");
    local.then(200, "role");
    local.then(200, json_answer("IMDS"));
  }
};

}  // namespace

TEST_CASE_METHOD(chain_world, "the chain asks in AWS's order") {
  // Everything is configured; one after another is taken away.
  with.keys = {.access_key_id = "CONFIG", .secret_access_key = s3::secret{"s"}};
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  file(".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n");
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = file("jwt", "JWT");
  variables["AWS_ROLE_ARN"] = "r";
  services.then(200, sts_answer("AssumeRoleWithWebIdentity", "WEB"));
  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  local.then(200, json_answer("CONTAINER"));

  CHECK(said(ask()) == "CONFIG");
  with.keys = {};
  made.reset();
  CHECK(said(ask()) == "ENV");
  variables.erase("AWS_ACCESS_KEY_ID");
  variables.erase("AWS_SECRET_ACCESS_KEY");
  made.reset();
  CHECK(said(ask()) == "FILE");
  std::filesystem::remove(home / ".aws/credentials");
  made.reset();
  CHECK(said(ask()) == "WEB");
  variables.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  made.reset();
  CHECK(said(ask()) == "CONTAINER");
}

TEST_CASE_METHOD(chain_world, "an instance's role is the last resort") {
  instance();
  CHECK(said(ask()) == "IMDS");
  CHECK(made->describe() == "instance metadata");
}

TEST_CASE_METHOD(chain_world, "without any credentials, one line says what was tried") {
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  const auto got = ask();
  REQUIRE_FALSE(got);
  CHECK(got.error() == errc::unauthenticated);
  CHECK(said(got) ==
        "no credentials found: AWS_ACCESS_KEY_ID is not set; there is no profile 'default' in '" +
            (home / ".aws/config").string() + "' or '" + (home / ".aws/credentials").string() +
            "'; AWS_WEB_IDENTITY_TOKEN_FILE is not set; AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; "
            "AWS_EC2_METADATA_DISABLED is true");
}

TEST_CASE_METHOD(chain_world, "nobody answers for instance metadata") {
  const auto got = ask();
  CHECK(got.error() == errc::unauthenticated);
  CHECK(said(got).ends_with("instance metadata: no answer from http://169.254.169.254: unreachable"));
}

TEST_CASE_METHOD(chain_world, "a source that is configured wrongly is not passed over") {
  instance();
  variables["AWS_ACCESS_KEY_ID"] = "HALF";
  CHECK(ask().error() == errc::invalid);
  CHECK(said(ask()) == "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  CHECK(local.seen.empty());
}

TEST_CASE_METHOD(chain_world, "the source that answered first stays the only one") {
  file(".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n");
  CHECK(said(ask()) == "FILE");
  std::filesystem::remove(home / ".aws/credentials");
  instance();
  CHECK(ask().error() == errc::not_found);
  CHECK(local.seen.empty());
  file(".aws/credentials", "[default]\naws_access_key_id = ROTATED\naws_secret_access_key = s\n");
  CHECK(said(ask()) == "ROTATED");
}

TEST_CASE_METHOD(chain_world, "a profile that the configuration names wins over the environment's keys") {
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  file(".aws/credentials", "[x]\naws_access_key_id = X\naws_secret_access_key = s\n");
  SECTION("named in the configuration") {
    with.profile.profile = "x";
    CHECK(said(ask()) == "X");
  }
  SECTION("named in the environment") {
    variables["AWS_PROFILE"] = "x";
    CHECK(said(ask()) == "ENV");
  }
}

TEST_CASE_METHOD(chain_world, "keys in the environment, by all their names") {
  const auto* token = GENERATE("AWS_SESSION_TOKEN", "AWS_TOKEN", "AWS_SECURITY_TOKEN");
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  variables[token] = "t";
  variables["AWS_CREDENTIAL_EXPIRATION"] = "2030-01-01T12:00:00+00:00";
  const auto got = ask();
  REQUIRE(got);
  CHECK(got->session_token == s3::secret{"t"});
  CHECK(got->expires == timestamp{.seconds = 1893499200});
}

TEST_CASE_METHOD(chain_world, "anonymous access is only ever on request") {
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  SECTION("of the configuration") {
    with.skip_signature = true;
  }
  SECTION("of the environment") {
    variables["AWS_SKIP_SIGNATURE"] = "true";
  }
  const auto got = ask();
  REQUIRE(got);
  CHECK(got->anonymous());
}

TEST_CASE_METHOD(chain_world, "a role in the configuration is assumed with what the chain finds") {
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  variables["AWS_EXTERNAL_ID"] = "ext";
  with.role.role_arn = "r";
  with.region = "eu-north-1";
  services.then(200, sts_answer("AssumeRole", "ROLE"));
  CHECK(said(ask()) == "ROLE");
  CHECK(services.seen[0].url == "https://sts.eu-north-1.amazonaws.com/");
  CHECK(services.seen[0].body.ends_with("&ExternalId=ext"));
}

TEST_CASE_METHOD(chain_world, "a web identity in the configuration") {
  with.web_identity_token_file = file("jwt", "JWT");
  CHECK(ask().error() == errc::invalid);
  made.reset();
  with.role.role_arn = "r";
  services.then(200, sts_answer("AssumeRoleWithWebIdentity", "WEB"));
  CHECK(said(ask()) == "WEB");
  // The token is read anew each time.
  file("jwt", "JWT2");
  CHECK(said(ask()) == "WEB");
  CHECK(services.seen[1].body.ends_with("WebIdentityToken=JWT2"));
  file("jwt", "\n");
  CHECK(ask().error() == errc::unauthenticated);
}

TEST_CASE_METHOD(chain_world, "where STS is") {
  const auto at = [&](std::string_view region) { return s3::sts_endpoint::of(context(), region); };
  CHECK(at("").url == "https://sts.us-east-1.amazonaws.com");
  CHECK(s3::sts_endpoint::of(context(), "x", "https://profile/").url == "https://profile");
  CHECK(at("cn-north-1").url == "https://sts.cn-north-1.amazonaws.com.cn");
  CHECK(at("us-gov-west-1").url == "https://sts.us-gov-west-1.amazonaws.com");
  CHECK(at("us-isob-east-1").url == "https://sts.us-isob-east-1.sc2s.sgov.gov");
  variables["AWS_DEFAULT_REGION"] = "eu-south-1";
  CHECK(at("").region == "eu-south-1");
  variables["AWS_STS_REGIONAL_ENDPOINTS"] = "legacy";
  CHECK(at("eu-south-1").url == "https://sts.amazonaws.com");
  CHECK(at("eu-south-1").region == "us-east-1");
  variables["AWS_ENDPOINT_URL"] = "http://all:1/";
  CHECK(at("x").url == "http://all:1");
  variables["AWS_ENDPOINT_URL_STS"] = "http://sts:1";
  CHECK(s3::sts_endpoint::of(context(), "x", "https://profile").url == "http://sts:1");
  CHECK(at("x").url == "http://sts:1");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  CHECK(at("x").url == "https://sts.amazonaws.com");
}
