// No error text and no description holds a secret, whatever fails: each provider fails here with a secret in every
// place that it reads.

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/container.hpp>
#include <randomio/backends/s3/credentials/environment.hpp>
#include <randomio/backends/s3/credentials/sso.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>

#include "tests/backends/s3/credentials/world.hpp"

using namespace s3_test;

namespace {

constexpr std::string_view hidden = "wJalrXUtnFEMIsK7MDENGsbPxRfiCYHIDDENKEY";

struct leak_world : world {
  std::string all;  // What was said.
  int failures = 0;

  leak_world() {
    variables["AWS_SECRET_ACCESS_KEY"] = hidden;
    variables["AWS_SESSION_TOKEN"] = hidden;
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = hidden;
  }
  void hear(std::unique_ptr<s3::provider> from) {
    const auto got = get(*from);
    all += from->describe() + "\n";
    if (got) {
      all += got->origin + "\n";
    } else {
      ++failures;
      all += got.error().describe() + "\n";
    }
  }
  void hear_profile(const std::string& settings) {
    file(".aws/config", settings);
    hear(std::make_unique<s3::profile_provider>(context(), s3::profile_provider::options{.profile = "p"}));
  }
  void check(int expected) const {
    INFO(all);
    CHECK(all.find(hidden) == std::string::npos);
    CHECK(all.find(hidden.substr(0, 20)) == std::string::npos);
    CHECK(failures == expected);
  }
};

const std::string secret_text(hidden);

}  // namespace

TEST_CASE_METHOD(leak_world, "known keys, the environment and the chain hold their tongue") {
  hear(std::make_unique<s3::static_provider>(s3::credentials{.secret_access_key = s3::secret{hidden}}));
  hear(std::make_unique<s3::environment_provider>(context()));
  hear(s3::make_chain(context(), {}));
  variables["AWS_ACCESS_KEY_ID"] = "A";
  variables["AWS_CREDENTIAL_EXPIRATION"] = hidden;
  hear(s3::make_chain(context(), {}));
  check(4);
}

TEST_CASE_METHOD(leak_world, "broken shared files do not quote themselves") {
  hear_profile("[profile p]\naws_secret_access_key = " + secret_text + "\n");
  hear_profile("[profile p]\n" + secret_text + "\n");
  hear_profile(secret_text + " = x\n");
  hear_profile("[profile p\n" + secret_text);
  hear_profile("[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\naws_secret_access_key = " + secret_text);
  hear_profile("[profile p]\nrole_arn = r\ncredential_source = " + secret_text + "\n");
  check(6);
}

TEST_CASE_METHOD(leak_world, "programs that print secrets and fail are not quoted with them") {
  const auto run = [&](std::string_view text) {
    const auto path = file("helper", "#!/bin/sh\n" + std::string(text));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    hear_profile("[profile p]\ncredential_process = " + path + " --password " + secret_text + "\n");
  };
  run("echo " + secret_text);
  run("echo " + secret_text + " >&2; echo " + secret_text + "; exit 1");
  run("echo \"failed for key=$2\" >&2; exit 1");
  run("echo '{\"AccessKeyId\":\"A\",\"Secret\":\"" + secret_text + "\"}'");
  run("echo '{\"Version\":\"" + secret_text + "\",\"AccessKeyId\":\"A\"}'");
  hear_profile("[profile p]\ncredential_process = '" + secret_text + "\n");
  check(6);
}

TEST_CASE_METHOD(leak_world, "services that send secrets back are not quoted with them") {
  const std::vector<std::string> bodies = {
      secret_text,
      "{\"SecretAccessKey\":\"" + secret_text + "\"",
      "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"" + secret_text + "\",\"Expiration\":\"" + secret_text + "\"}",
      "{\"Code\":\"" + secret_text + "\",\"Message\":\"" + secret_text + "\"}",
      "<ErrorResponse><Error><Code>" + secret_text + "</Code><Message>" + secret_text +
          "</Message></Error><RequestId>r</RequestId></ErrorResponse>",
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>" + secret_text +
          "</SecretAccessKey></Credentials></AssumeRoleResult></AssumeRoleResponse>"};
  const auto& body = bodies[GENERATE(0U, 1U, 2U, 3U, 4U, 5U)];
  const int status = GENERATE(200, 403, 500);
  services.then(status, body);
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1/x";
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = file("jwt", hidden);
  variables["AWS_ROLE_ARN"] = "r";
  hear(std::make_unique<s3::web_identity_provider>(context(), s3::web_identity_provider::with_variables(context(), {}),
                                                   s3::sts_endpoint::of(context(), "")));
  hear_profile(
      "[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\naws_access_key_id = A\n"
      "aws_secret_access_key = " +
      secret_text + "\n");
  file(".aws/sso/cache/" + s3::sso_cache_name("c"),
       R"({"accessToken":")" + secret_text + R"(","expiresAt":"2030-01-01T12:00:00Z"})");
  hear_profile(
      "[profile p]\nsso_session = c\nsso_account_id = 1\nsso_role_name = r\n"
      "[sso-session c]\nsso_start_url = u\nsso_region = r\n");
  local.then(status, body);
  hear(std::make_unique<s3::container_provider>(context()));
  local.then(200, secret_text);
  local.then(200, "role");
  local.then(status, body);
  hear(std::make_unique<s3::instance_metadata_provider>(context(), s3::instance_metadata_provider::options{}));
  INFO(all);
  check(5);
}

TEST_CASE("core dumps leave secrets out") {
  const s3::secret one{hidden};
  const auto address = reinterpret_cast<std::uintptr_t>(one.reveal().data());  // NOLINT: where it lies.
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  std::string flags;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2) inside = from <= address && address < to;
    if (inside && line.starts_with("VmFlags:")) flags = line;
  }
  INFO(flags);
  CHECK(flags.find(" dd") != std::string::npos);  // Source: proc(5): do not include area into core dump.
}
