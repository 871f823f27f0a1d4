#include <csignal>

#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/sso.hpp>

#include "tests/backends/s3/credentials/world.hpp"

using namespace s3_test;

TEST_CASE_METHOD(world, "keys of a profile, from both files") {
  file(".aws/config", "[default]\nregion = eu-west-1\n[profile dev]\nregion = us-east-2\n");
  file(".aws/credentials",
       "[default]\naws_access_key_id = D\naws_secret_access_key = sd\n"
       "[dev]\naws_access_key_id = E\naws_secret_access_key = se\naws_session_token = te\n");
  CHECK(said(from_profile()) == "D");
  const auto dev = from_profile("dev");
  REQUIRE(dev);
  CHECK(dev->secret_access_key == s3::secret{"se"});
  CHECK(dev->session_token == s3::secret{"te"});
  CHECK(dev->origin == "profile 'dev'");
  variables["AWS_PROFILE"] = "dev";
  CHECK(said(from_profile()) == "E");
  CHECK(said(from_profile("default")) == "D");
}

TEST_CASE_METHOD(world, "the files may be elsewhere") {
  variables["AWS_CONFIG_FILE"] = file("c", "[profile x]\naws_access_key_id = C\naws_secret_access_key = s\n");
  variables["AWS_SHARED_CREDENTIALS_FILE"] = "~/k";
  file("k", "[y]\naws_access_key_id = K\naws_secret_access_key = s\n");
  CHECK(said(from_profile("x")) == "C");
  CHECK(said(from_profile("y")) == "K");
}

TEST_CASE_METHOD(world, "a profile that is missing or says nothing") {
  CHECK(from_profile().error() == errc::not_found);
  CHECK(from_profile("x").error() == errc::invalid);
  CHECK(said(from_profile("x")) == "there is no profile 'x' in '" + (home / ".aws/config").string() + "' or '" +
                                       (home / ".aws/credentials").string() + "'");
  file(".aws/config", "[default]\nregion = r\n[profile half]\naws_access_key_id = A\n");
  CHECK(from_profile().error() == errc::not_found);
  CHECK(said(from_profile("half")) == "profile 'half' has aws_access_key_id, but no aws_secret_access_key");
}

TEST_CASE_METHOD(world, "a broken file is said with its line") {
  const auto path = file(".aws/credentials", "[default]\naws_access_key_id = A\nwJalrXUtnFEMI\n");
  CHECK(said(from_profile()) == "'" + path + "': line 3: expected KEY = VALUE");
}

TEST_CASE_METHOD(world, "a role is assumed with the keys of its source profile") {
  file(".aws/config",
       "[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\nregion = eu-west-1\n"
       "[profile app]\nrole_arn = arn:aws:iam::1:role/app\nsource_profile = base\nregion = eu-central-1\n"
       "role_session_name = me\nexternal_id = a b\nduration_seconds = 900\n");
  services.then(200, sts_answer("AssumeRole", "ROLE"));
  const auto got = from_profile("app");
  REQUIRE(got);
  CHECK(got->access_key_id == "ROLE");
  CHECK(got->session_token == s3::secret{"T-ROLE"});
  REQUIRE(services.seen.size() == 1);
  const auto& asked = services.seen[0];
  CHECK(asked.verb == http::method::post);
  CHECK(asked.url == "https://sts.eu-central-1.amazonaws.com/");
  CHECK(asked.body ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fapp&RoleSessionName=me"
        "&ExternalId=a%20b&DurationSeconds=900");
  CHECK(
      asked.headers.find("Authorization")->starts_with("AWS4-HMAC-SHA256 Credential=BASE/20231114/eu-central-1/sts/"));
}

TEST_CASE_METHOD(world, "roles are assumed one with another") {
  file(".aws/config",
       "[profile a]\nrole_arn = role-a\nsource_profile = b\n"
       "[profile b]\nrole_arn = role-b\nsource_profile = c\n"
       "[profile c]\naws_access_key_id = C\naws_secret_access_key = s\n");
  services.then(200, sts_answer("AssumeRole", "B"));
  services.then(200, sts_answer("AssumeRole", "A"));
  CHECK(said(from_profile("a")) == "A");
  CHECK(services.seen[0].headers.find("Authorization")->find("Credential=C/") != std::string_view::npos);
  CHECK(services.seen[1].headers.find("Authorization")->find("Credential=B/") != std::string_view::npos);
  CHECK(services.seen[1].headers.find("X-Amz-Security-Token") == "T-B");
}

TEST_CASE_METHOD(world, "a profile may assume a role with its own keys, and not lead in a circle") {
  file(".aws/config",
       "[profile self]\nrole_arn = r\nsource_profile = self\naws_access_key_id = S\naws_secret_access_key = s\n"
       "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n");
  services.then(200, sts_answer("AssumeRole", "ROLE"));
  CHECK(said(from_profile("self")) == "ROLE");
  CHECK(from_profile("a").error() == errc::invalid);
  CHECK(said(from_profile("a")) == "source_profile leads in a circle: 'a' -> 'b' -> 'a'");
}

TEST_CASE_METHOD(world, "a role by credential_source") {
  file(".aws/config",
       "[profile env]\nrole_arn = r\ncredential_source = Environment\n"
       "[profile ec2]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n"
       "[profile ecs]\nrole_arn = r\ncredential_source = EcsContainer\n"
       "[profile odd]\nrole_arn = r\ncredential_source = Elsewhere\n");
  services.then(200, sts_answer("AssumeRole", "ROLE"));
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  CHECK(said(from_profile("env")) == "ROLE");
  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  local.then(200, json_answer("ECS"));
  CHECK(said(from_profile("ecs")) == "ROLE");
  CHECK(services.seen[1].headers.find("Authorization")->find("Credential=ECS/") != std::string_view::npos);
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  CHECK(from_profile("ec2").error() == errc::unauthenticated);
  CHECK(from_profile("odd").error() == errc::invalid);
}

TEST_CASE_METHOD(world, "roles that cannot be assumed are refused with a clear line") {
  file(".aws/config",
       "[profile mfa]\nrole_arn = r\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n"
       "[profile none]\nrole_arn = r\n"
       "[profile both]\nrole_arn = r\nsource_profile = base\ncredential_source = Environment\n"
       "[profile gone]\nrole_arn = r\nsource_profile = nobody\n"
       "[profile base]\naws_access_key_id = B\naws_secret_access_key = s\n"
       "[profile app]\nrole_arn = r\nsource_profile = base\n");
  CHECK(from_profile("mfa").error() == errc::unsupported);
  CHECK(said(from_profile("mfa")).find("MFA") != std::string::npos);
  CHECK(said(from_profile("none")).find("neither source_profile and credential_source") != std::string::npos);
  CHECK(said(from_profile("both")).find("both") != std::string::npos);
  CHECK(said(from_profile("gone")) == "profile 'gone' has source_profile = nobody: there is no profile 'nobody'");
  services.then(403,
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>");
  CHECK(said(from_profile("app")) == "profile 'app': AssumeRole of 'r': AccessDenied: not you");
}

TEST_CASE_METHOD(world, "a web identity in a profile") {
  file(".aws/config",
       "[profile k8s]\nrole_arn = r\nweb_identity_token_file = " + file("jwt", "HEAD.BODY.SIGN\n") + "\n");
  services.then(200, sts_answer("AssumeRoleWithWebIdentity", "WEB"));
  CHECK(said(from_profile("k8s")) == "WEB");
  CHECK(services.seen[0].body ==
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r&RoleSessionName=randomio"
        "&WebIdentityToken=HEAD.BODY.SIGN");
  CHECK_FALSE(services.seen[0].headers.find("Authorization"));
  CHECK(services.seen[0].url == "https://sts.us-east-1.amazonaws.com/");
}

namespace {

struct process_world : world {
  result<s3::credentials> run(const std::string& command) {
    file(".aws/config", "[profile p]\ncredential_process = " + command + "\n");
    return from_profile("p");
  }
  std::string script(std::string_view text) {
    const auto path = file("a helper", "#!/bin/sh\n" + std::string(text));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return "\"" + path + "\"";
  }
};

}  // namespace

TEST_CASE_METHOD(process_world, "credentials that a program prints") {
  const auto got =
      run(script("echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"$1$#\\\",\\\"SecretAccessKey\\\":\\\"s\\\"}\"") +
          " 'one $HOME' two");
  CHECK(said(got) == "one $HOME2");
  REQUIRE(got);
  CHECK(got->origin == "profile 'p', credential_process '" + (home / "a helper").string() + "'");
  CHECK_FALSE(got->expires);
}

TEST_CASE_METHOD(process_world, "a program that fails") {
  const auto name = "credential_process '" + (home / "a helper").string() + "'";
  CHECK(said(run(script("echo first >&2; echo 'please log in' >&2; exit 3"))) ==
        "profile 'p': " + name + " ended with status 3: please log in");
  CHECK(said(run(script("kill -9 $$"))) == "profile 'p': " + name + " ended with status 137");
  CHECK(said(run(script("echo '{}'"))) == "profile 'p': the output of " + name + ": no AccessKeyId in it");
  CHECK(said(run("/nowhere/helper x")) == "profile 'p': credential_process: '/nowhere/helper' cannot be started");
  CHECK(run("'unclosed").error() == errc::invalid);
  CHECK(run(script("head -c 100000 /dev/zero; sleep 100")).error() == errc::too_large);
}

TEST_CASE_METHOD(process_world, "a program gets no input, and signals as usual") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const auto got = run(script(R"sh(read x; s=$(grep SigIgn /proc/self/status | tail -c 8)
echo "{\"AccessKeyId\":\"$x-$s\",\"SecretAccessKey\":\"s\"}")sh"));
  std::signal(SIGPIPE, before);
  CHECK(said(got) == "-0000000");
}

namespace {

struct sso_world : world {
  void login(const std::string& key, const std::string& until) const {
    file(".aws/sso/cache/" + s3::sso_cache_name(key),
         R"({"accessToken":"BEARER","expiresAt":")" + until + R"(","region":"eu-west-1"})");
  }
};

}  // namespace

TEST_CASE_METHOD(sso_world, "a role of IAM Identity Center, with the token that is in the cache") {
  const auto* form = GENERATE("session", "legacy");
  const bool session = std::string_view(form) == "session";
  file(".aws/config", session
                          ? "[profile s]\nsso_session = corp\nsso_account_id = 12\nsso_role_name = Dev Role\n"
                            "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n"
                          : "[profile s]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n"
                            "sso_account_id = 12\nsso_role_name = Dev Role\n");
  const std::string key = session ? "corp" : "https://corp.example/start";
  CHECK(from_profile("s").error() == errc::unauthenticated);
  CHECK(said(from_profile("s")).find("aws sso login") != std::string::npos);
  login(key, "2020-01-01T00:00:00Z");
  const auto advice =
      session ? "has expired; run 'aws sso login --sso-session corp'" : "has expired; run 'aws sso login'";
  CHECK(said(from_profile("s")).find(advice) != std::string::npos);
  CHECK(services.seen.empty());
  login(key, "2030-01-01T00:00:00Z");
  services.then(200, R"({"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t",)"
                     R"("expiration":1893499200000}})");
  const auto got = from_profile("s");
  CHECK(said(got) == "SSO");
  REQUIRE(services.seen.size() == 1);
  CHECK(services.seen[0].url ==
        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=Dev%20Role&account_id=12");
  CHECK(services.seen[0].headers.find("x-amz-sso_bearer_token") == "BEARER");
}

TEST_CASE_METHOD(sso_world, "an incomplete IAM Identity Center profile") {
  file(".aws/config",
       "[profile a]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n"
       "[profile b]\nsso_start_url = u\nsso_region = r\nsso_account_id = 1\n");
  CHECK(said(from_profile("a")) == "profile 'a': there is no [sso-session gone]");
  CHECK(said(from_profile("b")) == "profile 'b' has no sso_role_name");
}
